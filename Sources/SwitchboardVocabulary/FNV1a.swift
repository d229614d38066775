/// The hash function FNV-1a with 64 bits, whose values are the same in every process and on every platform.
package struct FNV1a: Sendable {
    /// The hash of all texts so far.
    package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    /// The hash of no text.
    package init() {}

    /// Adds a text and its end.
    package mutating func combine(_ text: String) {
        for byte in text.utf8 { combine(byte) }
        combine(0xFF)
    }

    private mutating func combine(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
}
