#include "CChecksum.h"
#include "crc32_internal.h"

uint32_t switchboard_crc32(const void *bytes, size_t count) {
#if defined(__x86_64__)
    if (crc32_has_pclmul()) return ~crc32_update_pclmul(~UINT32_C(0), bytes, count);
#elif defined(__aarch64__)
    if (crc32_has_armv8()) return ~crc32_update_armv8(~UINT32_C(0), bytes, count);
#endif
    return switchboard_crc32_portable(bytes, count);
}

uint32_t switchboard_crc32_portable(const void *bytes, size_t count) {
    return ~crc32_update_tables(~UINT32_C(0), bytes, count);
}
