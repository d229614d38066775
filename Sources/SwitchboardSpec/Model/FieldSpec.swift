/// A field of a message, a struct or a union's case.
package struct FieldSpec: Sendable {
    /// `name`; that of reserved bytes is `reserved`, which stands for nothing in Swift.
    package let name: Located<String>
    /// `type`, with `length` and `count`.
    package let type: Located<FieldType>
    /// `byte-order`: of its own, where it differs from the protocol's.
    package var byteOrder: ByteOrder?
    /// `doc`: what it means.
    package var doc: String?
    /// `secret`: whether it must never be shown.
    package var isSecret = false
    /// `default`: what it is when nothing is said.
    package var defaultValue: Located<Literal>?
    /// `min`: the lowest value, or the fewest bytes or elements.
    package var minimum: Located<Literal>?
    /// `max`: the highest value, or the most bytes or elements.
    package var maximum: Located<Literal>?
    /// `equals`: the only value that it may have.
    package var constant: Located<Literal>?
    /// `since`: the version of the spec that brought it.
    package var since: Located<UInt64>?
    /// `deprecated`: why it should not be used any more.
    package var deprecated: String?

    /// Whether a part of it could not be read; the spec has a mistake then.
    var lacksParts = false

    /// Whether the field is reserved bytes.
    package var isReserved: Bool {
        if case .reserved = type.value { true } else { false }
    }

    /// Whether nothing stands for its value when none is given.
    package var mayBeNothing: Bool {
        if case .optional = type.value { true } else { isReserved }
    }

    /// Whether it has a value that a message may choose.
    package var isVariable: Bool { !isReserved && constant == nil }
}

/// A value as a spec writes it, in examples, defaults and bounds.
///
/// What it means depends on the type of its field.
package indirect enum Literal: Sendable {
    /// A scalar, and whether it was written without quotes.
    case text(String, isPlain: Bool)
    /// `null`, `~`, or nothing at all.
    case nothing
    /// A list.
    case list([Located<Literal>])
    /// A mapping of names to values.
    case mapping([Entry])

    /// A name and its value.
    package struct Entry: Sendable {
        /// The name.
        package let name: Located<String>
        /// What was written behind it.
        package let literal: Located<Literal>
    }
}

/// What a field holds, and how that travels.
package indirect enum FieldType: Hashable, Sendable {
    /// A whole number of fixed width.
    case integer(IntegerType)
    /// A number with a fraction.
    case float(FloatType)
    /// One byte, 0 or 1.
    case boolean
    /// UTF-8.
    case string(Extent)
    /// Any bytes.
    case bytes(Extent)
    /// Values of one type, one after another.
    case array(FieldType, Extent)
    /// A byte that says whether there is a value, then the value.
    case optional(FieldType)
    /// A value of the enum, the flags, the struct or the union with this name.
    case named(String)
    /// As many bytes as this, zero when they are written and ignored when they are read.
    case reserved(Int)
}

/// How many bytes a `string` or `bytes` has, or how many elements an array.
package enum Extent: Hashable, Sendable {
    /// All that are left of the payload.
    case toEnd
    /// As many as a number of this type says, which travels before them.
    case prefixed(IntegerType)
    /// Always this many.
    case fixed(Int)
}

extension FieldType {
    /// The type without a question mark.
    package var unwrapped: FieldType {
        if case .optional(let type) = self { type } else { self }
    }

    /// The type without question marks and brackets.
    var innermost: FieldType {
        switch self {
        case .array(let element, _): element.innermost
        case .optional(let type): type.innermost
        default: self
        }
    }

    /// The name of the type that it is made of, if that is one of the spec.
    package var namedType: String? {
        if case .named(let name) = innermost { name } else { nil }
    }
}
