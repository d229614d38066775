/// A field of a message, a struct or a case of a union.
package struct FieldSpec: Sendable {
    /// `name`; reserved bytes have the name `reserved`, which generated code does not use.
    package let name: Located<String>
    /// `type`, with `length` and `count`.
    package let type: Located<FieldType>
    /// `byte-order`: the byte order of the field; `nil` for the byte order of the protocol.
    package var byteOrder: ByteOrder?
    /// `doc`: the documentation.
    package var doc: String?
    /// `secret`: whether generated code redacts the value in descriptions.
    package var isSecret = false
    /// `default`: the value of the field if none is given.
    package var defaultValue: Located<Literal>?
    /// `min`: the lowest value, or the lowest number of bytes or elements.
    package var minimum: Located<Literal>?
    /// `max`: the highest value, or the highest number of bytes or elements.
    package var maximum: Located<Literal>?
    /// `equals`: the only allowed value.
    package var constant: Located<Literal>?
    /// `since`: the version of the spec in which it was added.
    package var since: Located<UInt64>?
    /// `deprecated`: the reason for the deprecation.
    package var deprecated: String?

    /// Whether a part of the field could not be read; the mistake was reported.
    var lacksParts = false

    /// Whether the field consists of reserved bytes.
    package var isReserved: Bool {
        if case .reserved = type.value { true } else { false }
    }

    /// Whether the field may have no value: it is optional or reserved.
    package var mayBeNothing: Bool {
        if case .optional = type.value { true } else { isReserved }
    }

    /// Whether a message may choose the value.
    package var isVariable: Bool { !isReserved && constant == nil }
}

/// A value as a spec writes it, in examples, defaults and bounds.
///
/// The type of the field decides what the literal means.
package indirect enum Literal: Sendable {
    /// A scalar; `isPlain` if it is written without quotes.
    case text(String, isPlain: Bool)
    /// `null`, `~` or an empty value.
    case nothing
    /// A list.
    case list([Located<Literal>])
    /// A mapping of names to values.
    case mapping([Entry])

    /// A name and its value.
    package struct Entry: Sendable {
        /// The name.
        package let name: Located<String>
        /// The value of the name.
        package let literal: Located<Literal>
    }
}

/// The type of a field: its values, and their form on the wire.
package indirect enum FieldType: Hashable, Sendable {
    /// An integer.
    case integer(IntegerType)
    /// A floating-point number.
    case float(FloatType)
    /// One byte, 0 or 1.
    case boolean
    /// Text in UTF-8.
    case string(Extent)
    /// Bytes.
    case bytes(Extent)
    /// Consecutive values of one type.
    case array(FieldType, Extent)
    /// One byte, 1 if a value follows and 0 otherwise, then the value.
    case optional(FieldType)
    /// A value of the enum, the flags, the struct or the union with this name.
    case named(String)
    /// This number of reserved bytes: written as zeros, and skipped when read.
    case reserved(Int)
}

/// The length of a `string` or `bytes`, in bytes, or of an array, in elements.
package enum Extent: Hashable, Sendable {
    /// All that is left of the payload.
    case toEnd
    /// A number of this type, which precedes the bytes or elements.
    case prefixed(IntegerType)
    /// A fixed length.
    case fixed(Int)
}

extension FieldType {
    /// The type without `?`.
    package var unwrapped: FieldType {
        if case .optional(let type) = self { type } else { self }
    }

    /// The type without `?` and brackets.
    var innermost: FieldType {
        switch self {
        case .array(let element, _): element.innermost
        case .optional(let type): type.innermost
        default: self
        }
    }

    /// The name of the enum, flags, struct or union in the type, if it has one.
    package var namedType: String? {
        if case .named(let name) = innermost { name } else { nil }
    }
}
