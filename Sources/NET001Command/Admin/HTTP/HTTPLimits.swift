/// What the HTTP server accepts from a client, and how long it waits for one.
enum HTTPLimits {
    /// The most connections that are open at once.
    ///
    /// A further connection takes the place of the one that has waited longest without being answered, or of the one that
    /// has been answered most often.
    static let maximumConnections = 32

    /// The longest request line, in bytes, without its line end.
    static let maximumRequestLine = 4096

    /// The most bytes of a request line and its header fields together.
    static let maximumHead = 16 * 1024

    /// The most header fields of a request.
    static let maximumFields = 64

    /// How long a client may take to send a request, from its first byte to the empty line.
    static let requestTimeout = Duration.seconds(5)

    /// How long an answer may take to be made.
    ///
    /// The client gets status 503 after that.
    static let answerTimeout = Duration.seconds(5)

    /// How long a client may take to read an answer and to begin its next request, or its first one.
    static let idleTimeout = Duration.seconds(30)

    /// The most bytes of answers that wait to be read by all clients together.
    ///
    /// Further requests get status 503.
    static let maximumPendingOutput = 64 * 1024 * 1024
}
