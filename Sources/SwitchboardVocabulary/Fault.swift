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
