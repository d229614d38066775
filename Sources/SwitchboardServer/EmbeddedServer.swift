package import Logging
package import SwitchboardRouter
package import SwitchboardTransport

/// A server that listens nowhere: it is handed its connections, and serves them on a loop that somebody else runs.
package final class EmbeddedServer: Sendable {
    private let core: ServerCore
    private let group: WorkerGroup
    private let loop: EventLoop

    /// A server without connections.
    ///
    /// - Parameters:
    ///   - router: The handlers of its messages.
    ///   - configuration: The limits to keep. Where to listen, and on how many loops, does not count.
    ///   - logger: Where it says what happens to its connections.
    ///   - loop: What serves them.
    /// - Throws: A `RouterError`, a `ConfigurationError` or a `TLSError`: the first mistake.
    package init(_ router: Router, configuration: ServerConfiguration, logger: Logger, on loop: EventLoop) throws {
        core = try ServerCore(router, configuration: configuration, logger: logger)
        group = WorkerGroup(core, acceptor: loop, loops: [loop])
        self.loop = loop
    }

    /// Serves a connected socket, as if it had been accepted from `remoteAddress`; it must not block.
    package func serve(_ descriptor: Int32, from remoteAddress: SocketAddress) {
        loop.execute { [group] in group.place(descriptor, remoteAddress) }
    }

    /// Closes every connection, now and later ones, once what it has received is answered.
    package func drain() { group.drain() }

    /// How many connections have a place.
    package var openConnections: Int { core.slots.taken }
}
