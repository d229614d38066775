/// What the header of a frame says beside the message's code and the length: the extra fields of a protocol.
///
/// Generated from the `frame` section of a spec.
public protocol FrameHeader: Sendable, Hashable {
    /// Reads the fields from a header.
    init(_ bytes: HeaderBytes)

    /// Writes the fields into a header.
    func write(into bytes: inout HeaderBytes)
}

extension HeaderBytes {
    /// The fields of `header`, and zeros around them.
    public init(of header: some FrameHeader) {
        self.init()
        header.write(into: &self)
    }
}

/// The header of a protocol without extra fields.
public struct NoHeader: FrameHeader {
    /// Nothing.
    public init() {}

    /// Reads nothing.
    public init(_ bytes: HeaderBytes) {}

    /// Writes nothing.
    public func write(into bytes: inout HeaderBytes) {}
}
