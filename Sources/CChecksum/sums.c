#include "CChecksum.h"

uint32_t switchboard_sum(const void *start, size_t count) {
    const uint8_t *bytes = start;
    uint32_t sum = 0;
    for (size_t index = 0; index < count; index++) sum += bytes[index];
    return sum;
}

uint8_t switchboard_xor8(const void *start, size_t count) {
    const uint8_t *bytes = start;
    uint8_t result = 0;
    for (size_t index = 0; index < count; index++) result ^= bytes[index];
    return result;
}

struct sums {
    uint32_t first;
    uint32_t second;
};

/// Returns the sum of the bytes, which begins at `first`, and the sum of these sums, both modulo `modulus`.
///
/// A sum is reduced after a block of 4096 bytes: sums that begin below 65521 do not exceed 32 bits before.
static struct sums sums(uint32_t first, uint32_t modulus, const uint8_t *bytes, size_t count) {
    struct sums sums = {first, 0};
    while (count > 0) {
        size_t block = count < 4096 ? count : 4096;
        for (size_t index = 0; index < block; index++) {
            sums.first += bytes[index];
            sums.second += sums.first;
        }
        sums.first %= modulus;
        sums.second %= modulus;
        bytes += block;
        count -= block;
    }
    return sums;
}

uint16_t switchboard_fletcher8(const void *bytes, size_t count) {
    struct sums found = sums(0, 256, bytes, count);
    return (uint16_t)(found.first << 8 | found.second);
}

uint16_t switchboard_fletcher16(const void *bytes, size_t count) {
    struct sums found = sums(0, 255, bytes, count);
    return (uint16_t)(found.second << 8 | found.first);
}

uint32_t switchboard_adler32(const void *bytes, size_t count) {
    struct sums found = sums(1, 65521, bytes, count);
    return found.second << 16 | found.first;
}
