/// The code that tells messages of one protocol apart: the frame's `type` field.
public typealias MessageCode = UInt16

/// A message of a protocol: what one frame carries.
///
/// Generated from `protocol.yaml`.
public protocol Message: Sendable {
    /// Its code in the frame: `code`.
    static var code: MessageCode { get }

    /// Its name in the spec.
    static var name: String { get }

    /// Who may send it: `from`.
    static var sender: Sender { get }

    /// What a peer must have done before the server handles it: `requires`.
    static var requirement: Requirement { get }

    /// The largest payload it may have, in bytes, where the spec says one (`max-payload`).
    static var maximumPayload: Int? { get }

    /// Whether bytes behind the last field are skipped instead of refused: `trailing: ignore`.
    static var ignoresTrailingBytes: Bool { get }

    /// Reads the fields from a payload, up to the last field and no further.
    ///
    /// - Throws: A ``PayloadError`` that names the field when the bytes do not fit the layout.
    init(from reader: inout ByteReader) throws(PayloadError)

    /// Writes the fields as a payload.
    ///
    /// - Throws: A ``PayloadError`` that names the field when a value does not fit the layout.
    func encode(into writer: inout ByteWriter) throws(PayloadError)
}

extension Message {
    /// What the server's configuration says.
    public static var requirement: Requirement { .asConfigured }

    /// No limit but the frame's.
    public static var maximumPayload: Int? { nil }

    /// They are refused.
    public static var ignoresTrailingBytes: Bool { false }

    /// Reads a message that takes up a whole payload.
    ///
    /// - Throws: As ``init(from:)``, and `PayloadErrorCode.trailingBytes` when bytes are left that are not ignored.
    @inlinable @inline(__always)
    public init(payload reader: inout ByteReader) throws(PayloadError) {
        try self.init(from: &reader)
        if !Self.ignoresTrailingBytes { try reader.finish() }
    }
}

/// A message that is answered by another: one with a `reply` in the spec.
public protocol Request: Message {
    /// The message that answers it.
    associatedtype Reply: Message
}

/// The message that tells a peer what went wrong: the one that `error` names in the spec.
///
/// A handler may throw one, and the peer is sent it; a client that is sent one in place of a reply throws it.
public protocol ErrorMessage: Message, Error {
    /// The message for `fault`, with `detail` as its text.
    init(_ fault: Fault, detail: String)

    /// The fault that it tells of, or `nil` when its code is none of a `Fault`.
    var fault: Fault? { get }
}
