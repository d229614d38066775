/// The hash function SHA-256 of FIPS 180-4.
package struct SHA256: Sendable {
    /// The size of a hash, in bytes.
    package static let size = 32

    private var state = SIMD8<UInt32>(
        0x6A09_E667,
        0xBB67_AE85,
        0x3C6E_F372,
        0xA54F_F53A,
        0x510E_527F,
        0x9B05_688C,
        0x1F83_D9AB,
        0x5BE0_CD19
    )
    /// The words of the current block.
    private var block = SIMD16<UInt32>()
    /// The number of bytes so far.
    private var count: UInt64 = 0

    /// A hash of no bytes.
    package init() {}

    /// Appends a byte.
    @inline(__always)
    package mutating func append(_ byte: UInt8) {
        let word = Int(truncatingIfNeeded: count &>> 2 & 15)
        block[word] = block[word] &<< 8 | UInt32(byte)
        count &+= 1
        if count & 63 == 0 { compress() }
    }

    /// Appends bytes.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        for index in bytes.indices { unsafe append(bytes[index]) }
    }

    /// Returns the hash, whose first byte is the element 0.
    package func hash() -> SIMD32<UInt8> {
        var last = self
        last.append(0x80)
        while last.count & 63 != 56 { last.append(0) }
        let bits = count &<< 3
        for index in (0..<UInt64(8)).reversed() { last.append(UInt8(truncatingIfNeeded: bits &>> (8 &* index))) }
        var hash = SIMD32<UInt8>()
        for index in 0..<Self.size {
            let shift = UInt32(truncatingIfNeeded: 24 &- 8 &* (index & 3))
            hash[index] = UInt8(truncatingIfNeeded: last.state[index >> 2] &>> shift)
        }
        return hash
    }

    private mutating func compress() {
        var words = block
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for round in 0..<64 {
            let index = round & 15
            if round >= 16 {
                let (early, late) = (words[(round &+ 1) & 15], words[(round &+ 14) & 15])
                let first = Self.rotated(early, 7) ^ Self.rotated(early, 18) ^ early &>> 3
                let second = Self.rotated(late, 17) ^ Self.rotated(late, 19) ^ late &>> 10
                words[index] = words[index] &+ first &+ words[(round &+ 9) & 15] &+ second
            }
            let mixed = Self.rotated(e, 6) ^ Self.rotated(e, 11) ^ Self.rotated(e, 25)
            let choice = e & f ^ ~e & g
            let first = h &+ mixed &+ choice &+ Self.constants[round] &+ words[index]
            let second = (Self.rotated(a, 2) ^ Self.rotated(a, 13) ^ Self.rotated(a, 22)) &+ (a & b ^ a & c ^ b & c)
            (h, g, f, e) = (g, f, e, d &+ first)
            (d, c, b, a) = (c, b, a, first &+ second)
        }
        state = state &+ SIMD8(a, b, c, d, e, f, g, h)
        block = SIMD16()
    }

    private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 { word &>> count | word &<< (32 &- count) }

    /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
    private static let constants: [UInt32] = [
        0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4, 0xAB1C_5ED5,
        0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174,
        0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
        0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7, 0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967,
        0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85,
        0xA2BF_E8A1, 0xA81A_664B, 0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
        0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
        0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
    ]
}
