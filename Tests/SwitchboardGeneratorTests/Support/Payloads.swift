import SwitchboardRouter
import Testing

/// Parses bytes in hexadecimal, with any white space.
func bytes(_ hexadecimal: String) -> Bytes {
    let digits = hexadecimal.compactMap(\.hexDigitValue)
    return Bytes(stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) })
}

/// Encodes `message`.
func payload(of message: some Message) throws -> Bytes {
    var writer = ByteWriter()
    try message.encode(into: &writer)
    return writer.takeBytes()
}

/// Decodes a message from all bytes of `payload`.
func decode<M: Message>(_ type: M.Type = M.self, _ payload: Bytes) throws(PayloadError) -> M {
    var reader = ByteReader(payload)
    let message = try M(from: &reader)
    try reader.finish()
    return message
}

/// Expects that `message` encodes to `payload`, and `payload` decodes to `message`.
func expectRoundTrip<M: Message & Equatable>(
    _ message: M,
    _ payload: String,
    _ location: SourceLocation = #_sourceLocation
) throws {
    #expect(try SwitchboardGeneratorTests.payload(of: message) == bytes(payload), sourceLocation: location)
    #expect(try decode(M.self, bytes(payload)) == message, sourceLocation: location)
}

/// Expects that decoding `payload` throws `code` for `field`.
func expectRefusal<M: Message>(
    of payload: Bytes,
    as type: M.Type,
    _ code: PayloadError.Code,
    field: StaticString,
    _ location: SourceLocation = #_sourceLocation
) {
    #expect(throws: PayloadError(code, field: field), sourceLocation: location) {
        _ = try decode(M.self, payload)
    }
}
