/// The bytes that end a text, bytes or an array: a byte, or a text of 1 to 8 bytes in UTF-8.
@_documentation(visibility: internal)
@frozen
public struct Terminator: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    /// The bytes, the first of them the lowest.
    @usableFromInline let word: UInt64
    /// The number of bytes.
    @usableFromInline let count: Int

    /// One byte.
    @inlinable
    public init(integerLiteral byte: UInt8) {
        word = UInt64(byte)
        count = 1
    }

    /// The bytes of a text in UTF-8, of which the first eight count.
    @inlinable
    public init(stringLiteral text: StaticString) {
        count = min(text.utf8CodeUnitCount, 8)
        word = unsafe UnsafeRawBufferPointer(start: text.utf8Start, count: count).reversed().reduce(0) {
            $0 << 8 | UInt64($1)
        }
    }

    @inlinable
    subscript(index: Int) -> UInt8 { UInt8(truncatingIfNeeded: word >> UInt64(truncatingIfNeeded: 8 * index)) }

    /// Returns whether `bytes` start with the terminator.
    @usableFromInline
    func starts(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard unsafe bytes.count >= count else { return false }
        return (0..<count).allSatisfy { unsafe bytes[bytes.startIndex + $0] == self[$0] }
    }

    /// Returns the index at which the terminator first occurs.
    @usableFromInline
    func firstIndex(in bytes: UnsafeRawBufferPointer) -> Int? {
        guard count > 1 else { return unsafe bytes.firstIndex(of: self[0]) }
        guard bytes.count >= count else { return nil }
        return (0...bytes.count - count).first { unsafe starts(bytes[$0...]) }
    }
}

/// The numbers that say that there is no value, in the place of its size: one, or a list.
@_documentation(visibility: internal)
@frozen
public struct AbsentNumbers<Number: FixedWidthInteger>: ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral
{
    @usableFromInline let first: Number?
    @usableFromInline let others: [Number]

    /// One number.
    @inlinable @inline(__always)
    public init(integerLiteral number: Number.IntegerLiteralType) {
        first = Number(integerLiteral: number)
        others = []
    }

    /// These numbers.
    @inlinable
    public init(arrayLiteral numbers: Number...) {
        first = numbers.first
        others = Array(numbers.dropFirst())
    }

    /// Returns whether `number` is one of them.
    @inlinable @inline(__always)
    func contain(_ number: Number) -> Bool { number == first || !others.isEmpty && others.contains(number) }
}

/// Values that end with a terminator or with padding, and values whose size follows from a number.
///
/// Generated code uses these methods. They throw `PayloadErrorCode.truncated` when the payload ends too early.
@_documentation(visibility: internal)
extension ByteReader {
    /// Returns the number of bytes or elements that `number` says.
    ///
    /// - Parameters:
    ///   - unit: The number of bytes or elements for each 1 of the number, at least 1.
    ///   - plus: The difference between the number times `unit` and the result.
    /// - Throws: `PayloadErrorCode.invalidLength` when the result would be below 0.
    @inlinable @inline(__always)
    public static func size(
        _ number: some FixedWidthInteger,
        unit: Int = 1,
        plus: Int = 0,
        field: StaticString
    ) throws(PayloadError) -> Int {
        guard number >= 0 else { throw PayloadError(.invalidLength, field: field) }
        let (product, overflows) = Int(clamping: number).multipliedReportingOverflow(by: unit)
        let (size, isTooSmall) = (overflows ? Int.max : product).subtractingReportingOverflow(plus)
        guard !isTooSmall, size >= 0 else { throw PayloadError(.invalidLength, field: field) }
        return size
    }

    /// Returns the number of bytes or elements that `number` says; `nil` for a number in `absent`.
    @inlinable @inline(__always)
    public static func size<Number: FixedWidthInteger>(
        _ number: Number,
        absent: AbsentNumbers<Number>,
        unit: Int = 1,
        plus: Int = 0,
        field: StaticString
    ) throws(PayloadError) -> Int? {
        absent.contain(number) ? nil : try size(number, unit: unit, plus: plus, field: field)
    }

    /// Reads a number, and returns the number of bytes or elements that it says.
    ///
    /// - Parameters:
    ///   - type: The type of the number.
    ///   - bytes: The size of the number, in bytes.
    ///   - unit: The number of bytes or elements for each 1 of the number, at least 1.
    ///   - plus: The difference between the number times `unit` and the result.
    /// - Throws: `PayloadErrorCode.invalidLength` when the result would be below 0.
    @inlinable @inline(__always)
    public mutating func size<Number: FixedWidthInteger>(
        _ type: Number.Type,
        bytes: Int = MemoryLayout<Number>.size,
        _ order: ByteOrder,
        unit: Int = 1,
        plus: Int = 0,
        field: StaticString
    ) throws(PayloadError) -> Int {
        let number: Number = try integer(bytes: bytes, order, field: field)
        return try Self.size(number, unit: unit, plus: plus, field: field)
    }

    /// Reads a number, and returns the number of bytes or elements that it says; `nil` for a number in `absent`.
    @inlinable @inline(__always)
    public mutating func size<Number: FixedWidthInteger>(
        _ type: Number.Type,
        bytes: Int = MemoryLayout<Number>.size,
        _ order: ByteOrder,
        absent: AbsentNumbers<Number>,
        unit: Int = 1,
        plus: Int = 0,
        field: StaticString
    ) throws(PayloadError) -> Int? {
        let number: Number = try integer(bytes: bytes, order, field: field)
        return try Self.size(number, absent: absent, unit: unit, plus: plus, field: field)
    }

    /// Reads a number of a variable length, and returns the number of bytes or elements that it says.
    @inlinable @inline(__always)
    public mutating func size(
        _ length: VariableLength,
        unit: Int = 1,
        plus: Int = 0,
        field: StaticString
    ) throws(PayloadError) -> Int {
        let number: UInt64 = try integer(length, field: field)
        return try Self.size(number, unit: unit, plus: plus, field: field)
    }

    /// Reads a number of a variable length, and returns the number of bytes or elements that it says; `nil` for a number
    /// in `absent`, or for the byte that the encoding has for that.
    @inlinable @inline(__always)
    public mutating func size(
        _ length: VariableLength,
        absent: AbsentNumbers<UInt64>,
        unit: Int = 1,
        plus: Int = 0,
        field: StaticString
    ) throws(PayloadError) -> Int? {
        if let byte = length.absentByte {
            guard peekInteger(at: 0, .big, as: UInt8.self) == byte else {
                return try size(length, unit: unit, plus: plus, field: field)
            }
            skip(1)
            return nil
        }
        let number: UInt64 = try integer(length, field: field)
        return try Self.size(number, absent: absent, unit: unit, plus: plus, field: field)
    }

    /// Reads a value with `body`, which receives its size; `nil` when there is no size.
    @inlinable @inline(__always)
    public mutating func value<Value>(
        _ size: Int?,
        _ body: (inout ByteReader, Int) throws(PayloadError) -> Value
    ) throws(PayloadError) -> Value? {
        guard let size else { return nil }
        return try body(&self, size)
    }

    /// Reads a value that fills the next `count` bytes with `body`.
    ///
    /// Bytes that `body` leaves throw `PayloadErrorCode.trailingBytes`.
    @inlinable
    public mutating func window<Value>(
        _ count: Int,
        field: StaticString,
        _ body: (inout ByteReader) throws(PayloadError) -> Value
    ) throws(PayloadError) -> Value {
        guard count >= 0, count <= remaining else { throw PayloadError(.truncated, field: field) }
        return try readWindow(count) { reader throws(PayloadError) in
            let value = try body(&reader)
            guard reader.remaining == 0 else { throw PayloadError(.trailingBytes, field: field) }
            return value
        }
    }

    /// Reads a number of type `Length`, and then a value that fills that number of bytes with `body`.
    ///
    /// Bytes that `body` leaves throw `PayloadErrorCode.trailingBytes`.
    @inlinable
    public mutating func window<Value, Length: FixedWidthInteger & UnsignedInteger>(
        length: Length.Type,
        _ order: ByteOrder,
        field: StaticString,
        _ body: (inout ByteReader) throws(PayloadError) -> Value
    ) throws(PayloadError) -> Value {
        let length: Length = try integer(order, field: field)
        return try window(Int(clamping: length), field: field, body)
    }

    /// Confines the reader to the bytes that `number` counts, of which it has read `before`; returns the number of bytes
    /// behind them, for ``endCovered(_:field:)``.
    ///
    /// - Returns: `nil` if there is no number.
    /// - Throws: `PayloadErrorCode.invalidLength` when `number` is less than `before`.
    @inlinable @inline(__always)
    public mutating func beginCovered<Number: FixedWidthInteger & UnsignedInteger>(
        _ number: Number?,
        behind before: Int = 0,
        field: StaticString
    ) throws(PayloadError) -> Int? {
        guard let number else { return nil }
        let (count, isTooSmall) = Int(clamping: number).subtractingReportingOverflow(before)
        guard !isTooSmall, count >= 0 else { throw PayloadError(.invalidLength, field: field) }
        guard count <= remaining else { throw PayloadError(.truncated, field: field) }
        return narrow(to: count)
    }

    /// Ends the bytes to which ``beginCovered(_:behind:field:)`` confined the reader, which must all be read.
    @inlinable @inline(__always)
    public mutating func endCovered(_ outside: Int?, field: StaticString) throws(PayloadError) {
        guard let outside else { return }
        guard remaining == 0 else { throw PayloadError(.trailingBytes, field: field) }
        widen(by: outside)
    }

    /// Begins a value whose type contains itself; ``leave()`` ends it.
    ///
    /// - Throws: `PayloadErrorCode.tooDeep` within ``maximumDepth`` such values.
    @inlinable
    public mutating func enter(field: StaticString) throws(PayloadError) {
        guard depth < Self.maximumDepth else { throw PayloadError(.tooDeep, field: field) }
        depth += 1
    }

    /// Ends a value whose type contains itself.
    @inlinable
    public mutating func leave() { depth -= 1 }

    /// The largest depth of nested values whose types contain themselves.
    @usableFromInline static var maximumDepth: Int { 32 }

    /// Skips the bytes up to the next multiple of `alignment`.
    ///
    /// - Parameter start: ``remaining`` where the multiples are counted from.
    @inlinable
    public mutating func align(_ alignment: Int, from start: Int, field: StaticString) throws(PayloadError) {
        let surplus = (start &- remaining) % alignment
        if surplus > 0 { try reserved(alignment - surplus, field: field) }
    }

    /// Reads the bytes up to `end`, and skips `end`.
    @inlinable
    public mutating func bytes(until end: Terminator, field: StaticString) throws(PayloadError) -> Bytes {
        guard let count = distance(to: end), let bytes = readBytes(count) else {
            throw PayloadError(.truncated, field: field)
        }
        skip(end.count)
        return bytes
    }

    /// Reads UTF-8 up to `end`, and skips `end`; other bytes throw `PayloadErrorCode.invalidUTF8`.
    @inlinable
    public mutating func string(until end: Terminator, field: StaticString) throws(PayloadError) -> String {
        try text(bytes(until: end, field: field), field: field)
    }

    /// Returns the number of bytes before `end`; `nil` if it does not occur.
    @usableFromInline
    func distance(to end: Terminator) -> Int? {
        unsafe withUnsafeRemaining { unsafe end.firstIndex(in: $0) }
    }

    /// Reads the elements up to `end` with `element`, and skips `end`.
    @inlinable
    public mutating func array<Element>(
        until end: Terminator,
        field: StaticString,
        _ element: (inout ByteReader) throws(PayloadError) -> Element
    ) throws(PayloadError) -> [Element] {
        var elements: [Element] = []
        while !startsWith(end) {
            guard remaining > 0 else { throw PayloadError(.truncated, field: field) }
            elements.append(try element(&self))
        }
        skip(end.count)
        return elements
    }

    @usableFromInline
    func startsWith(_ end: Terminator) -> Bool {
        unsafe withUnsafeRemaining { unsafe end.starts($0[...]) }
    }

    /// Reads `count` bytes, and removes `pad` from their end.
    @inlinable
    public mutating func bytes(count: Int, pad: UInt8, field: StaticString) throws(PayloadError) -> Bytes {
        try bytes(count: count, field: field).withoutPadding(pad)
    }

    /// Reads `count` bytes of UTF-8, and removes `pad` from their end; other bytes throw
    /// `PayloadErrorCode.invalidUTF8`.
    @inlinable
    public mutating func string(count: Int, pad: UInt8, field: StaticString) throws(PayloadError) -> String {
        try text(bytes(count: count, pad: pad, field: field), field: field)
    }
}

extension Bytes {
    /// Returns the bytes without `pad` at their end.
    @usableFromInline
    func withoutPadding(_ pad: UInt8) -> Bytes {
        let count = unsafe withUnsafeBytes { unsafe ($0.lastIndex { $0 != pad } ?? -1) + 1 }
        return self[..<count]
    }
}

@_documentation(visibility: internal)
extension FixedFields {
    /// Returns the `count` bytes at `offset`, without `pad` at their end.
    @inlinable
    public func bytes(at offset: Int, count: Int, pad: UInt8) -> Bytes {
        bytes(at: offset, count: count).withoutPadding(pad)
    }

    /// Returns the `count` bytes of UTF-8 at `offset`, without `pad` at their end; other bytes throw
    /// `PayloadErrorCode.invalidUTF8`.
    @inlinable
    public func string(at offset: Int, count: Int, pad: UInt8, field: StaticString) throws(PayloadError) -> String {
        guard let text = String(validating: bytes(at: offset, count: count, pad: pad)) else {
            throw PayloadError(.invalidUTF8, field: field)
        }
        return text
    }
}

@_documentation(visibility: internal)
extension ByteWriter {
    /// Returns the number that says `size` bytes or elements.
    ///
    /// - Parameters:
    ///   - bits: The width of the number.
    ///   - absent: The numbers that say that there is no value.
    ///   - unit: The number of bytes or elements for each 1 of the number, at least 1.
    ///   - plus: The difference between the number times `unit` and the size.
    /// - Throws: `PayloadErrorCode.invalidLength` when no number of the type says this size.
    @inlinable @inline(__always)
    public static func number<Number: FixedWidthInteger>(
        of size: Int,
        bits: Int = Number.bitWidth,
        absent: AbsentNumbers<Number>? = nil,
        unit: Int = 1,
        plus: Int = 0,
        field: StaticString
    ) throws(PayloadError) -> Number {
        let (total, overflows) = size.addingReportingOverflow(plus)
        guard !overflows, total >= 0, total % unit == 0, let number = Number(exactly: total / unit),
            absent?.contain(number) != true,
            bits >= Number.bitWidth || UInt64(truncatingIfNeeded: number) >> UInt64(truncatingIfNeeded: bits) == 0
        else {
            throw PayloadError(.invalidLength, field: field)
        }
        return number
    }

    /// Returns the bytes that `body` writes.
    @inlinable
    public static func bytes(
        _ body: (inout ByteWriter) throws(PayloadError) -> Void
    ) throws(PayloadError) -> Bytes {
        var writer = ByteWriter()
        try body(&writer)
        return writer.takeBytes()
    }

    /// Writes what `body` writes, behind the number of its bytes.
    ///
    /// - Parameters:
    ///   - type: The type of the number.
    ///   - bytes: The size of the number, in bytes.
    ///   - absent: Numbers that have another meaning.
    ///   - unit: The number of bytes for each 1 of the number, at least 1.
    ///   - plus: The difference between the number times `unit` and the number of bytes.
    @inlinable
    public mutating func sized<Number: FixedWidthInteger>(
        _ type: Number.Type,
        bytes: Int = MemoryLayout<Number>.size,
        _ order: ByteOrder,
        absent: AbsentNumbers<Number>? = nil,
        unit: Int = 1,
        plus: Int = 0,
        field: StaticString,
        _ body: (inout ByteWriter) throws(PayloadError) -> Void
    ) throws(PayloadError) {
        let place = count
        reserved(bytes)
        try body(&self)
        let size = count &- place &- bytes
        let number: Number = try Self.number(
            of: size,
            bits: 8 * bytes,
            absent: absent,
            unit: unit,
            plus: plus,
            field: field
        )
        overwrite(at: place, with: number, bytes: bytes, order)
    }

    /// Replaces the `bytes` bytes at `place` by the number of bytes that were written from `start` on.
    ///
    /// - Throws: `PayloadErrorCode.invalidLength` when the number does not fit.
    @inlinable
    public mutating func covered<Number: FixedWidthInteger & UnsignedInteger>(
        _ type: Number.Type,
        bytes: Int = MemoryLayout<Number>.size,
        _ order: ByteOrder,
        at place: Int,
        from start: Int,
        field: StaticString
    ) throws(PayloadError) {
        let number: Number = try Self.number(of: count &- start, bits: 8 * bytes, field: field)
        overwrite(at: place, with: number, bytes: bytes, order)
    }

    /// Replaces the `bytes` bytes at `place` by the low bytes of `number`.
    @inlinable @inline(__always)
    mutating func overwrite(at place: Int, with number: some FixedWidthInteger, bytes: Int, _ order: ByteOrder) {
        for index in 0..<bytes {
            let shift = 8 &* (order == .big ? bytes &- 1 &- index : index)
            overwrite(at: place &+ index, with: UInt8(truncatingIfNeeded: number >> shift), .big)
        }
    }

    /// Writes what `body` writes, behind the number of its bytes, which has a variable length.
    @inlinable
    public mutating func sized(
        _ length: VariableLength,
        absent: AbsentNumbers<UInt64>? = nil,
        unit: Int = 1,
        plus: Int = 0,
        field: StaticString,
        _ body: (inout ByteWriter) throws(PayloadError) -> Void
    ) throws(PayloadError) {
        let encoded = try Self.bytes(body)
        let number: UInt64 = try Self.number(
            of: encoded.count,
            bits: length.bitWidth,
            absent: absent,
            unit: unit,
            plus: plus,
            field: field
        )
        try integer(number, length, field: field)
        append(encoded)
    }

    /// Writes what `body` writes, and checks that it has `expected` bytes.
    @inlinable
    public mutating func sized(
        expected: Int,
        field: StaticString,
        _ body: (inout ByteWriter) throws(PayloadError) -> Void
    ) throws(PayloadError) {
        let place = count
        try body(&self)
        guard count &- place == expected else { throw PayloadError(.invalidLength, field: field) }
    }

    /// Writes zeros up to the next multiple of `alignment`.
    ///
    /// - Parameter start: ``count`` where the multiples are counted from.
    @inlinable
    public mutating func align(_ alignment: Int, from start: Int) {
        let surplus = (count &- start) % alignment
        if surplus > 0 { reserved(alignment - surplus) }
    }

    /// Writes bytes and the bytes that end them; throws `PayloadErrorCode.containsEnd` when `end` is in them.
    @inlinable
    public mutating func bytes(_ value: Bytes, until end: Terminator, field: StaticString) throws(PayloadError) {
        let start = count
        append(value)
        try finish(from: start, end, field: field)
    }

    /// Writes UTF-8 and the bytes that end it; throws `PayloadErrorCode.containsEnd` when `end` is in it.
    @inlinable
    public mutating func string(_ value: String, until end: Terminator, field: StaticString) throws(PayloadError) {
        let start = count
        append(contentsOf: value.utf8)
        try finish(from: start, end, field: field)
    }

    @usableFromInline
    mutating func finish(from start: Int, _ end: Terminator, field: StaticString) throws(PayloadError) {
        let size = count - start
        self.end(end)
        let first = unsafe withUnsafeBytes { bytes in
            unsafe end.firstIndex(in: UnsafeRawBufferPointer(rebasing: bytes[start...]))
        }
        guard first == size else { throw PayloadError(.containsEnd, field: field) }
    }

    /// Writes the bytes that end an array.
    @inlinable
    public mutating func end(_ end: Terminator) {
        for index in 0..<end.count { append(end[index], .big) }
    }

    /// Checks that the element that starts at `start` does not start with the bytes that end its array.
    @inlinable
    public func element(from start: Int, isNot end: Terminator, field: StaticString) throws(PayloadError) {
        let isEnd = unsafe withUnsafeBytes { unsafe end.starts($0[start...]) }
        guard !isEnd else { throw PayloadError(.containsEnd, field: field) }
    }

    /// Writes bytes, and `pad` up to `count` bytes in all.
    ///
    /// Throws when `value` has more bytes, or ends with `pad`, which a decoder would remove.
    @inlinable
    public mutating func bytes(
        _ value: Bytes,
        count: Int,
        pad: UInt8,
        field: StaticString
    ) throws(PayloadError) {
        let start = self.count
        append(value)
        try fill(from: start, count, pad, field: field)
    }

    /// Writes UTF-8, and `pad` up to `count` bytes in all.
    ///
    /// Throws when `value` has more bytes, or ends with `pad`, which a decoder would remove.
    @inlinable
    public mutating func string(
        _ value: String,
        count: Int,
        pad: UInt8,
        field: StaticString
    ) throws(PayloadError) {
        let start = self.count
        append(contentsOf: value.utf8)
        try fill(from: start, count, pad, field: field)
    }

    @usableFromInline
    mutating func fill(from start: Int, _ size: Int, _ pad: UInt8, field: StaticString) throws(PayloadError) {
        let written = count - start
        let endsWithPad = unsafe withUnsafeBytes { unsafe $0[start...].last == pad }
        guard written <= size, !endsWithPad else { throw PayloadError(.invalidLength, field: field) }
        for _ in written..<size { append(pad, .big) }
    }
}
