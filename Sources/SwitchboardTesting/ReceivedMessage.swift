public import Switchboard

/// A message that a peer has received.
public struct ReceivedMessage: Sendable, Hashable {
    /// The code of the message.
    public let code: MessageCode

    /// The extra fields and the correlation in the header of the message, and numbers that its payload needs.
    public let header: HeaderBytes

    /// The payload of the message.
    public let payload: Bytes

    /// Returns the message, which must be of type `type`.
    ///
    /// - Throws: A ``TestError`` when the message is of another type; a `PayloadError` when the payload does not fit
    ///   the layout.
    public func decoded<M: Message>(as type: M.Type) throws -> M {
        guard code == M.code else {
            throw TestError(.unexpectedMessage, "message code \(code) is not \(M.name)")
        }
        var reader = ByteReader(payload)
        return try M(payload: &reader, header: header)
    }

    /// Returns the message as the protocol's error message.
    func decoded(asErrorOf wireProtocol: any WireProtocol.Type) throws -> any Error {
        var reader = ByteReader(payload)
        guard let type = wireProtocol.errorMessage else {
            throw TestError(.unexpectedMessage, "\(wireProtocol.name) has no error message")
        }
        return try type.init(payload: &reader, header: header)
    }
}
