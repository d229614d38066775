#include "CChecksum.h"
#include "crc_table.h"

enum { CRC_REFLECTED_BASIS(ibm, 0xA001), CRC_REFLECTED_BASIS(kermit, 0x8408), CRC16_BASIS(ccitt, 0x1021) };

static const uint16_t ibm_table[256] = CRC_TABLE(ibm);
static const uint16_t kermit_table[256] = CRC_TABLE(kermit);
static const uint16_t ccitt_table[256] = CRC_TABLE(ccitt);

/// Lowest bit first.
static uint16_t update_reflected(const uint16_t table[256], uint16_t crc, const uint8_t *bytes, size_t count) {
    for (; count > 0; bytes++, count--) crc = (uint16_t)(crc >> 8 ^ table[(crc ^ *bytes) & 0xFF]);
    return crc;
}

/// Highest bit first.
static uint16_t update(const uint16_t table[256], uint16_t crc, const uint8_t *bytes, size_t count) {
    for (; count > 0; bytes++, count--) crc = (uint16_t)(crc << 8 ^ table[crc >> 8 ^ *bytes]);
    return crc;
}

uint16_t switchboard_crc16_arc(const void *bytes, size_t count) {
    return update_reflected(ibm_table, 0, bytes, count);
}

uint16_t switchboard_crc16_modbus(const void *bytes, size_t count) {
    return update_reflected(ibm_table, 0xFFFF, bytes, count);
}

uint16_t switchboard_crc16_xmodem(const void *bytes, size_t count) {
    return update(ccitt_table, 0, bytes, count);
}

uint16_t switchboard_crc16_ibm_3740(const void *bytes, size_t count) {
    return update(ccitt_table, 0xFFFF, bytes, count);
}

uint16_t switchboard_crc16_mcrf4xx(const void *bytes, size_t count) {
    return update_reflected(kermit_table, 0xFFFF, bytes, count);
}
