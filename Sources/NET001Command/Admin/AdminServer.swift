import Dispatch
import Logging
import ServiceLifecycle
import Switchboard
import SwitchboardTransport
import Synchronization

/// Tells others, over HTTP, how the server is: metrics, health, connections.
///
/// It is to be stopped after the server, so that one can see it drain.
final class AdminServer: Service {
    let host: String
    let port: Int
    let server: Server
    let handler: AdminHandler
    let logger: Logger

    private let claimed = Mutex<(http: HTTPServer, address: SocketAddress)?>(nil)

    init(host: String, port: Int, server: Server, handler: AdminHandler, logger: Logger) {
        self.host = host
        self.port = port
        self.server = server
        self.handler = handler
        self.logger = logger
    }

    /// Takes the port, where clients wait until ``run()`` answers them.
    ///
    /// Without effect when that is done already.
    ///
    /// - Throws: An ``AdminServerError`` when the port cannot be listened on.
    func claimPort() async throws {
        guard claimed.withLock({ $0 == nil }) else { return }
        do {
            let addresses = try await AdminAddress(host: host, port: port).resolvedForListening
            let http = try HTTPServer(handler: handler)
            do {
                guard let address = try http.listen(at: addresses).first else { return }
                claimed.withLock { $0 = (http, address) }
            } catch {
                await http.stop()
                throw error
            }
        } catch {
            throw AdminServerError(host: host, port: port, reason: error)
        }
    }

    /// Serves until it is told to stop.
    func run() async throws {
        // The server takes its ports first, then has this one taken: it says itself what of that fails.
        _ = try await server.listeningAddress
        try await claimPort()
        guard let (http, address) = claimed.withLock({ $0 }) else { return }
        do {
            try await http.start()
        } catch {
            await http.stop()
            throw AdminServerError(host: host, port: port, reason: error)
        }
        logger.info("serving metrics", metadata: ["url": "http://\(address)/metrics"])
        try? await gracefulShutdown()
        await http.stop()
    }
}

/// Metrics cannot be served.
struct AdminServerError: Error, CustomStringConvertible {
    let host: String
    let port: Int
    let reason: any Error

    var description: String {
        "cannot serve metrics on \(host):\(port): \(detail) (choose another --metrics-port, or --no-metrics)"
    }

    private var detail: String {
        guard let error = reason as? TransportError, error.errno != 0 else { return "\(reason)" }
        return error.description.split(separator: ": ").last.map(String.init) ?? error.description
    }
}
