#ifndef SWITCHBOARD_CRC32_INTERNAL_H
#define SWITCHBOARD_CRC32_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

// Each function takes the current register, which is already inverted, and returns the new
// register.

uint32_t crc32_update_tables(uint32_t crc, const uint8_t *bytes, size_t count);

#if defined(__x86_64__)
/// Whether the CPU has carry-less multiplication.
int crc32_has_pclmul(void);
uint32_t crc32_update_pclmul(uint32_t crc, const uint8_t *bytes, size_t count);
/// Whether the CPU has carry-less multiplication of two blocks at a time.
int crc32_has_vpclmul(void);
uint32_t crc32_update_vpclmul(uint32_t crc, const uint8_t *bytes, size_t count);
#elif defined(__aarch64__)
/// Whether the CPU has the CRC-32 instructions.
int crc32_has_armv8(void);
uint32_t crc32_update_armv8(uint32_t crc, const uint8_t *bytes, size_t count);
#endif

#endif
