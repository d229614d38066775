import FlyingFox
import FlyingSocks
import Foundation
import ServiceLifecycle
import Switchboard
import SwitchboardTransport

/// Tells others, over HTTP, how the server is: metrics, health, connections.
///
/// It is to be stopped after the server, so that one can see it drain.
struct AdminServer: Service {
    /// How long an answer may take, in seconds.
    private static let requestTimeout: TimeInterval = 5

    /// How long requests may take to end when it is stopped, in seconds.
    private static let stopTimeout: TimeInterval = 0.1

    /// The largest body of a request that is read, in bytes; nothing here needs any.
    private static let maximumBody = 4096

    let host: String
    let port: Int
    let server: Server
    let handler: AdminHandler
    /// Called with where the metrics are, once they are.
    let onListening: @Sendable (_ url: String) -> Void

    func run() async throws {
        let http = HTTPServer(
            config: HTTPServer.Configuration(
                address: try address,
                timeout: Self.requestTimeout,
                sharedRequestBufferSize: Self.maximumBody,
                sharedRequestReplaySize: Self.maximumBody,
                logger: .disabled
            ),
            handler: handler
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await serve(with: http) }
            group.addTask {
                try? await gracefulShutdown()
                await http.stop(timeout: Self.stopTimeout)
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func serve(with http: HTTPServer) async throws {
        let listening = Task {
            try await http.waitUntilListening()
            // A server that cannot listen says that, and nothing else.
            _ = try await server.listeningAddress
            if let address = await http.listeningAddress {
                onListening("http://\(Self.text(address))/metrics")
            }
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

    /// The first address that the host has.
    private var address: any FlyingSocks.SocketAddress {
        get throws {
            do {
                let resolved = try SwitchboardTransport.SocketAddress.resolve(host: host, port: port)
                guard let first = resolved.first else { throw SocketError.unsupportedAddress }
                let port = UInt16(clamping: first.port)
                return first.host.contains(":")
                    ? try sockaddr_in6.inet6(ip6: first.host, port: port)
                    : try sockaddr_in.inet(ip4: first.host, port: port)
            } catch {
                throw AdminServerError(host: host, port: port, reason: error)
            }
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
