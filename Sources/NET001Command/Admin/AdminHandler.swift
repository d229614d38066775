import FlyingFox
import Foundation
import Switchboard

/// Answers what is asked over HTTP.
struct AdminHandler: HTTPHandler {
    let server: Server
    let metrics: PrometheusFactory
    let process: ProcessStatistics

    func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard request.method == .GET || request.method == .HEAD else {
            return text(.methodNotAllowed, "only GET is answered here")
        }
        var response =
            switch request.path {
            case "/metrics": await renderMetrics()
            case "/healthz": text(.ok, "ok")
            case "/readyz": readiness
            case "/connections": try await listConnections(for: request)
            default: text(.notFound, "there are /metrics, /healthz, /readyz and /connections")
            }
        if request.method == .HEAD {
            response = HTTPResponse(statusCode: response.statusCode, headers: response.headers)
        }
        return response
    }

    private func renderMetrics() async -> HTTPResponse {
        await server.flushMetrics()
        process.refresh()
        return text(.ok, PrometheusText(metrics.families).text, as: PrometheusText.contentType, ending: "")
    }

    private var readiness: HTTPResponse {
        server.state == .ready ? text(.ok, "ready") : text(.serviceUnavailable, "\(server.state)")
    }

    private func listConnections(for request: HTTPRequest) async throws -> HTTPResponse {
        guard Self.isLoopback(request.remoteAddress) else {
            return text(.forbidden, "connections are shown to this machine only")
        }
        guard let order = ConnectionReport.Order(rawValue: request.query["sort"] ?? "pending") else {
            return text(.badRequest, "sort must be pending, rate or age")
        }
        let limits = 0...ConnectionReport.maximumLimit
        let limit = request.query["limit"].map { Int($0) } ?? ConnectionReport.defaultLimit
        guard let limit, limits.contains(limit) else {
            return text(.badRequest, "limit must be between 0 and \(ConnectionReport.maximumLimit)")
        }
        let report = await ConnectionReport(
            server.connections(),
            closed: server.recentlyClosed,
            order: order,
            limit: limit
        )
        return HTTPResponse(statusCode: .ok, headers: [.contentType: "application/json"], body: try report.json)
    }

    /// Whether a request came from this machine: by the socket's address, not by what a header says.
    private static func isLoopback(_ address: HTTPRequest.Address?) -> Bool {
        switch address {
        case .ip4(let host, _): host.hasPrefix("127.")
        case .ip6(let host, _): host == "::1" || host.hasPrefix("::ffff:127.")
        case .unix, nil: false
        }
    }

    private func text(
        _ status: HTTPStatusCode,
        _ text: String,
        as type: String = "text/plain; charset=utf-8",
        ending: String = "\n"
    ) -> HTTPResponse {
        HTTPResponse(statusCode: status, headers: [.contentType: type], body: Data((text + ending).utf8))
    }
}
