#ifndef SWITCHBOARD_CCHECKSUM_H
#define SWITCHBOARD_CCHECKSUM_H

#include <stddef.h>
#include <stdint.h>

// Checksums of `count` bytes, by the names of the catalogue of parametrised CRC algorithms (reveng). Those of 32 bits are
// computed by the fastest means that this CPU has; the portable functions do it by tables alone, as on a CPU without
// instructions for it, so that tests can hold one against the other.

/// CRC-32/ISO-HDLC, as in IEEE 802.3 and zlib.
///
/// Pure: a caller in a loop need not retain objects for fear that the call releases them.
__attribute__((pure)) uint32_t switchboard_crc32(const void *bytes, size_t count);
/// The same without what multiplies two blocks at a time, as on an older CPU.
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
