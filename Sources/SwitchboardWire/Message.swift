/// The code that identifies a message within its protocol: the frame's `type` field.
public typealias MessageCode = UInt16

/// A message of a protocol, the content of one frame.
///
/// The build generates the types with this protocol from `protocol.yaml`.
public protocol Message: Sendable {
    /// The code of the message: `code` in the spec.
    static var code: MessageCode { get }

    /// The name of the message in the spec.
    static var name: String { get }

    /// The peers that may send the message: `from` in the spec.
    static var sender: Sender { get }

    /// The condition under which the server handles the message: `requires` in the spec.
    static var requirement: Requirement { get }

    /// The largest payload of the message in bytes: `max-payload` in the spec; `nil` if the spec has none.
    static var maximumPayload: Int? { get }

    /// Whether the decoder skips bytes after the last field: `trailing: ignore` in the spec.
    static var ignoresTrailingBytes: Bool { get }

    /// The names of the values of a trace context that the message carries, such as `traceparent`: `trace` in the spec.
    static var traceKeys: [String] { get }

    /// A value of the trace context that the message carries; `nil` if it carries none.
    ///
    /// Setting a value whose name is not in ``traceKeys`` has no effect. Setting `nil` removes the value.
    subscript(trace key: String) -> String? { get set }

    /// Reads the fields from a payload; bytes after the last field stay unread.
    ///
    /// - Throws: A ``PayloadError`` that names the field when the bytes do not fit the layout.
    init(from reader: inout ByteReader) throws(PayloadError)

    /// Writes the fields as a payload.
    ///
    /// - Throws: A ``PayloadError`` that names the field when a value does not fit the layout.
    func encode(into writer: inout ByteWriter) throws(PayloadError)

    /// Reads the fields from a payload, some of which depend on numbers in the header of the frame.
    ///
    /// Messages without such fields need only ``init(from:)``, which the default implementation calls. Bytes after the last field stay
    /// unread.
    ///
    /// - Parameters:
    ///   - reader: The payload.
    ///   - header: The header of the frame: see ``FrameHead/header``.
    /// - Throws: What ``init(from:)`` throws.
    init(from reader: inout ByteReader, header: HeaderBytes) throws(PayloadError)

    /// Writes the fields as a payload, and the numbers that depend on them into the header of the frame.
    ///
    /// Messages without such numbers need only ``encode(into:)``, which the default implementation calls.
    ///
    /// - Parameters:
    ///   - writer: The writer to append the payload to.
    ///   - header: The extra fields and the correlation. The header of a reply begins as the header of the request, with all its
    ///     numbers, so a message must write every number that its payload determines.
    /// - Throws: What ``encode(into:)`` throws.
    func encode(into writer: inout ByteWriter, header: inout HeaderBytes) throws(PayloadError)
}

extension Message {
    /// The requirement of the server's configuration.
    public static var requirement: Requirement { .asConfigured }

    /// `nil`: only the limit of the frame applies.
    public static var maximumPayload: Int? { nil }

    /// `false`: a payload with bytes after the last field is rejected.
    public static var ignoresTrailingBytes: Bool { false }

    /// None: the message carries no trace context.
    public static var traceKeys: [String] { [] }

    /// `nil`: the message carries no trace context.
    public subscript(trace key: String) -> String? {
        get { nil }
        set {}
    }

    /// Reads the fields from a payload, whatever the header is.
    @inlinable @inline(__always)
    public init(from reader: inout ByteReader, header: HeaderBytes) throws(PayloadError) {
        try self.init(from: &reader)
    }

    /// Writes the fields as a payload, and leaves the header as it is.
    @inlinable @inline(__always)
    public func encode(into writer: inout ByteWriter, header: inout HeaderBytes) throws(PayloadError) {
        try encode(into: &writer)
    }

    /// Reads a message from a whole payload.
    ///
    /// - Parameters:
    ///   - reader: The payload.
    ///   - header: The header of the frame, for a message with fields that depend on numbers in the header.
    /// - Throws: What ``init(from:header:)`` throws; `PayloadErrorCode.trailingBytes` when bytes are left and
    ///   ``ignoresTrailingBytes`` is `false`.
    @inlinable @inline(__always)
    public init(payload reader: inout ByteReader, header: HeaderBytes = HeaderBytes()) throws(PayloadError) {
        try self.init(from: &reader, header: header)
        if !Self.ignoresTrailingBytes { try reader.finish() }
    }
}

/// A message with a reply: one with `reply` in the spec.
public protocol Request: Message {
    /// The message that replies to this request.
    associatedtype Reply: Message
}

extension Request {
    /// The code of the reply.
    package static var replyCode: MessageCode { Reply.code }
}

/// The message that reports a fault to a peer: the message that `error` names in the spec.
///
/// When a handler throws this message, the server sends it to the peer. When a client receives it in place of a reply,
/// the request throws it.
public protocol ErrorMessage: Message, Error {
    /// An error message for `fault`, with `detail` as its text.
    init(_ fault: Fault, detail: String)

    /// The fault that the message reports; `nil` when its code is not the code of a `Fault`.
    var fault: Fault? { get }
}
