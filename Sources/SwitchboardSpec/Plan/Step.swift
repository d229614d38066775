/// The form of a value on the wire.
///
/// The type of each field is lowered to a step once: type names are resolved, and the byte order is known. All outputs
/// switch over the steps without a `default`: generated Swift, interpreter, vectors, test suites and random values.
/// Therefore the compiler lists all places that must handle a new step.
package indirect enum Step: Sendable {
    /// An integer: of whole bytes, of variable length, or of a few bits among neighbours.
    case integer(IntegerType, ByteOrder)
    /// A floating-point number.
    case float(FloatType, ByteOrder)
    /// One byte, 0 or 1.
    case boolean
    /// One bit among neighbours.
    case bit
    /// The number of a case of an enum.
    case enumeration(EnumSpec, ByteOrder)
    /// The number with the bits of flags.
    case flags(FlagsSpec, ByteOrder)
    /// Text.
    case text(Size, TextForm)
    /// Bytes, or a value of a fixed number of bytes with a notation of its own.
    case bytes(Size, Notation?)
    /// Consecutive values of one step.
    case list(Step, Size)
    /// A value or none.
    case optional(Step, OptionalForm)
    /// This number of reserved bytes: written as zeros, and skipped when read.
    case reserved(Int)
    /// This number of reserved bits among neighbours: written as zeros, and skipped when read.
    case reservedBits(Int)
    /// The fields of a struct.
    case structure(StructSpec)
    /// The tag of a union's case, unless an earlier field has it, then the fields of that case.
    case union(UnionSpec, tag: Reference?)
    /// A struct or a union in a number of bytes of its own.
    case sized(Step, Size)
}

/// The encoding of text, with the byte order of its code units.
package struct TextForm: Hashable, Sendable {
    /// The encoding.
    package let encoding: TextEncoding
    /// The order of the two bytes of a code unit of UTF-16.
    package let order: ByteOrder
}

/// The part of a payload that says whether an optional value is present.
package enum OptionalForm: Sendable {
    /// One byte before the value, 1 if the value follows and 0 otherwise.
    case byte
    /// The number that says where the value ends.
    case count
}

/// The end of a text, of bytes, of a list or of a sized value.
package enum Size: Hashable, Sendable {
    /// At the end of the payload.
    case toEnd
    /// After the number of bytes or elements that a number says; the number follows from the value.
    case counted(Count)
    /// After this number of bytes or elements.
    case fixed(Int)
    /// After this number of bytes, the last of which may be `pad`.
    case padded(Int, pad: UInt8)
    /// Before these bytes, which are not part of the value.
    case until([UInt8])
}

/// The number that says where a value ends.
package struct Count: Hashable, Sendable {
    /// Where the number is.
    package enum Source: Hashable, Sendable {
        /// Directly before the value.
        case prefix(IntegerType, ByteOrder)
        /// In an earlier field.
        case field(Reference)
        /// In the spec: always the same.
        case constant(Int)
    }

    /// Where the number is.
    package let source: Source
    /// Whether the number counts the bytes of a list, not its elements.
    package let countsBytes: Bool
    /// The number of bytes or elements for each 1 of the number, at least 1.
    package let unit: Int
    /// The difference between the number times ``unit`` and the number of bytes or elements.
    package let plus: Int
    /// The numbers that say that there is no value; the first is sent, unless there is an ``absentByte``.
    package let absent: [SpecInteger]

    /// The byte that says that there is no value, instead of a number; `nil` if the numbers of ``absent`` say that.
    package var absentByte: UInt8? {
        guard case .prefix(let type, _) = source, case .variable(let length) = type.encoding else { return nil }
        return absent.isEmpty ? nil : length.absentByte
    }

    /// Whether `number` says that there is no value.
    func isAbsent(_ number: SpecInteger) -> Bool { absentByte == nil && absent.contains(number) }

    /// Returns the number of `type` that exceeds a number of bytes by `plus`.
    package static func length(_ type: IntegerType, _ order: ByteOrder, plus: Int) -> Count {
        Count(source: .prefix(type, order), countsBytes: true, unit: 1, plus: plus, absent: [])
    }

    /// Returns a number of bytes that is always the same.
    package static func constant(_ bytes: Int) -> Count {
        Count(source: .constant(bytes), countsBytes: true, unit: 1, plus: 0, absent: [])
    }

    /// Returns the number of bytes or elements that `number` says; `nil` when that is below 0.
    func size(_ number: SpecInteger) -> Int? {
        guard !number.isNegative else { return nil }
        let total = Int(clamping: number.magnitude.multipliedOrLargest(UInt64(clamping: unit)))
        let (size, overflows) = total.subtractingReportingOverflow(plus)
        return overflows || size < 0 ? nil : size
    }

    /// Returns the number that says `size` bytes or elements; `nil` when there is none.
    func number(of size: Int) -> SpecInteger? {
        let (total, overflows) = size.addingReportingOverflow(plus)
        guard !overflows, total >= 0, total % unit == 0 else { return nil }
        let number = SpecInteger(magnitude: UInt64(clamping: total / unit))
        return isAbsent(number) ? nil : number
    }

    /// The highest number of bytes or elements that the number can say, if the number precedes the value.
    package var largestSize: UInt64? {
        guard case .prefix(let type, _) = source else { return nil }
        return UInt64(clamping: size(SpecInteger(magnitude: type.largest)) ?? 0)
    }
}

/// An earlier field of the same message, struct or case.
package struct Reference: Hashable, Sendable {
    /// The name of the field.
    package let field: String
    /// The bit of the flags, if one bit is meant.
    package let bit: FlagsSpec.Bit?

    package static func == (left: Reference, right: Reference) -> Bool {
        left.field == right.field && left.bit?.name.value == right.bit?.name.value
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(field)
        hasher.combine(bit?.name.value)
    }
}

/// The tests of other fields that must hold for a payload to have a field.
package struct Condition: Sendable {
    /// The test of another field.
    package struct Term: Sendable {
        /// The field.
        package let reference: Reference
        /// The step of the field.
        package let step: Step
        /// The test.
        package let test: Test
    }

    /// The test of a value.
    package enum Test: Hashable, Sendable {
        /// It is true.
        case isSet
        /// It is one of these.
        case oneOf([Value])
        /// It is none of these, or missing.
        case noneOf([Value])
        /// It lies within these bounds.
        case range(Bounds)
    }

    /// The tests, at least one.
    package let terms: [Term]

    /// Whether the tested field follows from the presence of the field with the condition, which has no `?`.
    package var isDerived: Bool {
        guard terms.count == 1, case .isSet = terms[0].test else { return false }
        return !terms[0].reference.isToHeader
    }
}

extension Reference {
    /// Whether the field belongs to the frame's header.
    package var isToHeader: Bool { field.hasPrefix(ReferenceSpec.header("")) }
}

extension Step {
    /// The step without `optional`.
    package var unwrapped: Step {
        if case .optional(let step, _) = self { step } else { self }
    }

    /// Whether the value is optional.
    package var isOptional: Bool {
        if case .optional = self { true } else { false }
    }

    /// The union of a value, of a sized value or of the elements of a list; `nil` for other steps.
    package var union: UnionSpec? {
        switch self {
        case .union(let type, _): type
        case .sized(let step, _): step.union
        case .list(.union(let type, _), _), .list(.sized(.union(let type, _), _), _): type
        case .integer, .float, .boolean, .bit, .enumeration, .flags, .text, .bytes, .list, .optional, .reserved,
            .reservedBits, .structure:
            nil
        }
    }

    /// Returns the step whose union has its tag in the earlier field `reference`.
    func tagged(by reference: Reference) -> Step {
        switch self {
        case .union(let type, _): .union(type, tag: reference)
        case .sized(let step, let size): .sized(step.tagged(by: reference), size)
        case .list(let element, let size): .list(element.tagged(by: reference), size)
        case .integer, .float, .boolean, .bit, .enumeration, .flags, .text, .bytes, .optional, .reserved,
            .reservedBits, .structure:
            self
        }
    }

    /// The notation of bytes that have one of their own; `nil` for other steps.
    package var notation: Notation? {
        if case .bytes(_, let notation) = self { notation } else { nil }
    }

    /// The size of a text, of bytes, of a list or of a sized value; `nil` for other steps.
    package var size: Size? {
        switch self {
        case .text(let size, _), .bytes(let size, _), .list(_, let size), .sized(_, let size): size
        case .integer, .float, .boolean, .bit, .enumeration, .flags, .optional, .reserved, .reservedBits, .structure,
            .union:
            nil
        }
    }

    /// The number of bits of a value of a few bits among neighbours; `nil` for other steps.
    package var bitWidth: Int? {
        switch self {
        case .integer(let type, _): type.bitFieldWidth
        case .enumeration(let type, _): type.type.bitFieldWidth
        case .flags(let type, _): type.type.bitFieldWidth
        case .bit: 1
        case .reservedBits(let count): count
        case .float, .boolean, .text, .bytes, .list, .optional, .reserved, .structure, .union, .sized: nil
        }
    }

    /// The size of every value, in bytes; `nil` when it depends on the value, or is not a whole number of bytes.
    ///
    /// It is `nil` for a struct, because a struct has its own code to read its fields.
    package var fixedSize: Int? {
        switch self {
        case .integer(let type, _): type.fixedSize
        case .float(let type, _): type.size
        case .boolean: 1
        case .enumeration(let type, _): type.type.fixedSize
        case .flags(let type, _): type.type.fixedSize
        case .text(.fixed(let count), _), .bytes(.fixed(let count), _), .reserved(let count): count
        case .text(.padded(let count, _), _), .bytes(.padded(let count, _), _): count
        case .text, .bytes, .list, .optional, .structure, .union, .sized, .bit, .reservedBits: nil
        }
    }

    /// The step of the bounds of a value: the value itself, or the number of bytes or elements; `nil` if it can have no
    /// bounds.
    package var bound: Step? {
        switch unwrapped {
        case .integer, .float: unwrapped
        case .text, .bytes(_, nil), .list: .integer(.uint32, .big)
        case .boolean, .bit, .enumeration, .flags, .bytes, .optional, .reserved, .reservedBits, .structure, .union,
            .sized:
            nil
        }
    }

    /// The type of an integer, of an enum or of flags; `nil` for other steps.
    package var integerType: IntegerType? {
        switch self {
        case .integer(let type, _): type
        case .enumeration(let type, _): type.type
        case .flags(let type, _): type.type
        case .float, .boolean, .bit, .text, .bytes, .list, .optional, .reserved, .reservedBits, .structure, .union,
            .sized:
            nil
        }
    }
}

extension IntegerType {
    /// The width of a number that takes a few bits among neighbours; `nil` for all others.
    package var bitFieldWidth: Int? { isVariable || isWholeBytes ? nil : bitWidth }
}

/// The lowest and the highest value of a field, or its lowest and highest number of bytes or elements.
package struct Bounds: Hashable, Sendable {
    /// `min`.
    package let low: Value?
    /// `max`.
    package let high: Value?

    /// Returns whether a value of `step` is within the bounds; a missing value is.
    func contain(_ value: Value, of step: Step) -> Bool {
        if value == .nothing { return true }
        return switch step.unwrapped {
        case .integer, .enumeration: contain(value.number)
        case .float(let type, _): contain(FloatBits.number(value.bits, type), type)
        case .text, .bytes: contain(SpecInteger(magnitude: UInt64(clamping: value.content.count)))
        case .list: contain(SpecInteger(magnitude: UInt64(clamping: value.elements.count)))
        case .boolean, .bit, .flags, .optional, .reserved, .reservedBits, .structure, .union, .sized: true
        }
    }

    private func contain(_ number: SpecInteger) -> Bool {
        low.map { number >= $0.number } ?? true && high.map { number <= $0.number } ?? true
    }

    private func contain(_ number: Double, _ type: FloatType) -> Bool {
        low.map { number >= FloatBits.number($0.bits, type) } ?? true
            && high.map { number <= FloatBits.number($0.bits, type) } ?? true
    }
}
