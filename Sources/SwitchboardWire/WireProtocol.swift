/// A protocol: the frame format and the messages on which client and server must agree.
///
/// The build generates a type with this protocol from `protocol.yaml`.
public protocol WireProtocol: Sendable {
    /// The extra fields in the header of the protocol's frames.
    associatedtype Header: FrameHeader = NoHeader

    /// The name of the protocol: `protocol` in the spec.
    static var name: String { get }

    /// The layout of a frame: `frame`, `version` and `byte-order` in the spec.
    static var frameFormat: FrameFormat { get }

    /// The messages of the protocol, in order of their codes.
    static var messages: [any Message.Type] { get }

    /// The message that reports a fault to a peer, if the protocol has one: `error` in the spec.
    static var errorMessage: (any ErrorMessage.Type)? { get }

    /// The request that an idle client sends, if the protocol has one: `heartbeat` in the spec.
    ///
    /// Without a heartbeat, an idle client sends nothing: the server may close its connection, and the client does not
    /// notice that a server is gone before it sends something.
    static var heartbeat: (any Request)? { get }

    /// A number that differs between protocols whose messages have different fields; `nil` when it is not known.
    ///
    /// Servers that share a backplane compare it: see `ProtocolFingerprint`. The build derives the number from the fields and types in the
    /// spec; texts and the order of the spec do not matter. A protocol without a spec may leave it out.
    static var layoutHash: UInt64? { get }
}

extension WireProtocol {
    /// `nil`: faults are not reported to peers.
    public static var errorMessage: (any ErrorMessage.Type)? { nil }

    /// `nil`: the layouts of the messages are not compared.
    public static var layoutHash: UInt64? { nil }

    /// `nil`: clients send no heartbeats.
    public static var heartbeat: (any Request)? { nil }
}
