#include "CChecksum.h"
#include "crc32_internal.h"
#include "crc_table.h"

#include <string.h>

// A register of 32 bits is too wide for the constants of a plain enumeration.
enum : uint32_t { CRC_REFLECTED_BASIS(castagnoli, UINT32_C(0x82F63B78)) };

static const uint32_t table[256] = CRC_TABLE(castagnoli);

static uint32_t update_table(uint32_t crc, const uint8_t *bytes, size_t count) {
    for (; count > 0; bytes++, count--) crc = crc >> 8 ^ table[(crc ^ *bytes) & 0xFF];
    return crc;
}

#if defined(__x86_64__)

#include <immintrin.h>

static int has_instructions(void) { return __builtin_cpu_supports("sse4.2"); }

__attribute__((target("sse4.2")))
static uint32_t update_by_instructions(uint32_t crc, const uint8_t *bytes, size_t count) {
    for (; count >= 8; bytes += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        crc = (uint32_t)_mm_crc32_u64(crc, word);
    }
    for (; count > 0; bytes++, count--) crc = _mm_crc32_u8(crc, *bytes);
    return crc;
}

#elif defined(__aarch64__)

static int has_instructions(void) { return crc32_has_armv8(); }

__attribute__((target("crc")))
static uint32_t update_by_instructions(uint32_t crc, const uint8_t *bytes, size_t count) {
    for (; count >= 8; bytes += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        crc = __builtin_arm_crc32cd(crc, word);
    }
    for (; count > 0; bytes++, count--) crc = __builtin_arm_crc32cb(crc, *bytes);
    return crc;
}

#else

static int has_instructions(void) { return 0; }

static uint32_t update_by_instructions(uint32_t crc, const uint8_t *bytes, size_t count) {
    return update_table(crc, bytes, count);
}

#endif

uint32_t switchboard_crc32c(const void *bytes, size_t count) {
    return has_instructions() ? ~update_by_instructions(~UINT32_C(0), bytes, count)
                              : switchboard_crc32c_portable(bytes, count);
}

uint32_t switchboard_crc32c_portable(const void *bytes, size_t count) {
    return ~update_table(~UINT32_C(0), bytes, count);
}
