/// A type that a spec defines.
package enum TypeSpec: Sendable {
    /// A type under `enums`.
    case enumeration(EnumSpec)
    /// A type under `flags`.
    case flags(FlagsSpec)
    /// A type under `structs`.
    case structure(StructSpec)
    /// A type under `unions`.
    case union(UnionSpec)

    /// The name.
    package var name: Located<String> {
        switch self {
        case .enumeration(let type): type.name
        case .flags(let type): type.name
        case .structure(let type): type.name
        case .union(let type): type.name
        }
    }

    /// The kind of the type, with an article.
    package var kind: String {
        switch self {
        case .enumeration: "an enum"
        case .flags: "flags"
        case .structure: "a struct"
        case .union: "a union"
        }
    }

    /// The type of the number of an enum or of flags; `nil` for other types.
    package var numberType: IntegerType? {
        switch self {
        case .enumeration(let type): type.type
        case .flags(let type): type.type
        case .structure, .union: nil
        }
    }

    /// Whether numbers without a name are rejected.
    package var isClosed: Bool {
        switch self {
        case .enumeration(let type): type.isClosed
        case .flags(let type): type.isClosed
        case .structure, .union: false
        }
    }

    /// The fields of a struct, or of all cases of a union.
    package var fields: [FieldSpec] {
        switch self {
        case .enumeration, .flags: []
        case .structure(let type): type.fields
        case .union(let type): type.cases.flatMap(\.fields)
        }
    }
}

/// The common part of enums and flags: a number, some of whose values have names.
package protocol NamedNumberSpec: Sendable {
    /// The keys that enums and flags have in common.
    var head: NamedNumberHead { get }
}

/// The keys that enums and flags have in common.
package struct NamedNumberHead: Sendable {
    /// The name.
    let name: Located<String>
    /// `type`: the type of the number.
    let type: IntegerType
    /// `doc`: the documentation.
    var doc: String?
    /// `closed`: whether a number or a bit without a name is rejected.
    var isClosed = false
}

extension NamedNumberSpec {
    /// The name.
    package var name: Located<String> { head.name }
    /// `type`: the type of the number.
    package var type: IntegerType { head.type }
    /// `doc`: the documentation.
    package var doc: String? { head.doc }
    /// `closed`: whether a number or a bit without a name is rejected.
    package var isClosed: Bool { head.isClosed }
}

/// A type whose values have names.
package struct EnumSpec: NamedNumberSpec {
    /// A value with a name.
    package struct Case: Sendable {
        /// The name.
        package let name: Located<String>
        /// The number on the wire.
        package let value: Located<SpecInteger>
    }

    package let head: NamedNumberHead
    /// `cases`, in the order of the file.
    package var cases: [Case] = []
    /// `reserved`: numbers and names of former cases, which must not be used again.
    package var reserved = ReservedSpec()

    /// Returns the case with `number`; `nil` if no case has it.
    package func item(of number: SpecInteger) -> Case? { cases.first { $0.value.value == number } }

    /// Returns whether a field of this type may have the value `number`.
    func allows(_ number: SpecInteger) -> Bool { !isClosed || item(of: number) != nil }
}

/// A type whose bits have names.
package struct FlagsSpec: NamedNumberSpec {
    /// A bit with a name.
    package struct Bit: Sendable {
        /// The name.
        package let name: Located<String>
        /// The position of the bit; 0 is the lowest bit.
        package let position: Located<UInt64>
    }

    package let head: NamedNumberHead
    /// `bits`, in the order of the file.
    package var bits: [Bit] = []

    /// The bits that have names.
    package var knownBits: UInt64 {
        bits.reduce(0) { $0 | (1 << $1.position.value) }
    }

    /// Returns the names of the bits in `number`; `nil` when a bit has no name.
    package func names(of number: SpecInteger) -> [String]? {
        guard hasNames(for: number) else { return nil }
        return bits.filter { number.magnitude & (1 << $0.position.value) != 0 }.map(\.name.value)
    }

    /// Returns whether a field of this type may have the value `number`.
    func allows(_ number: SpecInteger) -> Bool { !isClosed || hasNames(for: number) }

    /// Returns whether all bits in `number` have names.
    func hasNames(for number: SpecInteger) -> Bool { number.magnitude & ~knownBits == 0 }
}

/// A struct: a type with fields.
package struct StructSpec: Sendable {
    /// The name.
    package let name: Located<String>
    /// `doc`: the documentation.
    package var doc: String?
    /// `align`: every value has a multiple of this number of bytes.
    package var alignment: Int?
    /// `fields`, in wire order.
    package var fields: [FieldSpec] = []
}

/// How to treat a value of a union whose tag no case has.
///
/// The raw value is the keyword in a spec.
package enum UnknownTag: String, CaseIterable, Sendable {
    /// Keep the tag and the bytes.
    case keep
    /// Reject the value as malformed.
    case reject
}

/// A union: a type with several cases, each with fields of its own.
package struct UnionSpec: Sendable {
    /// A case of a union.
    package struct Case: Sendable {
        /// The name.
        package let name: Located<String>
        /// `tag`: the number that identifies the case on the wire.
        package let tag: Located<SpecInteger>
        /// `doc`: the documentation.
        package var doc: String?
        /// `fields`, in wire order, after the tag.
        package var fields: [FieldSpec] = []
    }

    /// The name of the case of values whose tag no case has.
    package static let unknownCase = "unrecognized"

    /// The name.
    package let name: Located<String>
    /// `tag`: the type of the tags.
    package let tag: IntegerType
    /// Whether a tag has only a few bits, and shares its byte with the first fields of its case.
    package var isTagOfBits: Bool { tag.bitFieldWidth != nil }
    /// Whether the tags are text; ``tag`` then has a byte for each character.
    package var isTagText = false
    /// `length`: the number before the fields that says how many bytes they have.
    package var length: CountSpec?
    /// `align`: every value has a multiple of this number of bytes.
    package var alignment: Int?
    /// `unknown: keep`: whether a value whose tag no case has is kept with its bytes.
    package var keepsUnknown = false
    /// `doc`: the documentation.
    package var doc: String?
    /// `cases`, in the order of the file.
    package var cases: [Case] = []
}
