/// A protocol: everything a spec says that two ends must agree on.
///
/// Generated from `protocol.yaml`.
public protocol WireProtocol: Sendable {
    /// The extra fields of its frames: those of `frame` that the run time does not know.
    associatedtype Header: FrameHeader = NoHeader

    /// Its name: `protocol`.
    static var name: String { get }

    /// How a message is delimited on the stream: `frame`, `version` and `byte-order`.
    static var frameFormat: FrameFormat { get }

    /// Its messages, in order of their codes.
    static var messages: [any Message.Type] { get }

    /// The message that answers a fault, if the protocol has one: `error`.
    static var errorMessage: (any ErrorMessage.Type)? { get }

    /// The request that a client sends when it has nothing else to say, if the protocol has one: `heartbeat`.
    ///
    /// Without one a client sends nothing while it is idle: the server may close its connection, and the client does not
    /// notice a server that is gone before it sends something.
    static var heartbeat: (any Request)? { get }
}

extension WireProtocol {
    /// No message answers a fault: the connection is closed, or the frame dropped, without a word.
    public static var errorMessage: (any ErrorMessage.Type)? { nil }

    /// Clients send no heartbeats: the spec names none.
    public static var heartbeat: (any Request)? { nil }
}
