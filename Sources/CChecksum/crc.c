#include "CChecksum.h"

/// Advances the register by eight bits, highest bit first.
static uint32_t advance(uint32_t polynomial, uint32_t crc) {
    for (int bit = 0; bit < 8; bit++) crc = crc << 1 ^ (crc >> 31 ? polynomial : 0);
    return crc;
}

/// Advances the register by eight bits, lowest bit first.
static uint32_t advance_reflected(uint32_t polynomial, uint32_t crc) {
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? polynomial : 0);
    return crc;
}

void switchboard_crc_table(uint32_t polynomial, bool is_reflected, uint32_t table[256]) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        table[byte] = is_reflected ? advance_reflected(polynomial, byte) : advance(polynomial, byte << 24);
    }
}

uint32_t switchboard_crc(const uint32_t table[256], uint32_t crc, const void *start, size_t count) {
    const uint8_t *bytes = start;
    for (; count > 0; bytes++, count--) crc = crc << 8 ^ table[crc >> 24 ^ *bytes];
    return crc;
}

uint32_t switchboard_crc_reflected(const uint32_t table[256], uint32_t crc, const void *start, size_t count) {
    const uint8_t *bytes = start;
    for (; count > 0; bytes++, count--) crc = crc >> 8 ^ table[(crc ^ *bytes) & 0xFF];
    return crc;
}
