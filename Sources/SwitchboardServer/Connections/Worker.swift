internal import Logging
internal import SwitchboardRouter
internal import SwitchboardTLS
internal import SwitchboardTransport

/// An event loop and the connections that live on it.
///
/// Everything but ``loop`` and ``backlog`` is touched on that loop only.
final class Worker: @unchecked Sendable {
    let loop: EventLoop
    weak var group: WorkerGroup?
    let core: ServerCore
    private(set) var connections: [ServerConnection] = []
    /// What connections of this loop have broadcast in its turn.
    var broadcasts = BroadcastLog()
    /// Those who have something in it.
    var broadcasters: [ServerConnection] = []
    /// What sends it, made once.
    private(set) lazy var sendJob: @Sendable () -> Void = { [weak self] in self?.sendBroadcasts() }
    /// What connections of other loops have broadcast, and this one has not sent yet.
    let backlog = BroadcastBacklog()
    /// The messages of the connection that is being received whose handlers are to be awaited next.
    @safe @exclusivity(unchecked) var waitingMessages: WaitingMessages?
    let payloadCopies = PayloadCopies()

    /// How many messages may still be handled of those that were taken out of the rate that all workers share.
    @safe @exclusivity(unchecked) var messageAllowance = 0
    @safe @exclusivity(unchecked) var expiries: ExpiryTable
    let limits: TimeLimits
    var repeatedEvents = RepeatedEvents()
    let metrics: WorkerMetrics
    /// Those of ``metrics``, within reach of the way of a message.
    let counters: MessageCounters
    /// What is being handled, for the watchdog.
    let currentMessage = CurrentMessage()
    /// Runs while there is something to look at now and then.
    let tick = Deadline()

    /// Whether all connections are to be closed, now and later ones.
    var isDraining = false
    /// Those that are still to be told that the server stops.
    var awaitingDrain: ArraySlice<ServerConnection> = []
    /// How many of them are told at once.
    var drainBatch = 0
    let drainTick = Deadline()

    /// How long connections may be silent, in the units of ``expiries``; `nil` for ever.
    struct TimeLimits {
        let idle: ExpiryTable.Time?
        let frame: ExpiryTable.Time?
        let authentication: ExpiryTable.Time?

        init(_ configuration: ServerConfiguration) {
            idle = ExpiryTable.units(configuration.idleTimeout)
            frame = ExpiryTable.units(configuration.frameTimeout)
            authentication = ExpiryTable.units(configuration.authenticationTimeout)
        }
    }

    /// The most connections that room is made for ahead.
    private static let maximumReservation = 65_536

    init(loop: EventLoop, core: ServerCore) {
        self.loop = loop
        self.core = core
        expiries = ExpiryTable(now: loop.startTime)
        metrics = WorkerMetrics(core)
        counters = metrics.messages
        limits = TimeLimits(core.configuration)
        let share = core.configuration.maximumConnections / core.configuration.eventLoops + 1
        connections.reserveCapacity(min(share, Self.maximumReservation))
        expiries.reserve(min(share, Self.maximumReservation))
    }

    /// Serves a connection that was just accepted.
    ///
    /// It holds a slot.
    func adopt(_ descriptor: Int32, id: ConnectionID, remoteAddress: SocketAddress) {
        guard let connection = makeConnection(descriptor, id: id, remoteAddress: remoteAddress) else {
            return core.slots.giveBack(for: remoteAddress)
        }
        connection.position = connections.count
        connections.append(connection)
        expiries.append()
        metrics.countAccepted()
        startTick()
        connection.start()
        if isDraining { connection.drain() }
    }

    /// Tells a peer why there is no slot for it, and closes.
    func refuse(_ descriptor: Int32, id: ConnectionID, remoteAddress: SocketAddress, _ reason: RefusalReason) {
        metrics.countRefusal(reason)
        noteRefusal(reason, id: id, remoteAddress: remoteAddress)
        guard let connection = makeConnection(descriptor, id: id, remoteAddress: remoteAddress) else {
            return core.slots.endRefusal()
        }
        connection.refuse(reason.explanation)
    }

    /// `nil` when there is no memory for its part of TLS; it is closed then.
    private func makeConnection(
        _ descriptor: Int32,
        id: ConnectionID,
        remoteAddress: SocketAddress
    ) -> ServerConnection? {
        let socket = SocketStream(
            adopting: descriptor,
            on: loop,
            remoteAddress: remoteAddress,
            limits: core.socketLimits
        )
        guard let tls = core.tls else {
            return ServerConnection(id: id, stream: socket, worker: self, core: core)
        }
        return tls.stream(over: socket).map { ServerConnection(id: id, stream: $0, worker: self, core: core) }
    }

    /// Forgets a connection that has closed, if it was adopted.
    func forget(_ connection: ServerConnection) {
        guard let position = connection.position, let last = connections.popLast() else { return }
        expiries.swapRemove(at: position)
        connection.position = nil
        if last !== connection {
            connections[position] = last
            last.position = position
        }
        group?.memoryReturn.noteClosed()
    }

    /// Lets the connection at `position` be looked at when nothing has come for `time`, or never.
    @inline(__always)
    func lookAt(_ position: Int, after time: ExpiryTable.Time?) {
        expiries.set(position, to: time, after: loop.now)
    }

    /// Lets another connection have the place of one that has closed and whose handlers are done.
    func giveBackSlot(of connection: ServerConnection) {
        // What it has changed is to be counted.
        startTick()
        core.slots.giveBack(for: connection.stream.remoteAddress)
    }
}
