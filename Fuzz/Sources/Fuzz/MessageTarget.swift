import Switchboard

/// Fuzzes the payloads of every message.
///
/// A decoded message must encode, and decode to the same message.
enum MessageTarget {
    static func run(_ input: Input) {
        var input = input
        let type = input.choice(of: messageTypes)
        check(type, Bytes(input.remainder()))
    }

    private static func check<M: Message>(_ type: M.Type, _ payload: Bytes) {
        guard let message = decode(type, payload) else { return }
        // The payload may differ: ignored bytes are missing, and fields that an older peer does not send are present.
        guard let encoded = encode(message) else {
            fatalError("violated: a decoded \(type.name) can be encoded")
        }
        guard let again = decode(type, encoded) else {
            fatalError("violated: an encoded \(type.name) can be decoded")
        }
        require(encode(again) == encoded, "\(type.name) means the same when it is decoded again")
    }

    private static func decode<M: Message>(_ type: M.Type, _ payload: Bytes) -> M? {
        var reader = ByteReader(payload)
        return try? M(payload: &reader)
    }

    private static func encode(_ message: some Message) -> Bytes? {
        var writer = ByteWriter()
        guard (try? message.encode(into: &writer)) != nil else { return nil }
        return writer.takeBytes()
    }
}
