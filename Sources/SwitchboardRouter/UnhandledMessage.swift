/// A message of the protocol that no handler was registered for.
public struct UnhandledMessage: Sendable {
    /// Its code.
    public let code: MessageCode

    /// Its name in the spec, or `nil` when the spec has no message with this code that a client may send.
    public let name: String?

    /// Its payload, as it came.
    public let payload: Bytes
}
