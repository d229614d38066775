#include "CChecksum.h"
#include "crc32_internal.h"

typedef uint32_t update_function(uint32_t crc, const uint8_t *bytes, size_t count);

static update_function find_and_update;

// The fastest function for this CPU, which the first call selects. If two threads do so at once, they select the
// same one.
static update_function *fastest = find_and_update;

static uint32_t find_and_update(uint32_t crc, const uint8_t *bytes, size_t count) {
    update_function *found = crc32_update_tables;
#if defined(__x86_64__)
    if (crc32_has_pclmul()) found = crc32_update_pclmul;
    if (crc32_has_vpclmul()) found = crc32_update_vpclmul;
#elif defined(__aarch64__)
    if (crc32_has_armv8()) found = crc32_update_armv8;
#endif
    __atomic_store_n(&fastest, found, __ATOMIC_RELAXED);
    return found(crc, bytes, count);
}

uint32_t switchboard_crc32(const void *bytes, size_t count) {
    return ~__atomic_load_n(&fastest, __ATOMIC_RELAXED)(~UINT32_C(0), bytes, count);
}

uint32_t switchboard_crc32_narrow(const void *bytes, size_t count) {
#if defined(__x86_64__)
    if (crc32_has_pclmul()) return ~crc32_update_pclmul(~UINT32_C(0), bytes, count);
#endif
    return switchboard_crc32(bytes, count);
}

uint32_t switchboard_crc32_portable(const void *bytes, size_t count) {
    return ~crc32_update_tables(~UINT32_C(0), bytes, count);
}
