import Foundation
import Switchboard
import SwitchboardTransport

/// Answers the requests for the page, its events, `/metrics`, `/healthz`, `/readyz` and `/connections`.
struct AdminHandler: HTTPHandler {
    let server: Server
    /// Whether a server whose backplane is disconnected is not ready.
    let requiresBackplane: Bool
    let metrics: PrometheusFactory
    let process: ProcessStatistics
    /// Sends what the page shows.
    let feed: StatusFeed

    /// The longest text to filter connections by, in bytes.
    private static let maximumFilterBytes = 255

    private let texts: TextQueue

    init(
        server: Server,
        _ identity: StatusReport.Identity,
        requiresBackplane: Bool,
        metrics: PrometheusFactory,
        process: ProcessStatistics
    ) {
        self.server = server
        self.requiresBackplane = requiresBackplane
        self.metrics = metrics
        self.process = process
        texts = TextQueue()
        feed = StatusFeed(server, identity, metrics: metrics, process: process, texts: texts)
    }

    func answer(_ request: HTTPRequest, from remoteAddress: SocketAddress?) -> HTTPAnswer {
        switch request.path {
        case "/": .now(StatusPage.response)
        case "/events": sendEvents(for: request, from: remoteAddress)
        case "/metrics": .later { await renderMetrics(as: MetricsFormat(accept: request.accept)) }
        case "/healthz": .now(HTTPResponse(.ok, text: "ok"))
        case "/readyz": .now(readiness)
        case "/connections": listConnections(for: request, from: remoteAddress)
        default: .now(HTTPResponse(.notFound, text: "not found: use /, /metrics, /healthz, /readyz or /connections"))
        }
    }

    private func renderMetrics(as format: MetricsFormat) async -> HTTPResponse {
        await server.flushMetrics()
        return await texts.run {
            process.refresh()
            let text = PrometheusText(metrics.families, as: format).text
            return HTTPResponse(
                .ok,
                contentType: format.contentType,
                body: Bytes(utf8: text),
                fields: [("Vary", "Accept")]
            )
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

    /// The order of connections that the request asks for; `nil` for an unknown one.
    private static func order(of request: HTTPRequest) -> ConnectionList.Order? {
        ConnectionList.Order(rawValue: request.query["sort"] ?? "pending")
    }

    private static var unknownOrder: HTTPAnswer {
        .now(HTTPResponse(.badRequest, text: "sort must be pending, rate or age"))
    }

    private func sendEvents(for request: HTTPRequest, from remoteAddress: SocketAddress?) -> HTTPAnswer {
        guard let order = Self.order(of: request) else { return Self.unknownOrder }
        let filter = request.query["filter"].flatMap { $0.isEmpty ? nil : $0 }
        guard filter?.utf8.count ?? 0 <= Self.maximumFilterBytes else {
            return .now(HTTPResponse(.badRequest, text: "filter has at most \(Self.maximumFilterBytes) bytes"))
        }
        guard feed.hasRoom else {
            let text = "\(StatusFeed.maximumViewers) pages are open already"
            return .now(HTTPResponse(.unavailable, text: text))
        }
        // Users and addresses are shown on this machine only.
        let isLocal = remoteAddress?.isLoopback ?? false
        let view = StatusFeed.View(order: isLocal ? order : nil, filter: isLocal ? filter : nil)
        return .events { [feed] in feed.add($0, view) }
    }

    private func listConnections(for request: HTTPRequest, from remoteAddress: SocketAddress?) -> HTTPAnswer {
        // The address is the socket's, not one from a header field, which a client could forge.
        guard let remoteAddress, remoteAddress.isLoopback else {
            return .now(HTTPResponse(.forbidden, text: "/connections is available from the loopback address only"))
        }
        guard let order = Self.order(of: request) else { return Self.unknownOrder }
        let limits = 0...ConnectionReport.maximumLimit
        let limit = request.query["limit"].map { Int($0) } ?? ConnectionReport.defaultLimit
        guard let limit, limits.contains(limit) else {
            let text = "limit must be between 0 and \(ConnectionReport.maximumLimit)"
            return .now(HTTPResponse(.badRequest, text: text))
        }
        return .later {
            let list = await server.connections(by: order, limit: limit)
            return await texts.run {
                let report = ConnectionReport(list, closed: server.recentlyClosed)
                guard let json = try? report.json else {
                    return HTTPResponse(.unavailable, text: "the connections cannot be encoded as JSON")
                }
                return HTTPResponse(.ok, contentType: "application/json", body: Bytes(json))
            }
        }
    }
}
