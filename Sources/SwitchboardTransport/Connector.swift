/// Makes connections.
package enum Connector {
    /// Begins to connect.
    ///
    /// From any thread.
    ///
    /// - Parameters:
    ///   - address: Where to connect to.
    ///   - loop: The loop that waits for the outcome.
    ///   - timeout: How long to wait for it.
    ///   - completion: Called exactly once, on the loop and never from within this call: with the connected socket,
    ///     which does not block and is the caller's from now on, or with the reason why there is none.
    /// - Returns: The attempt, which can be cancelled.
    @discardableResult
    package static func connect(
        to address: SocketAddress,
        on loop: EventLoop,
        timeout: Duration,
        completion: @escaping @Sendable (Result<Int32, TransportError>) -> Void
    ) -> ConnectionAttempt {
        let attempt = ConnectionAttempt(address, loop, timeout, completion)
        loop.execute { attempt.start() }
        return attempt
    }
}
