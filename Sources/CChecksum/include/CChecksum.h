#ifndef SWITCHBOARD_CCHECKSUM_H
#define SWITCHBOARD_CCHECKSUM_H

#include <stddef.h>
#include <stdint.h>

// Checksums of `count` bytes, with the names of the catalogue of parametrised CRC algorithms (reveng). The functions
// for 32 bits use the fastest instructions of this CPU. The portable functions use only tables, as on a CPU without
// such instructions, so that tests can compare both.

/// CRC-32/ISO-HDLC, as in IEEE 802.3 and zlib.
///
/// The function is pure, so that a caller in a loop need not retain objects around the call.
__attribute__((pure)) uint32_t switchboard_crc32(const void *bytes, size_t count);
/// The same without the multiplication of two blocks at a time, as on an older CPU.
uint32_t switchboard_crc32_narrow(const void *bytes, size_t count);
uint32_t switchboard_crc32_portable(const void *bytes, size_t count);

/// CRC-32/ISCSI, by Castagnoli.
uint32_t switchboard_crc32c(const void *bytes, size_t count);
uint32_t switchboard_crc32c_portable(const void *bytes, size_t count);

uint16_t switchboard_crc16_arc(const void *bytes, size_t count);
uint16_t switchboard_crc16_modbus(const void *bytes, size_t count);
uint16_t switchboard_crc16_xmodem(const void *bytes, size_t count);
/// Also known as CRC-16/CCITT-FALSE.
uint16_t switchboard_crc16_ibm_3740(const void *bytes, size_t count);
uint16_t switchboard_crc16_mcrf4xx(const void *bytes, size_t count);

#endif
