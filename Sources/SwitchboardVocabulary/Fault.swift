/// A reason to refuse a connection or to reject a message.
///
/// The raw value is the name of the case in the error enum of a spec.
public enum Fault: String, Sendable, Hashable, CaseIterable {
    /// The frame does not start with the protocol's magic, so the start of the next frame is unknown.
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
    /// An error message also uses this case for every fault that has no case in the error enum of the spec.
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
    /// The number is not a value of a closed enum or a tag of the union, or it has a bit that the closed flags do not have.
    case invalidCase
    /// The field has more bytes or elements than its prefix can count, or not exactly its fixed length.
    case invalidLength
    /// The value, or its number of bytes or elements, is less than the `min` of the field or more than its `max`.
    case outOfBounds
    /// The value differs from the `equals` of the field.
    case unexpectedValue
    /// The number has more bytes than it needs.
    case notShortest
    /// The bytes are not text in the encoding of the field, or the encoding lacks a character of the text.
    case invalidText
    /// The value contains the bytes that end it.
    case containsEnd
    /// The presence or the size of the field does not agree with another field.
    ///
    /// For example, the field has a value although its condition does not hold.
    case inconsistent
    /// A type that contains itself is nested too deeply.
    case tooDeep
    /// The whole payload is larger than the message or the frame allows.
    case payloadTooLarge
}
