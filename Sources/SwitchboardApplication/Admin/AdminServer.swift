import Glibc
import Logging
import Switchboard
import SwitchboardTransport
import Synchronization

/// Serves metrics, health and connections of the server over HTTP.
final class AdminServer: Sendable {
    let address: AdminAddress
    /// The permissions of the file of a Unix-domain socket.
    let socketMode: UInt16
    let handler: AdminHandler
    let logger: Logger

    private let running = Mutex<HTTPServer?>(nil)

    init(address: AdminAddress, socketMode: UInt16, handler: AdminHandler, logger: Logger) {
        self.address = address
        self.socketMode = socketMode
        self.handler = handler
        self.logger = logger
    }

    /// Serves until ``stop()``.
    ///
    /// - Throws: An ``AdminServerError`` when the system does not let the process listen on the address; a `CancellationError` when
    ///   the task is cancelled.
    func start() async throws {
        do {
            let addresses = try await address.resolvedForListening
            let http = try HTTPServer(handler: handler)
            running.withLock { $0 = http }
            let opened = try http.listen(at: addresses, fileMode: socketMode)
            try await http.start()
            guard let first = opened.first else { return }
            let place: Logger.Metadata =
                first.isUnix ? ["address": "\(first)"] : ["url": "http://\(first)/metrics"]
            logger.info("serving metrics", metadata: place)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw AdminServerError(address: address, reason: error)
        }
    }

    /// Closes the port and all connections.
    func stop() async {
        let http = running.withLock { running in
            defer { running = nil }
            return running
        }
        await http?.stop()
        // After the connections, which could otherwise start it again.
        handler.feed.stop()
    }
}

/// The metrics endpoint cannot listen on its address.
struct AdminServerError: Error, CustomStringConvertible {
    let address: AdminAddress
    let reason: any Error

    var description: String {
        "cannot serve metrics on \(address): \(detail) (choose another \(address.option), or --no-metrics)"
    }

    private var detail: String {
        guard let error = reason as? TransportError, error.errno != 0 else { return "\(reason)" }
        if error.errno == EADDRINUSE, case .unixSocket(let path) = address,
            let obstacle = SocketPath.obstacle(at: path)
        {
            return obstacle
        }
        return error.description.split(separator: ": ").last.map(String.init) ?? error.description
    }
}

/// The address of the metrics endpoint.
enum AdminAddress: Sendable, CustomStringConvertible {
    case tcp(host: String, port: Int)
    case unixSocket(path: String)

    /// The time for the look-up of the host.
    private static let lookUpTimeout = Duration.seconds(30)

    /// The host; `nil` for a Unix-domain socket.
    var host: String? {
        if case .tcp(let host, _) = self { host } else { nil }
    }

    /// The option that sets the address.
    var option: String {
        switch self {
        case .tcp: "--metrics-port"
        case .unixSocket: "--metrics-socket"
        }
    }

    var description: String {
        switch self {
        case .tcp(let host, let port): "\(host):\(port)"
        case .unixSocket(let path): "unix \(path)"
        }
    }

    /// The addresses to listen on; `::` is all IPv4 and IPv6 addresses.
    ///
    /// - Throws: A `TransportError` when the host has no address, or the path is empty or too long for a Unix-domain socket; a `CancellationError` when the task
    ///   is cancelled.
    var resolvedForListening: [SocketAddress] {
        get async throws { try await resolve(within: Self.lookUpTimeout) }
    }

    /// Returns the addresses to connect to from this machine.
    ///
    /// An address that stands for all addresses of the machine is replaced by the loopback address.
    ///
    /// - Throws: A `TransportError` when the host has no address, none was found in time, or the path is empty or too long for a Unix-domain socket; a
    ///   `CancellationError` when the task is cancelled.
    func resolvedForConnecting(within timeout: Duration) async throws -> [SocketAddress] {
        try await resolve(within: timeout).flatMap { address in
            guard address.isUnspecified else { return [address] }
            let loopbacks = address.isIPv6 ? ["::1", "127.0.0.1"] : ["127.0.0.1"]
            return try loopbacks.map { try SocketAddress($0, port: address.port) }
        }
    }

    private func resolve(within timeout: Duration) async throws -> [SocketAddress] {
        switch self {
        case .tcp(let host, let port): try await SocketAddress.resolve(host: host, port: port, within: timeout)
        case .unixSocket(let path): [try SocketAddress(unixSocketPath: path)]
        }
    }
}
