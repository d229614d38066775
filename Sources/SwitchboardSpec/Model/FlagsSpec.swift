/// A type whose bits have names.
package struct FlagsSpec: Sendable {
    /// A bit with a name.
    package struct Bit: Sendable {
        /// Its name.
        package let name: Located<String>
        /// Its place: 0 is the lowest.
        package let position: Located<UInt64>
    }

    /// Its name.
    package let name: Located<String>
    /// `type`: of the number that has the bits; unsigned.
    package let type: IntegerType
    /// `doc`: what it is for.
    package var doc: String?
    /// `closed`: whether a bit without a name is malformed.
    package var isClosed = false
    /// `bits`, as they stand in the file.
    package var bits: [Bit] = []

    /// A number in which all bits with a name are set.
    package var knownBits: UInt64 {
        bits.reduce(0) { $0 | (1 << $1.position.value) }
    }
}
