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
