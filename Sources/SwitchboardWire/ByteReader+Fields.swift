/// Methods that read the fields of a payload.
///
/// Generated code uses them. Each method takes the name of the field, for the errors that it throws.
///
/// Every method throws `PayloadErrorCode.truncated` when the payload ends before the field does.
@_documentation(visibility: internal)
extension ByteReader {
    /// Reads an integer of `T`'s width.
    @inlinable @inline(__always)
    public mutating func integer<T: FixedWidthInteger>(
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> T {
        guard let value = readInteger(order, as: T.self) else { throw PayloadError(.truncated, field: field) }
        return value
    }

    /// Reads one byte, 0 or 1; another value throws `PayloadErrorCode.invalidBoolean`.
    @inlinable
    public mutating func boolean(field: StaticString) throws(PayloadError) -> Bool {
        switch try integer(.big, field: field) as UInt8 {
        case 0: return false
        case 1: return true
        default: throw PayloadError(.invalidBoolean, field: field)
        }
    }

    /// Reads the raw value of an enum; a value that `T` does not accept throws `PayloadErrorCode.invalidCase`.
    @inlinable
    public mutating func enumeration<T: RawRepresentable>(
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> T where T.RawValue: FixedWidthInteger {
        let raw: T.RawValue = try integer(order, field: field)
        guard let value = T(rawValue: raw) else { throw PayloadError(.invalidCase, field: field) }
        return value
    }

    /// Reads flags; the result keeps bits without a name.
    @inlinable
    public mutating func flags<T: OptionSet>(
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> T where T.RawValue: FixedWidthInteger {
        T(rawValue: try integer(order, field: field))
    }

    /// Reads flags; bits that are not in `known` throw `PayloadErrorCode.invalidCase`.
    @inlinable
    public mutating func flags<T: OptionSet>(
        _ order: ByteOrder,
        known: T.RawValue,
        field: StaticString
    ) throws(PayloadError) -> T where T.RawValue: FixedWidthInteger {
        let bits: T.RawValue = try integer(order, field: field)
        guard bits & ~known == 0 else { throw PayloadError(.invalidCase, field: field) }
        return T(rawValue: bits)
    }

    /// Reads a floating-point number of four bytes: `float32`.
    @inlinable
    public mutating func float(_ order: ByteOrder, field: StaticString) throws(PayloadError) -> Float {
        Float(bitPattern: try integer(order, field: field))
    }

    /// Reads a floating-point number of eight bytes: `float64`.
    @inlinable
    public mutating func float(_ order: ByteOrder, field: StaticString) throws(PayloadError) -> Double {
        Double(bitPattern: try integer(order, field: field))
    }

    /// Reads whether the value of an optional field follows: one byte, as for ``boolean(field:)``.
    @inlinable
    public mutating func isPresent(field: StaticString) throws(PayloadError) -> Bool {
        try boolean(field: field)
    }

    /// Skips `count` reserved bytes.
    @inlinable
    public mutating func reserved(_ count: Int, field: StaticString) throws(PayloadError) {
        guard count <= remaining else { throw PayloadError(.truncated, field: field) }
        skip(count)
    }

    /// Moves past the next `size` bytes, or to the end; returns a reader of these bytes, and of zeros in place of missing ones.
    public mutating func filled(to size: Int) -> ByteReader {
        if let bytes = readBytes(size) { return ByteReader(bytes) }
        var writer = ByteWriter(capacity: size)
        if let bytes = readBytes(remaining) { writer.append(bytes) }
        writer.append(contentsOf: repeatElement(0, count: max(0, size &- writer.count)))
        return ByteReader(writer.takeBytes())
    }

    // MARK: Arrays

    /// Reads elements with `element` up to the end of the payload; `element` must read at least one byte.
    @inlinable
    public mutating func array<Element>(
        field: StaticString,
        _ element: (inout ByteReader) throws(PayloadError) -> Element
    ) throws(PayloadError) -> [Element] {
        var elements: [Element] = []
        while remaining > 0 {
            let before = remaining
            elements.append(try element(&self))
            guard remaining < before else { throw PayloadError(.invalidLength, field: field) }
        }
        return elements
    }

    /// Reads `count` elements with `element`.
    ///
    /// - Parameter minimumSize: The size of the shortest element, in bytes, at least 1. When the payload is too short
    ///   for `count` elements of this size, the method throws `PayloadErrorCode.truncated` and reserves no memory.
    @inlinable
    public mutating func array<Element>(
        count: Int,
        minimumSize: Int,
        field: StaticString,
        _ element: (inout ByteReader) throws(PayloadError) -> Element
    ) throws(PayloadError) -> [Element] {
        guard count <= remaining / max(minimumSize, 1) else { throw PayloadError(.truncated, field: field) }
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<max(count, 0) { elements.append(try element(&self)) }
        return elements
    }

    /// Reads a number of type `Count`, and then that number of elements with `element`.
    ///
    /// - Parameter minimumSize: As for ``array(count:minimumSize:field:_:)``.
    @inlinable
    public mutating func array<Element, Count: FixedWidthInteger & UnsignedInteger>(
        count: Count.Type,
        _ order: ByteOrder,
        minimumSize: Int,
        field: StaticString,
        _ element: (inout ByteReader) throws(PayloadError) -> Element
    ) throws(PayloadError) -> [Element] {
        let count: Count = try integer(order, field: field)
        return try array(count: Int(clamping: count), minimumSize: minimumSize, field: field, element)
    }

    // MARK: Arrays of numbers

    /// Reads the integers up to the end of the payload.
    @inlinable
    public mutating func integers<T: FixedWidthInteger>(
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> [T] {
        // An incomplete integer at the end makes the check below throw.
        let count = remaining / MemoryLayout<T>.size
        let integers: [T] = try integers(count: count, order, field: field)
        guard remaining == 0 else { throw PayloadError(.truncated, field: field) }
        return integers
    }

    /// Reads `count` integers.
    @inlinable
    public mutating func integers<T: FixedWidthInteger>(
        count: Int,
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> [T] {
        guard count >= 0, count <= remaining / MemoryLayout<T>.size else {
            throw PayloadError(.truncated, field: field)
        }
        // All empty arrays share memory. To initialize one would write to this memory, even if nothing changes.
        guard count > 0 else { return [] }
        let integers = unsafe withUnsafeRemaining { bytes in
            unsafe [T](unsafeUninitializedCapacity: count) { elements, initialized in
                for index in 0..<count {
                    let offset = index &* MemoryLayout<T>.size
                    let element = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: T.self)
                    unsafe elements.initializeElement(at: index, to: element.ordered(order))
                }
                initialized = count
            }
        }
        skip(count &* MemoryLayout<T>.size)
        return integers
    }

    /// Reads a number of type `Count`, and then that number of integers.
    @inlinable
    public mutating func integers<T: FixedWidthInteger, Count: FixedWidthInteger & UnsignedInteger>(
        count: Count.Type,
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> [T] {
        let count: Count = try integer(order, field: field)
        return try integers(count: Int(clamping: count), order, field: field)
    }

    /// Reads the numbers of type `float32` up to the end of the payload.
    @inlinable
    public mutating func floats(_ order: ByteOrder, field: StaticString) throws(PayloadError) -> [Float] {
        try (integers(order, field: field) as [UInt32]).map { Float(bitPattern: $0) }
    }

    /// Reads `count` numbers of type `float32`.
    @inlinable
    public mutating func floats(count: Int, _ order: ByteOrder, field: StaticString) throws(PayloadError) -> [Float] {
        try (integers(count: count, order, field: field) as [UInt32]).map { Float(bitPattern: $0) }
    }

    /// Reads a number of type `Count`, and then as many numbers of type `float32`.
    @inlinable
    public mutating func floats<Count: FixedWidthInteger & UnsignedInteger>(
        count: Count.Type,
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> [Float] {
        try (integers(count: count, order, field: field) as [UInt32]).map { Float(bitPattern: $0) }
    }

    /// Reads the numbers of type `float64` up to the end of the payload.
    @inlinable
    public mutating func floats(_ order: ByteOrder, field: StaticString) throws(PayloadError) -> [Double] {
        try (integers(order, field: field) as [UInt64]).map { Double(bitPattern: $0) }
    }

    /// Reads `count` numbers of type `float64`.
    @inlinable
    public mutating func floats(count: Int, _ order: ByteOrder, field: StaticString) throws(PayloadError) -> [Double] {
        try (integers(count: count, order, field: field) as [UInt64]).map { Double(bitPattern: $0) }
    }

    /// Reads a number of type `Count`, and then as many numbers of type `float64`.
    @inlinable
    public mutating func floats<Count: FixedWidthInteger & UnsignedInteger>(
        count: Count.Type,
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> [Double] {
        try (integers(count: count, order, field: field) as [UInt64]).map { Double(bitPattern: $0) }
    }

    // MARK: Bytes and text

    /// Reads the bytes up to the end of the payload.
    @inlinable
    public mutating func bytes(field: StaticString) throws(PayloadError) -> Bytes {
        try bytes(count: remaining, field: field)
    }

    /// Reads `count` bytes.
    @inlinable
    public mutating func bytes(count: Int, field: StaticString) throws(PayloadError) -> Bytes {
        guard let bytes = readBytes(count) else { throw PayloadError(.truncated, field: field) }
        return bytes
    }

    /// Reads a number of type `Length`, and then that number of bytes.
    @inlinable
    public mutating func bytes<Length: FixedWidthInteger & UnsignedInteger>(
        length: Length.Type,
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> Bytes {
        let length: Length = try integer(order, field: field)
        return try bytes(count: Int(clamping: length), field: field)
    }

    /// Reads UTF-8 up to the end of the payload; other bytes throw `PayloadErrorCode.invalidUTF8`.
    @inlinable
    public mutating func string(field: StaticString) throws(PayloadError) -> String {
        try text(bytes(field: field), field: field)
    }

    /// Reads `count` bytes of UTF-8; other bytes throw `PayloadErrorCode.invalidUTF8`.
    @inlinable
    public mutating func string(count: Int, field: StaticString) throws(PayloadError) -> String {
        try text(bytes(count: count, field: field), field: field)
    }

    /// Reads a number of type `Length`, and then that number of bytes of UTF-8; other bytes throw
    /// `PayloadErrorCode.invalidUTF8`.
    @inlinable
    public mutating func string<Length: FixedWidthInteger & UnsignedInteger>(
        length: Length.Type,
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> String {
        try text(bytes(length: length, order, field: field), field: field)
    }

    /// Checks that no byte of the payload is left; otherwise throws `PayloadErrorCode.trailingBytes`.
    @inlinable @inline(__always)
    public func finish() throws(PayloadError) {
        guard remaining == 0 else { throw PayloadError(.trailingBytes, field: "payload") }
    }

    @usableFromInline
    func text(_ bytes: Bytes, field: StaticString) throws(PayloadError) -> String {
        guard let text = String(validating: bytes) else { throw PayloadError(.invalidUTF8, field: field) }
        return text
    }
}

// MARK: - Fields at fixed offsets

/// Methods that read fields at fixed offsets.
///
/// Generated code uses them for several consecutive fields whose sizes do not depend on their values.
@_documentation(visibility: internal)
extension FixedFields {
    /// The floating-point number of four bytes at `offset`: `float32`.
    @inlinable @inline(__always)
    public func float(at offset: Int, _ order: ByteOrder) -> Float {
        Float(bitPattern: integer(at: offset, order))
    }

    /// The floating-point number of eight bytes at `offset`: `float64`.
    @inlinable @inline(__always)
    public func float(at offset: Int, _ order: ByteOrder) -> Double {
        Double(bitPattern: integer(at: offset, order))
    }

    /// The boolean at `offset`; a byte other than 0 and 1 throws `PayloadErrorCode.invalidBoolean`.
    @inlinable @inline(__always)
    public func boolean(at offset: Int, field: StaticString) throws(PayloadError) -> Bool {
        let byte = integer(at: offset, .big, as: UInt8.self)
        guard byte < 2 else { throw PayloadError(.invalidBoolean, field: field) }
        return byte == 1
    }

    /// The enum value at `offset`; a raw value that `T` does not accept throws `PayloadErrorCode.invalidCase`.
    @inlinable @inline(__always)
    public func enumeration<T: RawRepresentable>(
        at offset: Int,
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> T where T.RawValue: FixedWidthInteger {
        guard let value = T(rawValue: integer(at: offset, order)) else {
            throw PayloadError(.invalidCase, field: field)
        }
        return value
    }

    /// The flags at `offset`, with bits that have no name.
    @inlinable @inline(__always)
    public func flags<T: OptionSet>(at offset: Int, _ order: ByteOrder) -> T where T.RawValue: FixedWidthInteger {
        T(rawValue: integer(at: offset, order))
    }

    /// The flags at `offset`; bits that are not in `known` throw `PayloadErrorCode.invalidCase`.
    @inlinable @inline(__always)
    public func flags<T: OptionSet>(
        at offset: Int,
        _ order: ByteOrder,
        known: T.RawValue,
        field: StaticString
    ) throws(PayloadError) -> T where T.RawValue: FixedWidthInteger {
        let bits: T.RawValue = integer(at: offset, order)
        guard bits & ~known == 0 else { throw PayloadError(.invalidCase, field: field) }
        return T(rawValue: bits)
    }

    /// The `count` bytes of UTF-8 at `offset`; other bytes throw `PayloadErrorCode.invalidUTF8`.
    @inlinable
    public func string(at offset: Int, count: Int, field: StaticString) throws(PayloadError) -> String {
        guard let text = String(validating: bytes(at: offset, count: count)) else {
            throw PayloadError(.invalidUTF8, field: field)
        }
        return text
    }
}

@_documentation(visibility: internal)
extension PayloadError {
    /// Returns the error for the first of `fields`, with their sizes in bytes, that does not fit in `remaining` bytes.
    public static func truncated(_ remaining: Int, _ fields: KeyValuePairs<StaticString, Int>) -> PayloadError {
        var end = 0
        for (field, size) in fields {
            end += size
            if end > remaining { return PayloadError(.truncated, field: field) }
        }
        return PayloadError(.truncated, field: "payload")
    }
}
