/// The fields of a payload, each named in the error that it can throw. Generated code reads with these.
///
/// Every method throws `PayloadErrorCode.truncated` when the payload ends too early.
@_documentation(visibility: internal)
extension ByteReader {
    /// An integer of `T`'s width.
    @inlinable @inline(__always)
    public mutating func integer<T: FixedWidthInteger>(
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> T {
        guard let value = readInteger(order, as: T.self) else { throw PayloadError(.truncated, field: field) }
        return value
    }

    /// One byte that is 0 or 1; any other throws `PayloadErrorCode.invalidBoolean`.
    @inlinable
    public mutating func boolean(field: StaticString) throws(PayloadError) -> Bool {
        switch try integer(.big, field: field) as UInt8 {
        case 0: return false
        case 1: return true
        default: throw PayloadError(.invalidBoolean, field: field)
        }
    }

    /// A value of an enum, by its raw value; one that the enum refuses throws `PayloadErrorCode.invalidCase`.
    @inlinable
    public mutating func enumeration<T: RawRepresentable>(
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> T where T.RawValue: FixedWidthInteger {
        let raw: T.RawValue = try integer(order, field: field)
        guard let value = T(rawValue: raw) else { throw PayloadError(.invalidCase, field: field) }
        return value
    }

    /// Flags, with bits that have no name.
    @inlinable
    public mutating func flags<T: OptionSet>(
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> T where T.RawValue: FixedWidthInteger {
        T(rawValue: try integer(order, field: field))
    }

    /// Flags; bits besides those of `known` throw `PayloadErrorCode.invalidCase`.
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

    /// A number with a fraction of four bytes: `float32`.
    @inlinable
    public mutating func float(_ order: ByteOrder, field: StaticString) throws(PayloadError) -> Float {
        Float(bitPattern: try integer(order, field: field))
    }

    /// A number with a fraction of eight bytes: `float64`.
    @inlinable
    public mutating func float(_ order: ByteOrder, field: StaticString) throws(PayloadError) -> Double {
        Double(bitPattern: try integer(order, field: field))
    }

    /// Whether the value of an optional field follows: one byte, as for ``boolean(field:)``.
    @inlinable
    public mutating func isPresent(field: StaticString) throws(PayloadError) -> Bool {
        try boolean(field: field)
    }

    /// Moves past `count` bytes that mean nothing.
    @inlinable
    public mutating func reserved(_ count: Int, field: StaticString) throws(PayloadError) {
        guard count <= remaining else { throw PayloadError(.truncated, field: field) }
        skip(count)
    }

    // MARK: Arrays

    /// The elements up to the end of the payload, each read by `element`, which must read something.
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

    /// As many elements as `count` says, each read by `element`.
    ///
    /// - Parameter minimumSize: The size of the shortest element, in bytes, at least 1. No memory is reserved for more
    ///   elements than the payload has room for: that throws `PayloadErrorCode.truncated`.
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

    /// Elements behind a prefix of type `Count` that counts them, each read by `element`.
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

    /// The integers up to the end of the payload.
    @inlinable
    public mutating func integers<T: FixedWidthInteger>(
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> [T] {
        // What is left of half an integer is found when that is read.
        let count = remaining / MemoryLayout<T>.size
        let integers: [T] = try integers(count: count, order, field: field)
        guard remaining == 0 else { throw PayloadError(.truncated, field: field) }
        return integers
    }

    /// As many integers as `count` says.
    @inlinable
    public mutating func integers<T: FixedWidthInteger>(
        count: Int,
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> [T] {
        guard count >= 0, count <= remaining / MemoryLayout<T>.size else {
            throw PayloadError(.truncated, field: field)
        }
        // To fill an empty array would be to write, if nothing new, to memory that all of them share.
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

    /// Integers behind a prefix of type `Count` that counts them.
    @inlinable
    public mutating func integers<T: FixedWidthInteger, Count: FixedWidthInteger & UnsignedInteger>(
        count: Count.Type,
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> [T] {
        let count: Count = try integer(order, field: field)
        return try integers(count: Int(clamping: count), order, field: field)
    }

    /// The numbers of type `float32` up to the end of the payload.
    @inlinable
    public mutating func floats(_ order: ByteOrder, field: StaticString) throws(PayloadError) -> [Float] {
        try (integers(order, field: field) as [UInt32]).map { Float(bitPattern: $0) }
    }

    /// As many numbers of type `float32` as `count` says.
    @inlinable
    public mutating func floats(count: Int, _ order: ByteOrder, field: StaticString) throws(PayloadError) -> [Float] {
        try (integers(count: count, order, field: field) as [UInt32]).map { Float(bitPattern: $0) }
    }

    /// Numbers of type `float32` behind a prefix of type `Count` that counts them.
    @inlinable
    public mutating func floats<Count: FixedWidthInteger & UnsignedInteger>(
        count: Count.Type,
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> [Float] {
        try (integers(count: count, order, field: field) as [UInt32]).map { Float(bitPattern: $0) }
    }

    /// The numbers of type `float64` up to the end of the payload.
    @inlinable
    public mutating func floats(_ order: ByteOrder, field: StaticString) throws(PayloadError) -> [Double] {
        try (integers(order, field: field) as [UInt64]).map { Double(bitPattern: $0) }
    }

    /// As many numbers of type `float64` as `count` says.
    @inlinable
    public mutating func floats(count: Int, _ order: ByteOrder, field: StaticString) throws(PayloadError) -> [Double] {
        try (integers(count: count, order, field: field) as [UInt64]).map { Double(bitPattern: $0) }
    }

    /// Numbers of type `float64` behind a prefix of type `Count` that counts them.
    @inlinable
    public mutating func floats<Count: FixedWidthInteger & UnsignedInteger>(
        count: Count.Type,
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> [Double] {
        try (integers(count: count, order, field: field) as [UInt64]).map { Double(bitPattern: $0) }
    }

    // MARK: Bytes and text

    /// The bytes up to the end of the payload.
    @inlinable
    public mutating func bytes(field: StaticString) throws(PayloadError) -> Bytes {
        try bytes(count: remaining, field: field)
    }

    /// As many bytes as `count` says.
    @inlinable
    public mutating func bytes(count: Int, field: StaticString) throws(PayloadError) -> Bytes {
        guard let bytes = readBytes(count) else { throw PayloadError(.truncated, field: field) }
        return bytes
    }

    /// Bytes behind a prefix of type `Length` that counts them.
    @inlinable
    public mutating func bytes<Length: FixedWidthInteger & UnsignedInteger>(
        length: Length.Type,
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> Bytes {
        let length: Length = try integer(order, field: field)
        return try bytes(count: Int(clamping: length), field: field)
    }

    /// UTF-8 up to the end of the payload; other bytes throw `PayloadErrorCode.invalidUTF8`.
    @inlinable
    public mutating func string(field: StaticString) throws(PayloadError) -> String {
        try text(bytes(field: field), field: field)
    }

    /// UTF-8 of as many bytes as `count` says; other bytes throw `PayloadErrorCode.invalidUTF8`.
    @inlinable
    public mutating func string(count: Int, field: StaticString) throws(PayloadError) -> String {
        try text(bytes(count: count, field: field), field: field)
    }

    /// UTF-8 behind a prefix of type `Length` that counts its bytes; other bytes throw
    /// `PayloadErrorCode.invalidUTF8`.
    @inlinable
    public mutating func string<Length: FixedWidthInteger & UnsignedInteger>(
        length: Length.Type,
        _ order: ByteOrder,
        field: StaticString
    ) throws(PayloadError) -> String {
        try text(bytes(length: length, order, field: field), field: field)
    }

    /// Checks that the payload has been read to its end; otherwise throws `PayloadErrorCode.trailingBytes`.
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
