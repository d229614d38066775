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

/// What enums and flags have in common: a number, some of whose values have names.
package protocol NamedNumberSpec: Sendable {
    /// What the spec says of it, whatever its values are.
    var head: NamedNumberHead { get }
}

/// The keys that enums and flags have in common.
package struct NamedNumberHead: Sendable {
    /// Its name.
    let name: Located<String>
    /// `type`: of its numbers.
    let type: IntegerType
    /// `doc`: what it is for.
    var doc: String?
    /// `closed`: whether a number, or a bit, without a name is malformed.
    var isClosed = false
}

extension NamedNumberSpec {
    /// Its name.
    package var name: Located<String> { head.name }
    /// `type`: of its numbers.
    package var type: IntegerType { head.type }
    /// `doc`: what it is for.
    package var doc: String? { head.doc }
    /// `closed`: whether a number, or a bit, without a name is malformed.
    package var isClosed: Bool { head.isClosed }
}

/// A type whose values have names.
package struct EnumSpec: NamedNumberSpec {
    /// A value with a name.
    package struct Case: Sendable {
        /// Its name.
        package let name: Located<String>
        /// Its number on the wire.
        package let value: Located<SpecInteger>
    }

    package let head: NamedNumberHead
    /// `cases`, as they stand in the file.
    package var cases: [Case] = []
    /// `reserved`: numbers and names of cases that may not come back.
    package var reserved = ReservedSpec()

    /// The case whose number is `number`.
    package func item(of number: SpecInteger) -> Case? { cases.first { $0.value.value == number } }

    /// Whether `number` is well-formed.
    func allows(_ number: SpecInteger) -> Bool { !isClosed || item(of: number) != nil }
}

/// A type whose bits have names.
package struct FlagsSpec: NamedNumberSpec {
    /// A bit with a name.
    package struct Bit: Sendable {
        /// Its name.
        package let name: Located<String>
        /// Its place: 0 is the lowest.
        package let position: Located<UInt64>
    }

    package let head: NamedNumberHead
    /// `bits`, as they stand in the file.
    package var bits: [Bit] = []

    /// A number in which all bits with a name are set.
    package var knownBits: UInt64 {
        bits.reduce(0) { $0 | (1 << $1.position.value) }
    }

    /// The names of the bits that are set in `number`; `nil` when one of them has none.
    package func names(of number: SpecInteger) -> [String]? {
        guard hasNames(for: number) else { return nil }
        return bits.filter { number.magnitude & (1 << $0.position.value) != 0 }.map(\.name.value)
    }

    /// Whether `number` is well-formed.
    func allows(_ number: SpecInteger) -> Bool { !isClosed || hasNames(for: number) }

    /// Whether all bits that are set in `number` have names.
    func hasNames(for number: SpecInteger) -> Bool { number.magnitude & ~knownBits == 0 }
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
