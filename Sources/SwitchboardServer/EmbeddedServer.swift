package import Logging
package import SwitchboardBackplane
package import SwitchboardRouter
package import SwitchboardTransport

/// A server without a listener: it serves sockets that the caller provides, on an event loop that the caller runs.
package final class EmbeddedServer: Sendable {
    private let core: ServerCore
    private let group: WorkerGroup
    private let loop: EventLoop

    /// A server without connections.
    ///
    /// - Parameters:
    ///   - router: The handlers of the messages.
    ///   - configuration: The limits to keep. The addresses to listen on and the number of event loops are not used.
    ///   - backplane: The connection to other servers, which the caller starts and stops.
    ///   - logger: The log of the connections.
    ///   - loop: The event loop that serves the connections.
    /// - Throws: A `RouterError`, a `ConfigurationError` or a `TLSError`: the first mistake.
    package init(
        _ router: Router,
        configuration: ServerConfiguration,
        backplane: (any Backplane)? = nil,
        logger: Logger,
        on loop: EventLoop
    ) throws {
        var configuration = configuration
        configuration.eventLoops = 1
        core = try ServerCore(router, configuration: configuration, logger: logger)
        group = WorkerGroup(core, supervisor: loop, loops: [loop], backplane)
        self.loop = loop
    }

    /// The receiver of the backplane's blocks; `nil` without a backplane.
    package var backplaneReceiver: (any BackplaneReceiver)? { group.backplane }

    /// The fingerprint of the server's protocol.
    package var fingerprint: ProtocolFingerprint { ProtocolFingerprint(core.wireProtocol) }

    /// Serves a connected socket, which must be non-blocking, as if it was accepted from `remoteAddress`.
    package func serve(_ descriptor: Int32, from remoteAddress: SocketAddress) {
        loop.execute { [group] in group.place(descriptor, remoteAddress, acceptedBy: group.workers[0]) }
    }

    /// Drains: closes every connection, including later ones, after the replies to all requests that have arrived.
    package func drain() { group.drain() }

    /// Sends a message to the connections of a destination, as ``Server/send(_:to:)`` does.
    package func send(_ message: some Message, to destination: Destination) throws(PayloadError) {
        let frame = try core.encoder.encode(message)
        group.send(frame, of: type(of: message).code, to: destination)
    }

    /// Returns the peers of a destination.
    package func peers(of destination: Destination) -> Peers { group.peers(of: destination) }

    /// Disconnects the connections of a destination, as ``Server/disconnect(_:because:)`` does.
    package func disconnect(_ destination: Destination, because error: (any ErrorMessage)?) throws(PayloadError) {
        var last: (code: MessageCode, frame: Bytes)?
        if let error { last = (type(of: error).code, try core.encoder.encode(error)) }
        group.disconnect(destination, last: last)
    }

    /// The number of connections that have a connection slot.
    package var openConnections: Int { core.slots.taken }
}
