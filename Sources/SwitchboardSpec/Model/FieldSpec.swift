/// A field of a message, a struct or a case of a union.
package struct FieldSpec: Sendable {
    /// `name`; reserved bytes have the name `reserved`, which generated code does not use.
    package let name: Located<String>
    /// `type`, with `length` and `count`.
    package let type: Located<FieldType>
    /// `byte-order`: the byte order of the field; `nil` for the byte order of the protocol.
    package var byteOrder: ByteOrder?
    /// `bit-order`: the order of the bits of the field and its neighbours; `nil` if it follows from the byte order.
    package var bitOrder: BitOrder?
    /// `when`: the condition under which a payload has the field.
    package var condition: Located<ConditionSpec>?
    /// `optional`: whether a payload may end before the field.
    package var isTrailing = false
    /// `tag`: the earlier field that has the tag of the union.
    package var tag: Located<ReferenceSpec>?
    /// `covers`: the bytes that the field counts, if it is the length of its message, struct or case.
    package var coverage: Located<FieldCoverage>?
    /// `align`: the field starts at a multiple of this number of bytes in its payload, struct or case.
    package var alignment: Int?
    /// `unit`, `scale` and `time`: what the number measures.
    package var measure: MeasureSpec?
    /// `doc`: the documentation.
    package var doc: String?
    /// `secret`: whether generated code redacts the value in descriptions.
    package var isSecret = false
    /// `trace`: the name of the value of a trace context that the field carries, such as `traceparent`.
    package var trace: Located<String>?
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

    /// Whether the value follows from other fields: a length, a count, a presence bit or a tag.
    package var isDerived = false

    /// The tag of a case, if the field is the tag of a few bits that shares its byte with the first fields of the case.
    package private(set) var caseTag: SpecInteger?

    /// Whether a part of the field could not be read; the mistake was reported.
    var lacksParts = false

    /// Returns the same field with another name.
    func named(_ name: String) -> FieldSpec {
        var field = FieldSpec(name: Located(value: name, place: self.name.place), type: type)
        field.byteOrder = byteOrder
        field.bitOrder = bitOrder
        field.condition = condition
        return field
    }

    /// Whether the field consists of reserved bytes or bits.
    package var isReserved: Bool {
        switch type.value {
        case .reserved, .reservedBits: true
        default: false
        }
    }

    /// Returns the field that is the tag of a case: a number of `type`.
    static func tag(_ number: Located<SpecInteger>, _ type: IntegerType) -> FieldSpec {
        // Fields of the spec have names without a space.
        let name = Located(value: "the tag", place: number.place)
        var field = FieldSpec(name: name, type: Located(value: .integer(type), place: number.place))
        field.isDerived = true
        field.caseTag = number.value
        return field
    }

    /// The field or bit that follows from the presence of this field; `nil` if none does.
    ///
    /// The presence of a value with `?` says less: a payload that has the field can lack the value. Reserved bytes have
    /// no value.
    var presenceBit: ReferenceSpec? {
        type.value.mayBeAbsent || isReserved ? nil : condition?.value.presenceBit
    }

    /// Whether a payload may lack the value.
    package var mayBeAbsent: Bool { condition != nil || isTrailing || type.value.mayBeAbsent }

    /// Whether the field needs no value: it may be absent, is reserved, or is derived.
    package var mayBeNothing: Bool { mayBeAbsent || isReserved || isDerived }

    /// Whether a message may choose the value.
    package var isVariable: Bool { !isReserved && !isDerived && constant == nil }
}

/// `covers` of a field: the bytes of its message, struct or case that the field counts.
///
/// The raw value is the keyword in a spec.
package enum FieldCoverage: String, CaseIterable, Sendable {
    /// All fields.
    case all
    /// Everything after the field.
    case rest
    /// The field and everything after it.
    case lengthAndRest = "length-and-rest"
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

    /// The kind of the value, for diagnostics.
    var kind: String {
        switch self {
        case .text(let text, _): "`\(text.visible)`"
        case .nothing: "nothing"
        case .list: "a list"
        case .mapping: "a mapping"
        }
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
    /// One bit.
    case bit
    /// Text.
    case string(Extent, TextEncoding)
    /// Bytes.
    case bytes(Extent)
    /// A fixed number of bytes with a notation of their own.
    case notated(Notation)
    /// Consecutive values of one type.
    case array(FieldType, Extent)
    /// One byte, 1 if a value follows and 0 otherwise, then the value; without the byte if the length has `absent`.
    case optional(FieldType)
    /// A value of the enum, the flags, the struct or the union with this name.
    case named(String)
    /// A struct or a union in a number of bytes of its own.
    case sized(FieldType, Extent)
    /// This number of reserved bytes: written as zeros, and skipped when read.
    case reserved(Int)
    /// This number of reserved bits: written as zeros, and skipped when read.
    case reservedBits(Int)
}

/// The end of a `string`, `bytes`, an array, or a struct or union with `length`.
package enum Extent: Hashable, Sendable {
    /// At the end of the payload.
    case toEnd
    /// After the number of bytes or elements that another number says.
    case counted(CountSpec)
    /// After this number of bytes or elements.
    case fixed(Int)
    /// After this number of bytes, the last of which may be `pad`.
    case padded(Int, pad: UInt8)
    /// Before these bytes, which are not part of the value.
    case until([UInt8])
    /// `before`: at the start of a later field, where all that follows has a fixed size.
    case before(String)

    /// After the number of bytes or elements that precedes the value as a number of `type`.
    package static func prefixed(_ type: IntegerType) -> Extent { .counted(CountSpec(source: .prefix(type))) }
}

/// The number that says where a value ends, and how it is read.
package struct CountSpec: Hashable, Sendable {
    /// Where the number is.
    package enum Source: Hashable, Sendable {
        /// Directly before the value.
        case prefix(IntegerType)
        /// In an earlier field.
        case field(ReferenceSpec)
        /// In the spec: always the same.
        case constant(Int)
    }

    /// Where the number is.
    package let source: Source
    /// `bytes`: whether the number of an array counts its bytes, not its elements.
    package var countsBytes = false
    /// `unit`: the number of bytes or elements for each 1 of the number, at least 1.
    package var unit = 1
    /// `plus`: what the number exceeds the size by.
    package var plus = 0
    /// `absent`: the numbers that say that there is no value; the first is sent.
    package var absent: [SpecInteger] = []
}

/// The name of another field, and of one of its bits if it has flags: `count`, `flags.hasCount`.
package struct ReferenceSpec: Hashable, Sendable {
    /// The name of the field.
    package let field: String
    /// The name of the bit, if the field has flags and one bit of them is meant.
    package var bit: String?

    /// Returns the name with which fields of messages refer to the field `name` of the frame's header.
    package static func header(_ name: String) -> String { "header." + name }

    /// Whether the reference is to a field of the frame's header.
    package var isToHeader: Bool { field.hasPrefix(Self.header("")) }

    /// The reference as a spec writes it.
    package var text: String { field + (bit.map { "." + $0 } ?? "") }
}

/// `when`: tests of other fields, all of which must hold.
package struct ConditionSpec: Sendable {
    /// A test of another field.
    package struct Term: Sendable {
        /// The field, and where it is named.
        package let reference: Located<ReferenceSpec>
        /// The test of its value.
        package let test: Test
    }

    /// The test of a value.
    package enum Test: Sendable {
        /// It is a boolean, a bit or a bit of flags, and true.
        case isSet
        /// It is one of these values.
        case oneOf([Located<Literal>])
        /// It is none of these values.
        case noneOf([Located<Literal>])
        /// It is a number not below the first and not above the second.
        case range(Located<Literal>?, Located<Literal>?)
    }

    /// The tests, at least one.
    package let terms: [Term]

    /// The field or bit that follows from the presence of the field with this condition; `nil` if none does.
    package var presenceBit: ReferenceSpec? {
        guard terms.count == 1, case .isSet = terms[0].test, !terms[0].reference.value.isToHeader else { return nil }
        return terms[0].reference.value
    }
}

/// The encoding of text.
///
/// The raw value is the keyword in a spec.
package enum TextEncoding: String, CaseIterable, Sendable {
    /// UTF-8.
    case utf8
    /// ASCII: a byte for each character, 0 to 127.
    case ascii
    /// ISO 8859-1: a byte for each character, which is its number in Unicode.
    case latin1
    /// UTF-16 in the byte order of the field.
    case utf16

    /// The name of the encoding in documentation.
    package var title: String {
        switch self {
        case .utf8: "UTF-8"
        case .ascii: "ASCII"
        case .latin1: "ISO 8859-1"
        case .utf16: "UTF-16"
        }
    }
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
        case .optional(let type), .sized(let type, _): type.innermost
        default: self
        }
    }

    /// Whether the type is optional.
    var mayBeAbsent: Bool {
        if case .optional = self { true } else { false }
    }

    /// The name of the enum, flags, struct or union in the type, if it has one.
    package var namedType: String? {
        if case .named(let name) = innermost { name } else { nil }
    }
}
