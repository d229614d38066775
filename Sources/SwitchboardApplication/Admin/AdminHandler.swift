import Logging
import Switchboard
import SwitchboardTransport

/// Answers the requests for the page and its events, for metrics, health, status and connections, and for actions.
struct AdminHandler: HTTPHandler {
    let server: Server
    /// Whether a server whose backplane is disconnected is not ready.
    let requiresBackplane: Bool
    let metrics: PrometheusFactory
    let process: ProcessStatistics
    let access: AdminAccess
    let actions: AdminActions
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
        process: ProcessStatistics,
        access: AdminAccess,
        logger: Logger
    ) {
        self.server = server
        self.requiresBackplane = requiresBackplane
        self.metrics = metrics
        self.process = process
        self.access = access
        actions = AdminActions(server: server, access: access, signals: .shared, logger: logger)
        texts = TextQueue()
        feed = StatusFeed(
            server,
            identity,
            hasActions: access.hasActions,
            metrics: metrics,
            process: process,
            texts: texts
        )
    }

    func answer(_ request: HTTPRequest, from remoteAddress: SocketAddress?) -> HTTPAnswer {
        switch request.path {
        case "/close": actions.answer(request, from: remoteAddress, actions.close)
        case "/drain": actions.answer(request, from: remoteAddress, actions.drain)
        case _ where request.method == .post: .now(Self.notForPost)
        case "/": .now(StatusPage.response)
        case "/events": sendEvents(for: request, from: remoteAddress)
        case "/metrics": .later { await renderMetrics(as: MetricsFormat(accept: request.accept)) }
        case "/healthz": .now(HTTPResponse(.ok, text: "ok"))
        case "/readyz": .now(readiness)
        case "/status": sendStatus(for: request, from: remoteAddress)
        case "/connections": listConnections(for: request, from: remoteAddress)
        default: .now(HTTPResponse(.notFound, text: Self.notFound))
        }
    }

    private static let notFound = "not found: use /, /metrics, /healthz, /readyz, /status or /connections"

    private static var notForPost: HTTPResponse {
        let text = "use GET: POST is for /close and /drain"
        return HTTPResponse(.methodNotAllowed, text: text, fields: [("Allow", "GET, HEAD")])
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
        let backplane = server.backplaneStatus.flatMap { $0.state == .up ? nil : $0 }
        switch (server.state, backplane) {
        // A drain that was requested begins in a task of its own.
        case (.ready, _) where actions.isStopping: return HTTPResponse(.unavailable, text: "\(ServerState.stopping)")
        case (.ready, nil): return HTTPResponse(.ok, text: "ready")
        case (.ready, let backplane?):
            let text = "backplane \(backplane.state.rawValue): \(backplane.problem ?? "not connected")"
            // By default one outage of the engine does not take every server out of a load balancer.
            return requiresBackplane
                ? HTTPResponse(.unavailable, text: text) : HTTPResponse(.ok, text: "ready, \(text)")
        case (.starting, let backplane?):
            let text = "connecting to the backplane: \(backplane.problem ?? "the engine has not answered yet")"
            return HTTPResponse(.unavailable, text: text)
        case (let state, _): return HTTPResponse(.unavailable, text: "\(state)")
        }
    }

    /// The order of connections that the request asks for; `nil` for an unknown one.
    private static func order(of request: HTTPRequest) -> ConnectionList.Order? {
        ConnectionList.Order(rawValue: request.query["sort"] ?? "pending")
    }

    private static var unknownOrder: HTTPAnswer {
        .now(HTTPResponse(.badRequest, text: "sort must be pending, rate or age"))
    }

    private func sendEvents(for request: HTTPRequest, from remoteAddress: SocketAddress?) -> HTTPAnswer {
        // Otherwise a page of another site could take the places of all viewers.
        guard !request.isCrossSite else {
            return .now(HTTPResponse(.forbidden, text: "/events is for the page of this server only"))
        }
        return withView(of: request, from: remoteAddress) { view in
            guard feed.hasRoom else {
                let text = "\(StatusFeed.maximumViewers) pages are open already"
                return .now(HTTPResponse(.unavailable, text: text))
            }
            return .events { [feed] in feed.add($0, view) }
        }
    }

    private func sendStatus(for request: HTTPRequest, from remoteAddress: SocketAddress?) -> HTTPAnswer {
        withView(of: request, from: remoteAddress) { view in
            .later {
                guard let json = await feed.report(for: view) else {
                    return HTTPResponse(.unavailable, text: "the status cannot be encoded as JSON")
                }
                return HTTPResponse(json: json)
            }
        }
    }

    /// Returns what `answer` makes of the view that the request asks for, without connections if the client may not see them.
    private func withView(
        of request: HTTPRequest,
        from remoteAddress: SocketAddress?,
        _ answer: (StatusFeed.View) -> HTTPAnswer
    ) -> HTTPAnswer {
        guard let order = Self.order(of: request) else { return Self.unknownOrder }
        let filter = request.query["filter"].flatMap { $0.isEmpty ? nil : $0 }
        guard filter?.utf8.count ?? 0 <= Self.maximumFilterBytes else {
            return .now(HTTPResponse(.badRequest, text: "filter has at most \(Self.maximumFilterBytes) bytes"))
        }
        switch access.verdict(on: request, from: remoteAddress) {
        case .granted: return answer(StatusFeed.View(order: order, filter: filter))
        case .withheld: return answer(StatusFeed.View(order: nil, filter: nil))
        case .rejected(let response): return .now(response)
        }
    }

    private func listConnections(for request: HTTPRequest, from remoteAddress: SocketAddress?) -> HTTPAnswer {
        switch access.verdict(on: request, from: remoteAddress) {
        case .granted: break
        case .withheld(let reason): return .now(HTTPResponse(.forbidden, text: reason))
        case .rejected(let response): return .now(response)
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
                return HTTPResponse(json: json)
            }
        }
    }
}
