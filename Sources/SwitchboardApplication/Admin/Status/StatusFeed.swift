import FoundationEssentials
import Logging
import Switchboard
import SwitchboardServer
import Synchronization

/// Sends a report of the server to all viewers of the page, once a second.
///
/// It works while there are viewers, and for five minutes after the last one, so that a page that is opened again has its lines.
final class StatusFeed: Sendable {
    /// The largest number of viewers.
    static let maximumViewers = 8

    /// The largest number of connections that a page lists.
    static let maximumConnections = 200

    /// The largest number of closed connections that a page lists.
    private static let maximumClosed = 50

    /// The time between two reports.
    private static let interval = Duration.seconds(1)

    /// The number of samples that are kept.
    private static let historyCount = 300

    /// What a viewer wants to see.
    struct View: Hashable, Sendable {
        /// The order of the connections; `nil` for a viewer to whom the server shows no connections.
        let order: ConnectionList.Order?
        /// A part of the user's name or of the address of the connections; `nil` for all connections.
        let filter: String?
    }

    private struct State {
        var viewers: [UInt64: (stream: HTTPEventStream, view: View)] = [:]
        var lastID: UInt64 = 0
        var history: [StatusSample] = []
        var work: Task<Void, Never>?
        /// The number of reports since the last viewer has gone.
        var reportsWithoutViewer = 0
    }

    private let server: Server
    private let identity: StatusReport.Identity
    private let hasActions: Bool
    private let metrics: PrometheusFactory
    private let process: ProcessStatistics
    private let texts: TextQueue
    private let state = Mutex(State())

    init(
        _ server: Server,
        _ identity: StatusReport.Identity,
        hasActions: Bool,
        metrics: PrometheusFactory,
        process: ProcessStatistics,
        texts: TextQueue
    ) {
        self.server = server
        self.identity = identity
        self.hasActions = hasActions
        self.metrics = metrics
        self.process = process
        self.texts = texts
    }

    /// Whether there is room for one more viewer.
    var hasRoom: Bool { state.withLock { $0.viewers.count < Self.maximumViewers } }

    /// Sends reports over `stream` until it is closed.
    func add(_ stream: HTTPEventStream, _ view: View) {
        let id = state.withLock { state in
            // Under the lock, so that no report comes before the history.
            if let json = try? JSONEncoder().encode(StatusHistory(samples: state.history)) {
                stream.send(Self.event("history", json))
            }
            state.lastID += 1
            state.viewers[state.lastID] = (stream, view)
            state.reportsWithoutViewer = 0
            if state.work == nil { state.work = Task { [self] in await work() } }
            return state.lastID
        }
        stream.onClose { [self] in state.withLock { _ = $0.viewers.removeValue(forKey: id) } }
    }

    /// Stops the reports.
    func stop() {
        state.withLock { state in
            state.work?.cancel()
            state.viewers = [:]
        }
    }

    // MARK: Reports

    private func work() async {
        while await report() { try? await Task.sleep(for: Self.interval) }
    }

    /// Returns one report as JSON, as viewers with this view get it; `nil` when it cannot be encoded.
    func report(for view: View) async -> Data? {
        let families = await families
        let time = Date.now.timeIntervalSince1970
        let list = await list(for: view)
        return await texts.run { [self] in try? report(at: time, families, list).json }
    }

    /// The current metrics.
    private var families: [PrometheusFamily] {
        get async {
            await server.flushMetrics()
            return await texts.run { [self] in
                process.refresh()
                return metrics.families
            }
        }
    }

    /// Sends one report to each viewer.
    ///
    /// - Returns: Whether the work goes on.
    private func report() async -> Bool {
        let families = await families
        let time = Date.now.timeIntervalSince1970
        let views = state.withLock { state in
            state.history.append(StatusSample(time: time, families))
            state.history.removeFirst(max(state.history.count - Self.historyCount, 0))
            state.reportsWithoutViewer = state.viewers.isEmpty ? state.reportsWithoutViewer + 1 : 0
            return Set(state.viewers.values.map(\.view))
        }
        for view in views {
            let list = await list(for: view)
            let json = await texts.run { [self] in try? report(at: time, families, list).json }
            guard let event = json.map({ Self.event("status", $0) }) else { continue }
            let streams = state.withLock { $0.viewers.values.filter { $0.view == view }.map(\.stream) }
            for stream in streams { stream.send(event) }
        }
        // In one step, so that a viewer who comes now starts the work again.
        return state.withLock { state in
            if state.reportsWithoutViewer < Self.historyCount, !Task.isCancelled { return true }
            state.work = nil
            return false
        }
    }

    private func list(for view: View) async -> ConnectionList? {
        guard let order = view.order else { return nil }
        return await server.connections(by: order, limit: Self.maximumConnections, containing: view.filter)
    }

    private func report(at time: Double, _ families: [PrometheusFamily], _ list: ConnectionList?) -> StatusReport {
        StatusReport(
            time: time,
            server: identity.with(server.configuration),
            actions: hasActions,
            state: "\(server.state)",
            backplane: server.backplaneStatus.map { .init(state: $0.state.rawValue, problem: $0.problem) },
            metrics: Dictionary(
                families.map { family in
                    // JSON has no number for others, which a program's own metrics may have.
                    (family.name, family.series.mapValues(\.values).filter { $0.value.allSatisfy(\.isFinite) })
                },
                uniquingKeysWith: { first, _ in first }
            ),
            connections: list.map {
                ConnectionReport($0, closed: server.recentlyClosed.prefix(Self.maximumClosed))
            }
        )
    }

    /// Returns an event in the format of `text/event-stream`; JSON has no line ends.
    private static func event(_ name: String, _ json: Data) -> Bytes {
        var bytes = Array("event: \(name)\ndata: ".utf8)
        bytes += json
        bytes += "\n\n".utf8
        return Bytes(bytes)
    }
}
