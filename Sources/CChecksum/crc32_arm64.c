#include "crc32_internal.h"

#if defined(__aarch64__)

#include <string.h>

#if defined(__linux__)
#include <sys/auxv.h>

int crc32_has_armv8(void) {
    static int known;  // 0 not asked yet, 1 no, 2 yes; asking twice at once is harmless
    int answer = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (answer == 0) {
        const unsigned long hwcap_crc32 = 1UL << 7;
        answer = (getauxval(AT_HWCAP) & hwcap_crc32) ? 2 : 1;
        __atomic_store_n(&known, answer, __ATOMIC_RELAXED);
    }
    return answer == 2;
}
#else
int crc32_has_armv8(void) { return 1; }  // every 64-bit Apple CPU has them
#endif

__attribute__((target("crc"))) uint32_t crc32_update_armv8(uint32_t crc, const uint8_t *bytes, size_t count) {
    for (; count >= 8; bytes += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        crc = __builtin_arm_crc32d(crc, word);
    }
    for (; count > 0; bytes++, count--) crc = __builtin_arm_crc32b(crc, *bytes);
    return crc;
}

#endif
