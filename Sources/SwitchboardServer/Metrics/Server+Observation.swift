public import SwitchboardBackplane
internal import SwitchboardTransport
internal import Synchronization

// The state of a running server, for other parts of the program.

extension Server {
    /// The time that ``flushMetrics()`` and ``connections()`` wait for an event loop.
    ///
    /// These methods leave out an event loop that is busy for longer.
    public static let observationTimeout = Duration.seconds(1)

    /// The state of the server.
    public var state: ServerState { sharedState.current }

    /// The state and the counters of the backplane; `nil` for a server without a backplane.
    public var backplaneStatus: BackplaneStatus? { backplane?.status }

    /// Hands the current counts to the metrics backend.
    ///
    /// The server does so twice a second while it has connections. Call this method before you read the backend, to see the current
    /// values. It takes at most ``observationTimeout``.
    public func flushMetrics() async {
        _ = await ask { $0.handOverMetrics() }
        workers?.backplane?.handOverMetrics()
        workers?.cluster?.handOverMetrics()
    }

    /// Returns the open connections, in no particular order.
    ///
    /// The method takes at most ``observationTimeout``, and leaves out the connections of an event loop that is busy for longer.
    public func connections() async -> [ConnectionSummary] {
        await ask { $0.connections.map { ConnectionSnapshot($0) } }.joined().map { $0.summary }
    }

    /// The last 1,000 connections that have closed, most recent first.
    public var recentlyClosed: [ClosedConnection] { closedConnections.latestFirst }

    /// Makes every event loop send the broadcasts of its connections so far.
    ///
    /// The method takes at most ``observationTimeout``.
    func sendBroadcasts() async { _ = await ask { $0.sendBroadcasts() } }

    /// Aborts all connections.
    ///
    /// The method takes at most ``observationTimeout``; an event loop that is busy for longer aborts its connections later.
    func abortConnections() async {
        _ = await ask { worker in
            for connection in worker.connections { connection.stream.abort(.requested) }
        }
    }

    /// Returns the answers of all workers that answer within ``observationTimeout``.
    func ask<Answer: Sendable>(_ question: @escaping @Sendable (Worker) -> Answer) async -> [Answer] {
        guard let group = workers else { return [] }
        let (answers, continuation) = AsyncStream.makeStream(of: Answer.self)
        group.forEach { worker in continuation.yield(question(worker)) }
        let timeout = Task {
            try? await Task.sleep(for: Self.observationTimeout)
            continuation.finish()
        }
        defer { timeout.cancel() }
        var all: [Answer] = []
        for await answer in answers {
            all.append(answer)
            if all.count == configuration.eventLoops { break }
        }
        return all
    }
}

/// The states of a server.
public enum ServerState: UInt8, Sendable {
    /// The server does not listen yet.
    case starting
    /// The server accepts connections.
    case ready
    /// The server drains: it accepts no further connections, and answers the requests that it has received.
    case stopping
    /// The server has stopped.
    case stopped
}

/// A ``ServerState`` for use from any thread.
final class SharedServerState: Sendable {
    private let value = Atomic(ServerState.starting.rawValue)

    var current: ServerState {
        get { ServerState(rawValue: value.load(ordering: .acquiring)) ?? .stopped }
        set { value.store(newValue.rawValue, ordering: .releasing) }
    }
}
