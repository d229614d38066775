#include "crc32_internal.h"

#if defined(__x86_64__)

#include <immintrin.h>

// The method is that of Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction"
// (Intel, 2009), for the bit-reflected CRC: a block of bytes is a polynomial; multiplying its halves by x^n mod P moves
// it n bits ahead without changing the remainder, so blocks are folded onto later blocks until one is left.

// AVX is used only for its three-operand form, which saves a quarter of the time. A CPU without AVX uses the tables.
#define TARGET __attribute__((target("avx,pclmul")))

// The same method with two blocks in each register, which newer CPUs multiply as fast as one.
#define WIDE_TARGET __attribute__((target("avx2,pclmul,vpclmulqdq")))

int crc32_has_pclmul(void) {
    return __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("avx");
}

int crc32_has_vpclmul(void) {
    return crc32_has_pclmul() && __builtin_cpu_supports("vpclmulqdq") && __builtin_cpu_supports("avx2");
}

TARGET static inline __m128i load(const uint8_t *bytes) {
    return _mm_loadu_si128((const __m128i *)bytes);
}

/// Loads a block in two parts. The first 16 bytes of a frame that was just written come from two stores, of the header
/// and of the payload, and a CPU forwards data from its store buffer only to a load within one store.
TARGET static inline __m128i load_halves(const uint8_t *bytes) {
    __m128i low = _mm_loadl_epi64((const __m128i *)bytes);
    return _mm_unpacklo_epi64(low, _mm_loadl_epi64((const __m128i *)(bytes + 8)));
}

/// Moves `block` ahead by the distance of the constants in `distance`, and adds it to `next`.
TARGET static inline __m128i fold(__m128i block, __m128i distance, __m128i next) {
    __m128i low = _mm_clmulepi64_si128(block, distance, 0x00);
    __m128i high = _mm_clmulepi64_si128(block, distance, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

/// Moves `block` ahead by the length of one block, and adds it to `next`.
TARGET static inline __m128i fold_by_one(__m128i block, __m128i next) {
    return fold(block, _mm_set_epi64x(0x0ccaa009e, 0x1751997d0), next);  // x^(128-32), x^(128+32)
}

/// Combines `block` and the last `count` bytes (1 to 15) to one block: folds the first `count` bytes of `block` onto
/// the bytes that follow. At least 16 bytes must precede the last bytes.
TARGET static inline __m128i fold_tail(__m128i block, const uint8_t *bytes, size_t count) {
    // A shuffle with 16 bytes of this table from 16 + n on moves a block n bytes ahead; from 16 - n on, n bytes back.
    static const uint8_t shifts[48] = {
        0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,  //
        0,    1,    2,    3,    4,    5,    6,    7,    8,    9,    10,   11,   12,   13,   14,   15,    //
        0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
    };
    __m128i back = load(shifts + count), ahead = load(shifts + 16 + count);
    __m128i first = _mm_shuffle_epi8(block, back);
    __m128i rest = _mm_blendv_epi8(load(bytes + count - 16), _mm_shuffle_epi8(block, ahead), back);
    return fold_by_one(first, rest);
}

/// Computes the remainder of a block of 128 bits: folds it to 96 bits, then to 64 bits, and reduces it to 32 bits with
/// Barrett's method.
TARGET static inline uint32_t reduce(__m128i block) {
    const __m128i by_128 = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);   // x^96, x^160
    const __m128i by_64 = _mm_set_epi64x(0, 0x163cd6124);              // x^64
    const __m128i polynomial = _mm_set_epi64x(0x1f7011641, 0x1db710641);  // floor(x^64 / P), P
    const __m128i low_words = _mm_set_epi32(0, -1, 0, -1);

    __m128i moved = _mm_clmulepi64_si128(block, by_128, 0x10);
    block = _mm_xor_si128(_mm_srli_si128(block, 8), moved);

    moved = _mm_clmulepi64_si128(_mm_and_si128(block, low_words), by_64, 0x00);
    block = _mm_xor_si128(_mm_srli_si128(block, 4), moved);

    __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(block, low_words), polynomial, 0x10);
    __m128i product = _mm_clmulepi64_si128(_mm_and_si128(quotient, low_words), polynomial, 0x00);
    return (uint32_t)_mm_extract_epi32(_mm_xor_si128(block, product), 1);
}

/// Computes the remainder of `block` and the `count` bytes after it, any number.
TARGET static inline uint32_t finish(__m128i block, const uint8_t *bytes, size_t count) {
    for (; count >= 16; bytes += 16, count -= 16) block = fold_by_one(block, load(bytes));
    if (count > 0) block = fold_tail(block, bytes, count);
    return reduce(block);
}

TARGET uint32_t crc32_update_pclmul(uint32_t crc, const uint8_t *bytes, size_t count) {
    if (count < 16) return crc32_update_tables(crc, bytes, count);

    const __m128i by_512 = _mm_set_epi64x(0x1c6e41596, 0x154442bd4);  // x^(512-32), x^(512+32)

    __m128i block = _mm_xor_si128(load_halves(bytes), _mm_cvtsi32_si128((int)crc));
    bytes += 16;
    count -= 16;

    // With eight or more blocks, four at a time, because their multiplications are independent.
    if (count >= 112) {
        __m128i second = load(bytes), third = load(bytes + 16), fourth = load(bytes + 32);
        bytes += 48;
        count -= 48;
        for (; count >= 64; bytes += 64, count -= 64) {
            block = fold(block, by_512, load(bytes));
            second = fold(second, by_512, load(bytes + 16));
            third = fold(third, by_512, load(bytes + 32));
            fourth = fold(fourth, by_512, load(bytes + 48));
        }
        block = fold_by_one(block, second);
        block = fold_by_one(block, third);
        block = fold_by_one(block, fourth);
    }
    return finish(block, bytes, count);
}

WIDE_TARGET static inline __m256i load_two(const uint8_t *bytes) {
    return _mm256_loadu_si256((const __m256i *)bytes);
}

WIDE_TARGET static inline __m256i fold_two(__m256i blocks, __m256i distance, __m256i next) {
    __m256i low = _mm256_clmulepi64_epi128(blocks, distance, 0x00);
    __m256i high = _mm256_clmulepi64_epi128(blocks, distance, 0x11);
    return _mm256_xor_si256(_mm256_xor_si256(low, high), next);
}

WIDE_TARGET uint32_t crc32_update_vpclmul(uint32_t crc, const uint8_t *bytes, size_t count) {
    // At least eight blocks are needed.
    if (count < 128) return crc32_update_pclmul(crc, bytes, count);

    const __m256i by_1024 = _mm256_set_epi64x(0x14a7fe880, 0x1e88ef372, 0x14a7fe880, 0x1e88ef372);  // x^(1024-+32)
    const __m256i by_256 = _mm256_set_epi64x(0x15a546366, 0x0f1da05aa, 0x15a546366, 0x0f1da05aa);   // x^(256-+32)

    __m256i blocks = _mm256_xor_si256(load_two(bytes), _mm256_zextsi128_si256(_mm_cvtsi32_si128((int)crc)));
    __m256i second = load_two(bytes + 32), third = load_two(bytes + 64), fourth = load_two(bytes + 96);
    bytes += 128;
    count -= 128;
    for (; count >= 128; bytes += 128, count -= 128) {
        blocks = fold_two(blocks, by_1024, load_two(bytes));
        second = fold_two(second, by_1024, load_two(bytes + 32));
        third = fold_two(third, by_1024, load_two(bytes + 64));
        fourth = fold_two(fourth, by_1024, load_two(bytes + 96));
    }
    blocks = fold_two(blocks, by_256, second);
    blocks = fold_two(blocks, by_256, third);
    blocks = fold_two(blocks, by_256, fourth);
    __m128i block = fold_by_one(_mm256_castsi256_si128(blocks), _mm256_extracti128_si256(blocks, 1));
    return finish(block, bytes, count);
}

#endif
