import Dispatch
import Logging
import ServiceLifecycle
import Switchboard
import SwitchboardTransport
import Synchronization

/// Serves metrics, health and connections of the server over HTTP.
///
/// It stops after the server, so that its clients can watch the drain.
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

    /// Opens the port; clients can connect, but wait until ``run()`` accepts them.
    ///
    /// A second call has no effect.
    ///
    /// - Throws: An ``AdminServerError`` when the system does not let the process listen on the port.
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

    /// Serves until a graceful shutdown.
    func run() async throws {
        // The server opens its own ports first, so that an error there is reported first.
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
        handler.feed.stop()
        await http.stop()
    }
}

/// The metrics port cannot be opened.
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

/// The host and the port of the metrics endpoint.
struct AdminAddress: Sendable {
    let host: String
    let port: Int

    /// The time for the look-up of the host.
    private static let lookUpTimeout = Duration.seconds(30)

    /// The addresses to listen on; `::` is all IPv4 and IPv6 addresses.
    ///
    /// - Throws: A `TransportError` when the host has no address; a `CancellationError` when the task is cancelled.
    var resolvedForListening: [SocketAddress] {
        get async throws { try await resolve(host, within: Self.lookUpTimeout) }
    }

    /// Returns the addresses to connect to from this machine.
    ///
    /// An address that stands for all addresses of the machine is replaced by the loopback address.
    ///
    /// - Throws: A `TransportError` when the host has no address, or none was found in time; a `CancellationError` when
    ///   the task is cancelled.
    func resolvedForConnecting(within timeout: Duration) async throws -> [SocketAddress] {
        try await resolve(host, within: timeout).flatMap { address in
            guard address.isUnspecified else { return [address] }
            let loopbacks = address.isIPv6 ? ["::1", "127.0.0.1"] : ["127.0.0.1"]
            return try loopbacks.map { try SocketAddress($0, port: port) }
        }
    }

    private func resolve(_ host: String, within timeout: Duration) async throws -> [SocketAddress] {
        try await SocketAddress.resolve(host: host, port: port, within: timeout)
    }
}
