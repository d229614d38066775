internal import Synchronization

// What others may see of a server while it runs.

extension Server {
    /// How long event loops may take to say what is asked of them; the answer of one that is busy for longer is left out.
    public static let observationTimeout = Duration.seconds(1)

    /// What it is doing.
    public var state: ServerState { sharedState.current }

    /// Hands what has been counted to the metrics backend.
    ///
    /// That happens twice a second in any case, as long as there are connections; this is for whoever reads the backend
    /// and wants to see the present. It takes ``observationTimeout`` at most.
    public func flushMetrics() async {
        _ = await ask { $0.handOverMetrics() }
    }

    /// The connections that are open, in no particular order.
    ///
    /// It takes ``observationTimeout`` at most; those of an event loop that is busy for longer are left out.
    public func connections() async -> [ConnectionSummary] {
        await ask { $0.connections.map { ConnectionSnapshot($0) } }.joined().map { $0.summary }
    }

    /// The last 1,000 connections that have closed, the last one first.
    public var recentlyClosed: [ClosedConnection] { closedConnections.latestFirst }

    /// What each worker answers, in time.
    private func ask<Answer: Sendable>(_ question: @escaping @Sendable (Worker) -> Answer) async -> [Answer] {
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

/// What a server is doing.
public enum ServerState: UInt8, Sendable {
    /// It does not listen yet.
    case starting
    /// It accepts connections.
    case ready
    /// It accepts no more connections, and answers what it has received.
    case stopping
    /// It has ended.
    case stopped
}

/// A ``ServerState`` that may be read from any thread.
final class SharedServerState: Sendable {
    private let value = Atomic(ServerState.starting.rawValue)

    var current: ServerState {
        get { ServerState(rawValue: value.load(ordering: .acquiring)) ?? .stopped }
        set { value.store(newValue.rawValue, ordering: .releasing) }
    }
}
