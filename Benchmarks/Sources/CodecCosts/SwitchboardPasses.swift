import Switchboard

/// Returns the passes over `messages` with the code that is generated from `protocol.yaml`.
///
/// A message is appended to a buffer that is used again, as the server does with replies.
func switchboardPasses<Value: Message>(_ messages: [Value]) throws -> Passes {
    let payloads = try messages.map { message in
        var writer = ByteWriter()
        try message.encode(into: &writer)
        return writer.takeBytes()
    }
    return Passes(
        byteCount: payloads.reduce(0) { $0 + $1.count },
        serialise: {
            var writer = ByteWriter(capacity: 64 * 1024)
            let messages = messages.span
            for index in messages.indices {
                writer.truncate(to: 0)
                try messages[index].encode(into: &writer)
                keep(writer)
            }
        },
        parse: {
            let payloads = payloads.span
            for index in payloads.indices {
                var reader = ByteReader(payloads[index])
                keep(try Value(payload: &reader))
            }
        }
    )
}

/// Returns `message` after a round trip.
func switchboardRoundTrip<Value: Message>(_ message: Value) throws -> Value {
    var writer = ByteWriter()
    try message.encode(into: &writer)
    var reader = ByteReader(writer.takeBytes())
    return try Value(payload: &reader)
}
