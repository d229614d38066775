/// A reason to refuse a connection or a message.
///
/// The raw value is the name that a spec's error enum gives it.
public enum Fault: String, Sendable, Hashable, CaseIterable {
    /// The frame does not start with the protocol's magic: the stream has no frame boundary any more.
    case invalidMagic
    /// The version in the frame differs from the version of the protocol.
    case unsupportedVersion
    /// No message that this peer may send has the code, or no handler is registered for the message.
    case unknownType
    /// The payload is larger than the message or the frame allows.
    case payloadTooLarge
    /// The checksum in the frame does not match the bytes of the frame.
    case checksumMismatch
    /// The peer is not authenticated and must be, or its credentials are wrong.
    case authenticationFailed
    /// The peer sent more messages than its rate limit allows.
    case rateLimited
    /// The server has reached its limit of connections.
    case tooManyConnections
    /// No complete message arrived within the time limit.
    case timeout
    /// The payload does not match the layout of the message.
    case malformedPayload
    /// The server is shutting down. The peer did nothing wrong.
    case shuttingDown
    /// A handler failed.
    ///
    /// An error message reports every fault for which the error enum of the spec has no case as this one.
    case `internal`
}

/// What is wrong with a field of a payload.
public enum PayloadErrorCode: String, Sendable, Hashable, CaseIterable {
    /// The payload ends before the field does.
    case truncated
    /// The payload has bytes after the last field.
    case trailingBytes
    /// The field's bytes are not valid UTF-8.
    case invalidUTF8
    /// The byte of a boolean is neither 0 nor 1.
    case invalidBoolean
    /// The number is not one of a closed enum or of a union's tags, or has a bit that closed flags do not have.
    case invalidCase
    /// The field has more bytes or elements than its prefix can count, or not exactly its fixed length.
    case invalidLength
    /// The value, or its number of bytes or elements, is less than the `min` of the field or more than its `max`.
    case outOfBounds
    /// The value differs from the `equals` of the field.
    case unexpectedValue
    /// The whole payload is larger than the message or the frame allows.
    case payloadTooLarge
}
