internal import SwitchboardFiles
internal import SwitchboardTransport
internal import UnixSignals

/// Accepts connections until a signal ends the program.
struct ServingLoop {
    /// The largest number of connections at once; further ones are closed.
    static let maximumConnections = 1000
    /// The number of clients that may wait to be accepted.
    private static let backlog = 128
    /// The time to look up the host to listen at.
    private static let lookUpTime = Duration.seconds(10)

    /// The loop on which connections are accepted and served.
    let loop: EventLoop
    /// Ends ``run(at:accept:)`` with an error.
    let fail: @Sendable (any Error) -> Void
    private let failures: AsyncStream<any Error>

    init(label: String) throws {
        loop = try EventLoop(label: label)
        let (failures, continuation) = AsyncStream<any Error>.makeStream(bufferingPolicy: .bufferingOldest(1))
        self.failures = failures
        fail = { continuation.yield($0) }
    }

    /// Listens at `address` until SIGINT or SIGTERM, and closes all connections.
    ///
    /// - Parameters:
    ///   - prepare: Called when the address is known to be free, before the first connection.
    ///   - accept: Called on ``loop`` for each connection; it takes over the descriptor.
    /// - Throws: An error when the address cannot be listened at, that of `prepare`, and that of ``fail``.
    func run(
        at address: ListeningAddress,
        prepare: () throws -> Void = {},
        accept: @escaping @Sendable (_ descriptor: Int32, _ client: SocketAddress) -> Void
    ) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let addresses = try await SocketAddress.resolve(host: address.host, port: address.port, within: Self.lookUpTime)
        let report: @Sendable (TransportError) -> Void = { StandardError.write(["switchboard: \($0)"]) }
        let listeners = try Listener.atAll(
            addresses,
            make: { address throws(TransportError) in
                try Listener(
                    address: address,
                    backlog: Self.backlog,
                    acceptor: loop,
                    onAccept: accept,
                    onFailure: report
                )
            },
            onMissing: report
        )
        try prepare()
        for listener in listeners {
            listener.start { [fail] error in if let error { fail(error) } }
            StandardError.write(["switchboard: listening on \(listener.address)"])
        }
        let end: Result<Void, any Error>
        do {
            try await waitForEnd(signals)
            end = .success(())
        } catch { end = .failure(error) }
        await withCheckedContinuation { continuation in loop.stop { continuation.resume() } }
        try end.get()
    }

    private func waitForEnd(_ signals: UnixSignalsSequence) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in signals { return } }
            group.addTask { [failures] in for await failure in failures { throw failure } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
