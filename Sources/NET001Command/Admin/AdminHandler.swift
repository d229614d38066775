import Dispatch
import Foundation
import Switchboard
import SwitchboardTransport

/// Answers the requests for `/metrics`, `/healthz`, `/readyz` and `/connections`.
struct AdminHandler: HTTPHandler {
    let server: Server
    /// Whether a server whose backplane is disconnected is not ready.
    let requiresBackplane: Bool
    let metrics: PrometheusFactory
    let process: ProcessStatistics

    /// The queue that makes long texts, so that they block neither the event loop nor Swift's concurrent threads.
    private let queue = DispatchQueue(label: "net001.admin.texts")

    init(server: Server, requiresBackplane: Bool, metrics: PrometheusFactory, process: ProcessStatistics) {
        self.server = server
        self.requiresBackplane = requiresBackplane
        self.metrics = metrics
        self.process = process
    }

    func answer(_ request: HTTPRequest, from remoteAddress: SocketAddress?) -> HTTPAnswer {
        switch request.path {
        case "/metrics": .later { await renderMetrics() }
        case "/healthz": .now(HTTPResponse(.ok, text: "ok"))
        case "/readyz": .now(readiness)
        case "/connections": listConnections(for: request, from: remoteAddress)
        default: .now(HTTPResponse(.notFound, text: "not found: use /metrics, /healthz, /readyz or /connections"))
        }
    }

    private func renderMetrics() async -> HTTPResponse {
        await server.flushMetrics()
        return await make {
            process.refresh()
            let text = PrometheusText(metrics.families).text
            return HTTPResponse(.ok, contentType: PrometheusText.contentType, body: Bytes(utf8: text))
        }
    }

    private var readiness: HTTPResponse {
        guard server.state == .ready else { return HTTPResponse(.unavailable, text: "\(server.state)") }
        guard let backplane = server.backplaneStatus, backplane.state != .up else {
            return HTTPResponse(.ok, text: "ready")
        }
        let text = "backplane \(backplane.state.rawValue): \(backplane.problem ?? "not connected")"
        // By default one outage of the engine does not take every server out of a load balancer.
        return requiresBackplane ? HTTPResponse(.unavailable, text: text) : HTTPResponse(.ok, text: "ready, \(text)")
    }

    private func listConnections(for request: HTTPRequest, from remoteAddress: SocketAddress?) -> HTTPAnswer {
        // The address is the socket's, not one from a header field, which a client could forge.
        guard let remoteAddress, remoteAddress.isLoopback else {
            return .now(HTTPResponse(.forbidden, text: "/connections is available from the loopback address only"))
        }
        guard let order = ConnectionReport.Order(rawValue: request.query["sort"] ?? "pending") else {
            return .now(HTTPResponse(.badRequest, text: "sort must be pending, rate or age"))
        }
        let limits = 0...ConnectionReport.maximumLimit
        let limit = request.query["limit"].map { Int($0) } ?? ConnectionReport.defaultLimit
        guard let limit, limits.contains(limit) else {
            let text = "limit must be between 0 and \(ConnectionReport.maximumLimit)"
            return .now(HTTPResponse(.badRequest, text: text))
        }
        return .later {
            let open = await server.connections()
            return await make {
                let report = ConnectionReport(open, closed: server.recentlyClosed, order: order, limit: limit)
                guard let json = try? report.json else {
                    return HTTPResponse(.unavailable, text: "the connections cannot be encoded as JSON")
                }
                return HTTPResponse(.ok, contentType: "application/json", body: Bytes(json))
            }
        }
    }

    /// Makes a response on the queue.
    private func make(_ response: @escaping @Sendable () -> HTTPResponse) async -> HTTPResponse {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: response()) }
        }
    }
}
