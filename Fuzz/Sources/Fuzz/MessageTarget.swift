import Switchboard

/// Payloads of every message: what decodes encodes again, and means the same then.
enum MessageTarget {
    static func run(_ input: Input) {
        var input = input
        let type = input.choice(of: messageTypes)
        check(type, Bytes(input.remainder()))
    }

    private static func check<M: Message>(_ type: M.Type, _ payload: Bytes) {
        guard let message = decode(type, payload) else { return }
        // It need not be the same: bytes that a message ignores are gone, fields that an old peer lacks are there.
        guard let encoded = encode(message) else {
            fatalError("broken promise: what \(type.name) decodes to can be encoded")
        }
        guard let again = decode(type, encoded) else {
            fatalError("broken promise: what \(type.name) encodes can be decoded")
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
