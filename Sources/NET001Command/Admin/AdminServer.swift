import FlyingFox
import FlyingSocks
import Foundation
import Logging
import ServiceLifecycle
import Switchboard
import SwitchboardTransport
import Synchronization

/// Tells others, over HTTP, how the server is: metrics, health, connections.
///
/// It is to be stopped after the server, so that one can see it drain.
final class AdminServer: Service {
    /// How long an answer may take, in seconds.
    private static let requestTimeout: TimeInterval = 5

    /// How long requests may take to end when it is stopped, in seconds.
    private static let stopTimeout: TimeInterval = 0.1

    /// The largest body of a request that is read, in bytes; nothing here needs any.
    private static let maximumBody = 4096

    /// The longest time that the look-up of the host may take.
    private static let lookUpTimeout = Duration.seconds(30)

    /// How long to wait before HTTP is served again after it could not go on.
    private static let pauseTime = Duration.seconds(1)

    let host: String
    let port: Int
    let server: Server
    let handler: AdminHandler
    let logger: Logger

    /// Where it listens, once it does.
    private let listeningPort = Mutex<Int?>(nil)

    init(host: String, port: Int, server: Server, handler: AdminHandler, logger: Logger) {
        self.host = host
        self.port = port
        self.server = server
        self.handler = handler
        self.logger = logger
    }

    /// Serves until it is told to stop.
    ///
    /// When it cannot go on, as when no descriptor is left for another connection, it closes those that it has and begins
    /// anew after a pause: nothing that happens here may end the server.
    func run() async throws {
        while true {
            do {
                return try await serve(HTTPServer(config: try await configuration, handler: handler))
            } catch {
                guard listeningPort.withLock({ $0 }) != nil else { throw error }
                logger.warning("metrics are not served for a moment", metadata: ["reason": "\(error)"])
            }
            do {
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.pauseTime) }
            } catch {
                return
            }
        }
    }

    private var configuration: HTTPServer.Configuration {
        get async throws {
            HTTPServer.Configuration(
                address: try await address,
                timeout: Self.requestTimeout,
                sharedRequestBufferSize: Self.maximumBody,
                sharedRequestReplaySize: Self.maximumBody,
                logger: .disabled
            )
        }
    }

    private func serve(_ http: HTTPServer) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.listen(with: http) }
            group.addTask {
                try? await gracefulShutdown()
                await http.stop(timeout: Self.stopTimeout)
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func listen(with http: HTTPServer) async throws {
        let listening = Task { [self] in
            try await http.waitUntilListening()
            // A server that cannot listen says that, and nothing else.
            _ = try await server.listeningAddress
            if let address = await http.listeningAddress { note(address) }
        }
        defer { listening.cancel() }
        do {
            try await http.run()
        } catch {
            if Task.isCancelled || Task.isShuttingDownGracefully { return }
            // When the server cannot listen either, that is what is to be said.
            _ = try await server.listeningAddress
            throw AdminServerError(host: host, port: port, reason: error)
        }
    }

    /// Says where the metrics are; when it listens again it is at the same port.
    private func note(_ address: Socket.Address) {
        let isFirst = listeningPort.withLock { known in
            defer { known = Self.port(of: address) ?? port }
            return known == nil
        }
        if isFirst { logger.info("serving metrics", metadata: ["url": "http://\(Self.text(address))/metrics"]) }
    }

    /// The first address that the host has.
    private var address: any FlyingSocks.SocketAddress {
        get async throws {
            do {
                let port = listeningPort.withLock { $0 } ?? port
                let resolved = try await SwitchboardTransport.SocketAddress.resolve(
                    host: host,
                    port: port,
                    within: Self.lookUpTimeout
                )
                guard let first = resolved.first else { throw SocketError.unsupportedAddress }
                let number = UInt16(clamping: first.port)
                return first.host.contains(":")
                    ? try sockaddr_in6.inet6(ip6: first.host, port: number)
                    : try sockaddr_in.inet(ip4: first.host, port: number)
            } catch {
                throw AdminServerError(host: host, port: port, reason: error)
            }
        }
    }

    private static func port(of address: Socket.Address) -> Int? {
        switch address {
        case .ip4(_, let port), .ip6(_, let port): Int(port)
        case .unix: nil
        }
    }

    private static func text(_ address: Socket.Address) -> String {
        switch address {
        case .ip4(let host, let port): "\(host):\(port)"
        case .ip6(let host, let port): "[\(host)]:\(port)"
        case .unix(let path): path
        }
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
        if case .failed(_, _, let message) = reason as? SocketError { return message }
        return "\(reason)"
    }
}
