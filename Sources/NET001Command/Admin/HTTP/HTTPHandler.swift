import SwitchboardTransport

/// Answers requests.
protocol HTTPHandler: Sendable {
    /// Called on the event loop of the HTTP server, which nothing else uses: it must not block.
    ///
    /// - Parameter remoteAddress: The client's, as the system knows it.
    func answer(_ request: HTTPRequest, from remoteAddress: SocketAddress?) -> HTTPAnswer
}

/// What is done about a request.
enum HTTPAnswer: Sendable {
    /// The response is there.
    case now(HTTPResponse)
    /// The response has to be made. One is made at a time, for all connections together.
    case later(@Sendable () async -> HTTPResponse)
}
