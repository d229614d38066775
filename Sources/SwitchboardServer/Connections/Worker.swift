internal import SwitchboardRouter
internal import SwitchboardTransport

/// An event loop and the connections that live on it.
///
/// Everything but ``loop`` is touched on that loop only.
final class Worker: @unchecked Sendable {
    let loop: EventLoop
    weak var group: WorkerGroup?
    private let core: ServerCore
    private var connections: [ServerConnection] = []
    private var broadcasts = BroadcastLog()
    /// Those who have something in it.
    private var broadcasters: [ServerConnection] = []
    private var isClosing = false
    /// The message of the connection that is being received whose handler is to be awaited next.
    var waitingMessage: WaitingMessage?

    init(loop: EventLoop, core: ServerCore) {
        self.loop = loop
        self.core = core
    }

    /// Serves a connection that was just accepted.
    ///
    /// It holds a slot.
    func adopt(_ descriptor: Int32, id: ConnectionID, remoteAddress: SocketAddress) {
        let connection = makeConnection(descriptor, id: id, remoteAddress: remoteAddress)
        connection.position = connections.count
        connections.append(connection)
        connection.start()
        if isClosing { connection.closeWhenAnswered() }
    }

    /// Tells a peer for whom there is no slot, and closes.
    func refuse(_ descriptor: Int32, id: ConnectionID, remoteAddress: SocketAddress) {
        makeConnection(descriptor, id: id, remoteAddress: remoteAddress).refuse()
    }

    private func makeConnection(
        _ descriptor: Int32,
        id: ConnectionID,
        remoteAddress: SocketAddress
    ) -> ServerConnection {
        let stream = SocketStream(
            adopting: descriptor,
            on: loop,
            remoteAddress: remoteAddress,
            limits: core.streamLimits
        )
        return ServerConnection(id: id, stream: stream, worker: self, core: core)
    }

    /// Forgets a connection that has closed, if it was adopted.
    func forget(_ connection: ServerConnection) {
        guard let position = connection.position, let last = connections.popLast() else { return }
        connection.position = nil
        if last !== connection {
            connections[position] = last
            last.position = position
        }
        core.slots.giveBack()
    }

    // MARK: Broadcasts

    /// Sends what `encode` writes to every connection on every loop but `sender`, at the end of the turn.
    func broadcast<Failure>(
        from sender: ServerConnection,
        _ encode: (inout ByteWriter) throws(Failure) -> Void
    ) throws(Failure) {
        let isFirst = broadcasts.isEmpty
        try broadcasts.append(from: sender.id, encode)
        if !sender.hasBroadcast {
            sender.hasBroadcast = true
            broadcasters.append(sender)
        }
        if broadcasts.isFull {
            sendBroadcasts()
        } else if isFirst {
            loop.execute { self.sendBroadcasts() }
        }
    }

    private func sendBroadcasts() {
        if broadcasts.isEmpty { return }
        let pieces = broadcasters.map { broadcasts.pieces(for: $0.id) }
        let frames = broadcasts.take()
        for connection in connections where !connection.hasBroadcast { connection.send(frame: frames) }
        for (sender, pieces) in zip(broadcasters, pieces) {
            sender.hasBroadcast = false
            for piece in pieces { sender.send(frame: frames[piece]) }
        }
        broadcasters.removeAll(keepingCapacity: true)
        group?.send(frames, except: self)
    }

    /// Sends what connections of other loops have broadcast.
    func send(_ frames: Bytes) {
        for connection in connections { connection.send(frame: frames) }
    }

    /// Closes every connection, now and later ones, once what they are doing is done.
    func closeConnections() {
        isClosing = true
        for connection in connections { connection.closeWhenAnswered() }
    }
}
