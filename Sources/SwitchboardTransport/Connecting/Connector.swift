/// Makes connections.
package enum Connector {
    /// Begins to connect.
    ///
    /// From any thread.
    ///
    /// - Parameters:
    ///   - addresses: Where to connect to: the addresses of one host, the preferred first. See ``ConnectionRace``.
    ///   - loop: The loop that waits for the outcome.
    ///   - timeout: The longest time to wait for it.
    ///   - completion: Called exactly once, on the loop and never from within this call: with the connection, or with the
    ///     reason why there is none.
    /// - Returns: The race, which can be cancelled.
    @discardableResult
    package static func connect(
        to addresses: [SocketAddress],
        on loop: EventLoop,
        timeout: Duration,
        completion: @escaping @Sendable (Result<ConnectionRace.Winner, TransportError>) -> Void
    ) -> ConnectionRace {
        let race = ConnectionRace(addresses, loop, timeout, completion)
        loop.execute { race.start() }
        return race
    }
}
