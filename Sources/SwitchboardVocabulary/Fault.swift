/// What can be wrong with what a peer sends.
///
/// The raw value is the name that a spec's error enum gives it.
public enum Fault: String, Sendable, Hashable, CaseIterable {
    /// The frame does not start with the protocol's magic: the stream has no frame boundary any more.
    case invalidMagic
    /// The frame says a version other than the protocol's.
    case unsupportedVersion
    /// The code is no message's, or that of one which this peer may not send or nobody here handles.
    case unknownType
    /// The payload is larger than the message or the frame allows.
    case payloadTooLarge
    /// The frame's checksum is not that of its bytes.
    case checksumMismatch
    /// Credentials are needed and were not given.
    case authenticationFailed
    /// More messages came than the rate limit lets through.
    case rateLimited
    /// The server has as many connections as it may.
    case tooManyConnections
    /// Nothing complete came in time.
    case timeout
    /// The payload does not fit the message's layout.
    case malformedPayload
    /// The server stops serving; nothing was wrong with what the peer sent.
    case shuttingDown
    /// A handler failed. It stands for every fault that a spec's error enum has no case for.
    case `internal`
}

/// What is wrong with a field of a payload.
public enum PayloadErrorCode: String, Sendable, Hashable, CaseIterable {
    /// The payload ends before the field does.
    case truncated
    /// Bytes are left after the last field.
    case trailingBytes
    /// The field's bytes are not valid UTF-8.
    case invalidUTF8
    /// The byte of a boolean is neither 0 nor 1.
    case invalidBoolean
    /// The value is none of the cases of a closed enum or of a union, or has a bit that closed flags do not have.
    case invalidCase
    /// The field has more bytes or elements than its prefix can say, or not as many as its fixed length.
    case invalidLength
    /// The value is less than the field's `min` or more than its `max`; or its bytes or elements are.
    case outOfBounds
    /// The value is another than the field's `equals`.
    case unexpectedValue
    /// The whole payload is larger than the message or the frame allows.
    case payloadTooLarge
}
