/// The header of a protocol without extra fields.
public struct NoHeader: FrameHeader {
    /// Nothing.
    public init() {}

    /// Reads nothing.
    public init(_ bytes: HeaderBytes) {}

    /// Writes nothing.
    public func write(into bytes: inout HeaderBytes) {}
}
