#ifndef SWITCHBOARD_CRC_TABLE_H
#define SWITCHBOARD_CRC_TABLE_H

// Tables that the compiler computes from a polynomial. Entry b is the effect of byte b on an empty register. The effect
// is linear, so the entries of the eight bytes with a single bit determine all others.

#define CRC_ENTRY(basis, b) \
    (((b) & 0x01 ? basis##01 : 0) ^ ((b) & 0x02 ? basis##02 : 0) ^ ((b) & 0x04 ? basis##04 : 0) \
     ^ ((b) & 0x08 ? basis##08 : 0) ^ ((b) & 0x10 ? basis##10 : 0) ^ ((b) & 0x20 ? basis##20 : 0) \
     ^ ((b) & 0x40 ? basis##40 : 0) ^ ((b) & 0x80 ? basis##80 : 0))
#define CRC_4_ENTRIES(basis, b) \
    CRC_ENTRY(basis, b), CRC_ENTRY(basis, (b) + 1), CRC_ENTRY(basis, (b) + 2), CRC_ENTRY(basis, (b) + 3)
#define CRC_16_ENTRIES(basis, b) \
    CRC_4_ENTRIES(basis, b), CRC_4_ENTRIES(basis, (b) + 4), CRC_4_ENTRIES(basis, (b) + 8), CRC_4_ENTRIES(basis, (b) + 12)
#define CRC_64_ENTRIES(basis, b) \
    CRC_16_ENTRIES(basis, b), CRC_16_ENTRIES(basis, (b) + 16), CRC_16_ENTRIES(basis, (b) + 32), \
        CRC_16_ENTRIES(basis, (b) + 48)

/// The 256 entries for `basis`, as an initialiser.
#define CRC_TABLE(basis) \
    { CRC_64_ENTRIES(basis, 0), CRC_64_ENTRIES(basis, 64), CRC_64_ENTRIES(basis, 128), CRC_64_ENTRIES(basis, 192) }

/// Advances the register by one bit, lowest bit first.
#define CRC_REFLECTED_STEP(polynomial, crc) ((crc) >> 1 ^ ((crc) & 1 ? (polynomial) : 0))

/// The basis of a CRC whose lowest bit is sent first. `polynomial` is reflected, too.
#define CRC_REFLECTED_BASIS(basis, polynomial) \
    basis##80 = (polynomial), \
    basis##40 = CRC_REFLECTED_STEP(polynomial, basis##80), basis##20 = CRC_REFLECTED_STEP(polynomial, basis##40), \
    basis##10 = CRC_REFLECTED_STEP(polynomial, basis##20), basis##08 = CRC_REFLECTED_STEP(polynomial, basis##10), \
    basis##04 = CRC_REFLECTED_STEP(polynomial, basis##08), basis##02 = CRC_REFLECTED_STEP(polynomial, basis##04), \
    basis##01 = CRC_REFLECTED_STEP(polynomial, basis##02)

/// Advances the register of 16 bits by one bit, highest bit first.
#define CRC16_STEP(polynomial, crc) (((crc) << 1 & 0xFFFF) ^ ((crc) & 0x8000 ? (polynomial) : 0))

/// The basis of a CRC of 16 bits whose highest bit is sent first.
#define CRC16_BASIS(basis, polynomial) \
    basis##01 = (polynomial), \
    basis##02 = CRC16_STEP(polynomial, basis##01), basis##04 = CRC16_STEP(polynomial, basis##02), \
    basis##08 = CRC16_STEP(polynomial, basis##04), basis##10 = CRC16_STEP(polynomial, basis##08), \
    basis##20 = CRC16_STEP(polynomial, basis##10), basis##40 = CRC16_STEP(polynomial, basis##20), \
    basis##80 = CRC16_STEP(polynomial, basis##40)

#endif
