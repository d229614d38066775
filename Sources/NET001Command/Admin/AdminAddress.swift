import Dispatch
import SwitchboardTransport

/// Where metrics are served: a host and a port.
struct AdminAddress: Sendable {
    let host: String
    let port: Int

    /// Where names are looked up: that may take long, and is to hold up nothing else.
    private static let queue = DispatchQueue(label: "net001.admin.names")

    /// All addresses to listen on: both families for a name that has both, and for `::`.
    ///
    /// - Throws: A `TransportError` when the host has no address.
    var resolvedForListening: [SocketAddress] {
        get async throws { try await Self.look(up: host == "::" || host == "[::]" ? ["::", "0.0.0.0"] : [host], port) }
    }

    /// All addresses at which this machine reaches it.
    ///
    /// Those that stand for all interfaces are replaced by the loopback.
    ///
    /// - Throws: A `TransportError` when the host has no address.
    var resolvedForConnecting: [SocketAddress] {
        get async throws {
            switch host {
            case "0.0.0.0": try await Self.look(up: ["127.0.0.1"], port)
            case "::", "[::]": try await Self.look(up: ["::1", "127.0.0.1"], port)
            default: try await Self.look(up: [host], port)
            }
        }
    }

    private static func look(up names: [String], _ port: Int) async throws -> [SocketAddress] {
        try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(
                    with: Result { try names.flatMap { try SocketAddress.resolve(host: $0, port: port) } }
                )
            }
        }
    }
}
