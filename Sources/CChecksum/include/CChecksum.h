#ifndef SWITCHBOARD_CCHECKSUM_H
#define SWITCHBOARD_CCHECKSUM_H

#include <stdbool.h>
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

/// Fills the table of a CRC of up to 32 bits. The register and `polynomial` have their bits in reverse order, lowest bit
/// last, if the CRC is reflected; otherwise they are in the highest bits.
void switchboard_crc_table(uint32_t polynomial, bool is_reflected, uint32_t table[256]);
/// Return the register after `count` bytes, for the table of a CRC that is not reflected or that is reflected.
uint32_t switchboard_crc(const uint32_t table[256], uint32_t crc, const void *bytes, size_t count);
uint32_t switchboard_crc_reflected(const uint32_t table[256], uint32_t crc, const void *bytes, size_t count);

/// The sum of all bytes, modulo 2^32.
uint32_t switchboard_sum(const void *bytes, size_t count);
/// The exclusive or of all bytes.
uint8_t switchboard_xor8(const void *bytes, size_t count);
/// Sums modulo 256: the sum of the bytes is the high byte, the sum of these sums the low byte.
uint16_t switchboard_fletcher8(const void *bytes, size_t count);
/// Sums modulo 255: the sum of the bytes is the low byte, the sum of these sums the high byte.
uint16_t switchboard_fletcher16(const void *bytes, size_t count);
uint32_t switchboard_adler32(const void *bytes, size_t count);

#endif
