/// A type of the spec's own.
package enum TypeSpec: Sendable {
    /// One under `enums`.
    case enumeration(EnumSpec)
    /// One under `flags`.
    case flags(FlagsSpec)
    /// One under `structs`.
    case structure(StructSpec)
    /// One under `unions`.
    case union(UnionSpec)

    /// Its name.
    package var name: Located<String> {
        switch self {
        case .enumeration(let type): type.name
        case .flags(let type): type.name
        case .structure(let type): type.name
        case .union(let type): type.name
        }
    }

    /// What it is, in a word with its article.
    package var kind: String {
        switch self {
        case .enumeration: "an enum"
        case .flags: "flags"
        case .structure: "a struct"
        case .union: "a union"
        }
    }

    /// The type of the number that it is, if it is one.
    package var numberType: IntegerType? {
        switch self {
        case .enumeration(let type): type.type
        case .flags(let type): type.type
        case .structure, .union: nil
        }
    }

    /// Whether a number without a name is malformed.
    package var isClosed: Bool {
        switch self {
        case .enumeration(let type): type.isClosed
        case .flags(let type): type.isClosed
        case .structure, .union: false
        }
    }

    /// The fields that it has, in all of its cases.
    package var fields: [FieldSpec] {
        switch self {
        case .enumeration, .flags: []
        case .structure(let type): type.fields
        case .union(let type): type.cases.flatMap(\.fields)
        }
    }
}

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

/// Fields that belong together.
package struct StructSpec: Sendable {
    /// Its name.
    package let name: Located<String>
    /// `doc`: what it is for.
    package var doc: String?
    /// `fields`, in wire order.
    package var fields: [FieldSpec] = []
}

/// A type that is one of several things, and says which.
package struct UnionSpec: Sendable {
    /// One of the things.
    package struct Case: Sendable {
        /// Its name.
        package let name: Located<String>
        /// `tag`: the number that says it is this one.
        package let tag: Located<SpecInteger>
        /// `doc`: what it is.
        package var doc: String?
        /// `fields`, in wire order, behind the tag.
        package var fields: [FieldSpec] = []
    }

    /// Its name.
    package let name: Located<String>
    /// `tag`: the type of the numbers.
    package let tag: IntegerType
    /// `doc`: what it is for.
    package var doc: String?
    /// `cases`, as they stand in the file.
    package var cases: [Case] = []
}
