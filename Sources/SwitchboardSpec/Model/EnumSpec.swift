/// A type whose values have names.
package struct EnumSpec: Sendable {
    /// A value with a name.
    package struct Case: Sendable {
        /// Its name.
        package let name: Located<String>
        /// Its number on the wire.
        package let value: Located<SpecInteger>
    }

    /// Its name.
    package let name: Located<String>
    /// `type`: of its numbers.
    package let type: IntegerType
    /// `doc`: what it is for.
    package var doc: String?
    /// `closed`: whether a number without a name is malformed.
    package var isClosed = false
    /// `cases`, as they stand in the file.
    package var cases: [Case] = []
    /// `reserved`: numbers and names of cases that may not come back.
    package var reserved = ReservedSpec()
}
