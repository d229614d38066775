import SwiftProtobuf

/// Returns the passes over `messages` with the code that swift-protobuf generates.
///
/// An array of bytes is the fastest result and source that its API offers: `Data` takes longer.
func protobufPasses<Value: Message>(_ messages: [Value]) throws -> Passes {
    let payloads: [[UInt8]] = try messages.map { try $0.serializedBytes() }
    return Passes(
        byteCount: payloads.reduce(0) { $0 + $1.count },
        serialise: {
            let messages = messages.span
            for index in messages.indices {
                let bytes: [UInt8] = try messages[index].serializedBytes()
                keep(bytes)
            }
        },
        parse: {
            let payloads = payloads.span
            for index in payloads.indices { keep(try Value(serializedBytes: payloads[index])) }
        }
    )
}

/// Returns `message` after a round trip.
func protobufRoundTrip<Value: Message>(_ message: Value) throws -> Value {
    let bytes: [UInt8] = try message.serializedBytes()
    return try Value(serializedBytes: bytes)
}
