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
    private var isClosing = false

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

    /// Sends the same bytes to every connection on every loop but one.
    func broadcast(_ frame: Bytes, except sender: ConnectionID) {
        group?.broadcast(frame, except: sender)
    }

    func send(_ frame: Bytes, except sender: ConnectionID) {
        for connection in connections where connection.id != sender { connection.send(frame: frame) }
    }

    /// Closes every connection, now and later ones, once what they are doing is done.
    func closeConnections() {
        isClosing = true
        for connection in connections { connection.closeWhenAnswered() }
    }
}
