/// How the bytes of a peer travel to the server: at once and unharmed, unless said otherwise.
public struct Link: Sendable, Hashable {
    /// The most bytes that arrive at once: 1 or more.
    public var pieceSize = Int.max

    /// How long each piece is on its way, on the server's clock.
    ///
    /// Pieces arrive in the order in which they were sent: each is on its way when the one before has arrived.
    public var delay = Duration.zero

    /// The bytes that arrive with all their bits turned over, by their positions in the stream: 0 is the first.
    public var corruptedPositions: Set<Int> = []

    /// How many bytes arrive before the connection breaks; `nil` for a link that does not break.
    public var breaksAfter: Int?

    /// Whether bytes are held back.
    ///
    /// They arrive when the link stalls no more.
    public var isStalled = false

    /// A link without faults.
    public init() {}

    /// A link that delivers in pieces.
    ///
    /// - Parameters:
    ///   - pieceSize: See ``pieceSize``.
    ///   - delay: See ``delay``.
    public init(pieceSize: Int = .max, delay: Duration = .zero) {
        self.pieceSize = pieceSize
        self.delay = delay
    }
}
