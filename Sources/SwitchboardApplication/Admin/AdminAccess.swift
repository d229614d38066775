import Logging
import Switchboard
import Synchronization

/// Decides which requests may see users and addresses, and which may act on the server.
///
/// Users and addresses are shown on the machine of the server, and to clients with the token. Actions require the token.
final class AdminAccess: Sendable {
    /// The answer to a request for users and addresses.
    enum Verdict {
        case granted
        /// The client is on another machine and has no token, or the request may come from a page of another site.
        case withheld(reason: String)
        /// The token is wrong.
        case rejected(HTTPResponse)
    }

    /// The time in which at most one rejected token is logged.
    private static let logInterval = Duration.seconds(10)

    private struct Rejections {
        var lastLogged: ContinuousClock.Instant?
        /// The number of rejected tokens since the last line.
        var unlogged = 0
    }

    /// The token; `nil` for a server without actions.
    private let token: AdminToken?
    /// The names by which a request from this machine may name the server, in lower case.
    private let hosts: Set<String>
    private let logger: Logger
    private let rejections = Mutex(Rejections())

    /// - Parameters:
    ///   - token: The token that actions require; `nil` for a server without actions.
    ///   - hosts: The names of this machine, to which `localhost` is added.
    ///   - logger: The log of rejected tokens.
    init(token: AdminToken?, hosts: [String], logger: Logger) {
        self.token = token
        self.hosts = Set((hosts + ["localhost"]).map { $0.lowercased() })
        self.logger = logger
    }

    /// Whether the server has actions.
    var hasActions: Bool { token != nil }

    /// Returns whether a request may see users and addresses.
    ///
    /// - Parameter remoteAddress: The address of the client's socket, not one from a header field, which a client could forge.
    func verdict(on request: HTTPRequest, from remoteAddress: SocketAddress?) -> Verdict {
        if isLocal(remoteAddress) {
            return namesThisMachine(request) ? .granted : .withheld(reason: foreignHost)
        }
        if let token, let given = request.token {
            return rejection(of: given, token, from: remoteAddress).map { .rejected($0) } ?? .granted
        }
        let way = token == nil ? "" : ", or with the token of --admin-token-file"
        return .withheld(reason: "connections are shown on the loopback address and the Unix-domain socket only\(way)")
    }

    /// Returns the response to a request that may not act on the server; `nil` for one that may.
    func refusal(of request: HTTPRequest, from remoteAddress: SocketAddress?) -> HTTPResponse? {
        guard let token else {
            return HTTPResponse(.forbidden, text: "actions are disabled: start the server with --admin-token-file")
        }
        guard !isLocal(remoteAddress) || namesThisMachine(request) else {
            return HTTPResponse(.forbidden, text: foreignHost)
        }
        guard let given = request.token else {
            return Self.unauthorized("send the token of --admin-token-file in the field Authorization: Bearer TOKEN")
        }
        return rejection(of: given, token, from: remoteAddress)
    }

    /// Returns whether a client is on this machine: on the loopback address, or on the Unix-domain socket.
    private func isLocal(_ remoteAddress: SocketAddress?) -> Bool {
        remoteAddress.map { $0.isLoopback || $0.isUnix } ?? false
    }

    // MARK: Hosts

    private var foreignHost: String {
        "the field Host must be an IP address, localhost, the name of this machine, or --metrics-host"
    }

    /// Returns whether the request names this machine, or no machine, as only programs do.
    ///
    /// A page of another site whose name resolves to the loopback address (DNS rebinding) has the name of that site in its requests.
    /// A browser reaches a Unix-domain socket through a proxy only, which may pass on that name.
    private func namesThisMachine(_ request: HTTPRequest) -> Bool {
        guard let field = request.host else { return true }
        let isBracketed = field.hasPrefix("[")
        let end = isBracketed ? field.firstIndex(of: "]").map { field.index(after: $0) } : field.firstIndex(of: ":")
        let host = field[..<(end ?? field.endIndex)].lowercased()
        return SocketAddress(ipAddress: host, port: 0) != nil || hosts.contains(host)
    }

    // MARK: Tokens

    private func rejection(
        of given: String,
        _ token: AdminToken,
        from remoteAddress: SocketAddress?
    ) -> HTTPResponse? {
        switch token.verdict(on: given, from: remoteAddress?.network, isLocal: isLocal(remoteAddress)) {
        case .right: return nil
        case .wrong:
            log(remoteAddress)
            return Self.unauthorized("the token is not that of --admin-token-file")
        case .tooManyFailures:
            log(remoteAddress)
            return HTTPResponse(.tooManyRequests, text: "too many wrong tokens from this address: wait a minute")
        }
    }

    private static func unauthorized(_ text: String) -> HTTPResponse {
        HTTPResponse(.unauthorized, text: text, fields: [("WWW-Authenticate", "Bearer")])
    }

    private func log(_ remoteAddress: SocketAddress?) {
        let now = ContinuousClock.now
        let unlogged = rejections.withLock { rejections -> Int? in
            if let last = rejections.lastLogged, now - last < Self.logInterval {
                rejections.unlogged += 1
                return nil
            }
            defer { rejections = Rejections(lastLogged: now) }
            return rejections.unlogged
        }
        guard let unlogged else { return }
        let peer = remoteAddress.map { "\($0)" } ?? "unknown"
        logger.warning("admin token rejected", metadata: ["peer": "\(peer)", "moreBefore": "\(unlogged)"])
    }
}
