import SwitchboardRouter
import Testing

/// Bytes written in hexadecimal, with spaces wherever they help.
func bytes(_ hexadecimal: String) -> Bytes {
    let digits = hexadecimal.compactMap(\.hexDigitValue)
    return Bytes(stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) })
}

/// What `message` is encoded as.
func payload(of message: some Message) throws -> Bytes {
    var writer = ByteWriter()
    try message.encode(into: &writer)
    return writer.takeBytes()
}

/// The message that `payload` is, to its last byte.
func decode<M: Message>(_ type: M.Type = M.self, _ payload: Bytes) throws(PayloadError) -> M {
    var reader = ByteReader(payload)
    let message = try M(from: &reader)
    try reader.finish()
    return message
}

/// Expects that `message` is encoded as `payload`, and decoded from it.
func expectRoundTrip<M: Message & Equatable>(
    _ message: M,
    _ payload: String,
    _ location: SourceLocation = #_sourceLocation
) throws {
    #expect(try SwitchboardGeneratorTests.payload(of: message) == bytes(payload), sourceLocation: location)
    #expect(try decode(M.self, bytes(payload)) == message, sourceLocation: location)
}

/// Expects that `payload` is refused with `code` for `field`.
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
