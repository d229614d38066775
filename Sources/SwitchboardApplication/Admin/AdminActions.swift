import FoundationEssentials
import Logging
import Switchboard
import SwitchboardServer

/// Performs the actions of the admin endpoint: closes connections, and starts a drain.
struct AdminActions: Sendable {
    let server: Server
    let access: AdminAccess
    let signals: ApplicationSignals
    let logger: Logger

    /// The answer to `/close`.
    struct Closed: Codable {
        /// The number of connections.
        let closed: Int
    }

    /// The answer to `/drain`.
    struct Drain: Codable {
        let state: String
        /// Whether the drain had started before.
        let already: Bool
    }

    /// Performs the action that `request` asks for, if it is a POST request with the token.
    func answer(
        _ request: HTTPRequest,
        from remoteAddress: SocketAddress?,
        _ action: (HTTPRequest, _ peer: String) -> HTTPAnswer
    ) -> HTTPAnswer {
        guard request.method == .post else {
            let text = "\(request.path) acts on the server: use POST"
            return .now(HTTPResponse(.methodNotAllowed, text: text, fields: [("Allow", "POST")]))
        }
        if let refusal = access.refusal(of: request, from: remoteAddress) { return .now(refusal) }
        return action(request, remoteAddress.map { "\($0)" } ?? "unknown")
    }

    /// Closes the connections that the query names.
    func close(_ request: HTTPRequest, by peer: String) -> HTTPAnswer {
        let destination: Destination
        switch (request.query["connection"], request.query["user"]) {
        case (let text?, nil):
            guard let id = ConnectionID(text) else {
                return .now(HTTPResponse(.badRequest, text: "connection must be the number of a connection"))
            }
            destination = .connection(id)
        case (nil, let user?): destination = .user(user)
        default: return .now(HTTPResponse(.badRequest, text: "use /close?connection=ID or /close?user=NAME"))
        }
        return .later {
            let count = await server.close(destination)
            var particulars: Logger.Metadata = ["peer": "\(peer)", "connections": "\(count)"]
            switch destination {
            case .connection(let id): particulars["connection"] = "\(id)"
            case .user(let user): particulars["user"] = "\(user)"
            case .all, .room, .session: break
            }
            logger.notice(count > 0 ? "connections closed by admin" : "no connection to close", metadata: particulars)
            return Self.response(count > 0 ? .ok : .notFound, Closed(closed: count))
        }
    }

    /// Whether a drain was requested, or a signal stops the server.
    var isStopping: Bool { signals.isStopping }

    /// Starts a drain, unless the server drains.
    func drain(_ request: HTTPRequest, by peer: String) -> HTTPAnswer {
        if isStopping { return .now(Self.response(.ok, Drain(state: "draining", already: true))) }
        logger.notice("drain requested by admin", metadata: ["peer": "\(peer)"])
        // The client has the answer before the server stops.
        return .now(Self.response(.accepted, Drain(state: "draining", already: false)), then: signals.drain)
    }

    private static func response(_ status: HTTPStatus, _ value: some Encodable) -> HTTPResponse {
        guard let json = try? JSONEncoder().encode(value) else {
            return HTTPResponse(.unavailable, text: "the result cannot be encoded as JSON")
        }
        return HTTPResponse(status, json: json)
    }
}
