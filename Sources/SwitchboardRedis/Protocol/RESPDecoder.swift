package import SwitchboardBytes

/// Decodes replies from a stream of bytes that may be split anywhere.
///
/// The decoder consumes all input and keeps the part of a reply that has arrived, so that no byte is decoded twice. Its memory grows
/// with the bytes that have arrived, not with the lengths that the peer announces.
package struct RESPDecoder: ~Copyable {
    /// The limits of a reply.
    package struct Limits: Sendable {
        /// The longest line, in bytes: a status, an error, a number.
        package var lineBytes = 16 * 1024
        /// The most bytes in all strings of a reply.
        package var replyBytes = 64 * 1024 * 1024
        /// The most values in a reply.
        package var values = 1_000_000
        /// The deepest nesting of arrays.
        package var depth = 8

        /// The defaults.
        package init() {}
    }

    /// The most bytes that are allocated for a string before it has arrived.
    private static let reservedBytes = 128 * 1024

    /// The size from which a string shares the memory of the input, if all of it has arrived, in bytes.
    ///
    /// A shorter string is copied: a receiver that keeps it would keep the whole read burst in memory.
    private static let sharedBytes = 32 * 1024

    private enum State {
        case line
        /// This many bytes of a string are missing, and the line break after it.
        case bulk(missing: Int)
        /// A string is whole; this many bytes of the line break after it are missing.
        case bulkEnd(Bytes, missing: Int)
        case failed(RESPError)
    }

    /// An array of which elements are missing.
    private struct OpenArray {
        let count: Int
        var elements: [RESPValue] = []
    }

    private let limits: Limits
    private var state = State.line
    private var line: [UInt8] = []
    private var bulk = ByteWriter(capacity: 0)
    private var stack: [OpenArray] = []
    /// The parts of the reply that have arrived.
    private var valueCount = 0
    private var byteCount = 0

    /// A decoder at the start of a stream.
    package init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// The next reply; `nil` when all input is consumed and the reply is incomplete.
    ///
    /// - Throws: A ``RESPError`` when the stream is not RESP2 or exceeds a limit; every later call throws the same error.
    package mutating func next(in input: inout ByteReader) throws(RESPError) -> RESPValue? {
        do throws(RESPError) {
            while true {
                guard let value = try nextPart(in: &input) else { return nil }
                if let reply = complete(value) { return reply }
            }
        } catch {
            state = .failed(error)
            line = []
            bulk = ByteWriter(capacity: 0)
            stack = []
            throw error
        }
    }

    /// The next value that is not an array with elements; `nil` when the value is incomplete.
    private mutating func nextPart(in input: inout ByteReader) throws(RESPError) -> RESPValue? {
        while true {
            switch state {
            case .line:
                guard try readLine(from: &input) else { return nil }
                let value = try valueOfLine()
                line.removeAll(keepingCapacity: true)
                if let value { return value }
            case .bulk(let missing):
                guard input.remaining > 0 else { return nil }
                if bulk.count == 0 {
                    if missing >= Self.sharedBytes, let bytes = input.readBytes(missing) {
                        state = .bulkEnd(bytes, missing: 2)
                        continue
                    }
                    bulk.reserve(min(missing, Self.reservedBytes))
                }
                let count = min(missing, input.remaining)
                unsafe input.withUnsafeRemaining {
                    unsafe bulk.append(copying: UnsafeRawBufferPointer(rebasing: $0.prefix(count)))
                }
                input.skip(count)
                state =
                    count == missing
                    ? .bulkEnd(bulk.takeBytes(), missing: 2) : .bulk(missing: missing - count)
            case .bulkEnd(let bytes, let missing):
                guard let byte = input.readInteger(.big, as: UInt8.self) else { return nil }
                guard byte == (missing == 2 ? UInt8(ascii: "\r") : UInt8(ascii: "\n")) else {
                    throw RESPError("a string is not followed by a line break")
                }
                guard missing == 2 else {
                    state = .line
                    return .bulk(bytes)
                }
                state = .bulkEnd(bytes, missing: 1)
            case .failed(let error): throw error
            }
        }
    }

    // MARK: Lines

    /// Reads up to the end of a line; returns whether the line is complete.
    private mutating func readLine(from input: inout ByteReader) throws(RESPError) -> Bool {
        if line.isEmpty, let type = input.peekInteger(at: 0, .big, as: UInt8.self) { try checkType(type) }
        let (count, isWhole) = unsafe input.withUnsafeRemaining { bytes in
            let end = unsafe bytes.firstIndex(of: UInt8(ascii: "\n"))
            return (end.map { $0 + 1 } ?? bytes.count, end != nil)
        }
        guard line.count + count <= limits.lineBytes + 2 else {
            throw RESPError("a line is longer than \(limits.lineBytes) bytes")
        }
        unsafe input.withUnsafeRemaining { unsafe line.append(contentsOf: $0.prefix(count)) }
        input.skip(count)
        guard isWhole else { return false }
        guard line.count >= 3, line[line.count - 2] == UInt8(ascii: "\r") else {
            throw RESPError("a line does not end with CR LF")
        }
        line.removeLast(2)
        return true
    }

    /// Checks the first byte of a line before its end arrives: another server may never send one.
    private func checkType(_ byte: UInt8) throws(RESPError) {
        switch byte {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "$"), UInt8(ascii: "*"): return
        case 0x15: throw RESPError("the server expects TLS: use rediss:// instead of redis://")
        default: throw RESPError("a reply begins with byte \(byte): this is not a Redis server")
        }
    }

    /// The value of a line; `nil` when the line is only the start of a value.
    private mutating func valueOfLine() throws(RESPError) -> RESPValue? {
        let rest = line.dropFirst()
        switch line.first {
        case UInt8(ascii: "+"): return .status(String(decoding: rest, as: UTF8.self))
        case UInt8(ascii: "-"): return .error(RedisErrorReply(String(decoding: rest, as: UTF8.self)))
        case UInt8(ascii: ":"): return .integer(try number(rest))
        case UInt8(ascii: "$"): return try beginBulk(of: number(rest))
        default: return try beginArray(of: number(rest))
        }
    }

    private func number(_ digits: ArraySlice<UInt8>) throws(RESPError) -> Int64 {
        let isNumber = digits.first != UInt8(ascii: "+")
        guard isNumber, let value = Int64(String(decoding: digits, as: UTF8.self)) else {
            throw RESPError("a number is expected where none is")
        }
        return value
    }

    private mutating func beginBulk(of count: Int64) throws(RESPError) -> RESPValue? {
        if count == -1 { return .null }
        guard count >= 0 else { throw RESPError("a string has \(count) bytes") }
        guard count <= limits.replyBytes - byteCount else {
            throw RESPError("a reply has more than \(limits.replyBytes) bytes", isTooLarge: true)
        }
        byteCount += Int(count)
        state = count == 0 ? .bulkEnd(Bytes(), missing: 2) : .bulk(missing: Int(count))
        return nil
    }

    private mutating func beginArray(of count: Int64) throws(RESPError) -> RESPValue? {
        if count == -1 { return .null }
        guard count >= 0 else { throw RESPError("an array has \(count) elements") }
        guard count <= limits.values - valueCount else {
            throw RESPError("a reply has more than \(limits.values) values", isTooLarge: true)
        }
        guard stack.count < limits.depth else { throw RESPError("arrays are nested more than \(limits.depth) deep") }
        if count == 0 { return .array([]) }
        valueCount += Int(count)
        stack.append(OpenArray(count: Int(count)))
        return nil
    }

    /// Adds a value to its array; returns the reply if the value completes it.
    private mutating func complete(_ value: RESPValue) -> RESPValue? {
        var value = value
        while var array = stack.popLast() {
            array.elements.append(value)
            if array.elements.count < array.count {
                stack.append(array)
                return nil
            }
            value = .array(array.elements)
        }
        valueCount = 0
        byteCount = 0
        return value
    }
}

/// The reason why a stream of replies cannot be decoded.
package struct RESPError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The error, in a few words.
    package let description: String

    /// Whether a limit for the size of a reply is exceeded; a smaller request may succeed.
    package let isTooLarge: Bool

    init(_ description: String, isTooLarge: Bool = false) {
        self.description = description
        self.isTooLarge = isTooLarge
    }
}
