/// The network between a peer and the server: by default without delay and without faults.
public struct Link: Sendable, Hashable {
    /// The number of bytes that arrive at once, 1 or more.
    public var pieceSize = Int.max

    /// The time that each piece takes to arrive, on the server's clock.
    ///
    /// Pieces arrive in order. Each piece is sent when the previous piece has arrived.
    public var delay = Duration.zero

    /// The positions of the bytes that arrive with all bits inverted; 0 is the first byte of the stream.
    public var corruptedPositions: Set<Int> = []

    /// The number of bytes that arrive before the connection breaks; `nil` for a link that does not break.
    public var breaksAfter: Int?

    /// Whether the link holds bytes back until this is `false` again.
    public var isStalled = false

    /// A link without faults.
    public init() {}

    /// A link that delivers the bytes in pieces.
    ///
    /// - Parameters:
    ///   - pieceSize: See ``pieceSize``.
    ///   - delay: See ``delay``.
    public init(pieceSize: Int = .max, delay: Duration = .zero) {
        self.pieceSize = pieceSize
        self.delay = delay
    }
}
