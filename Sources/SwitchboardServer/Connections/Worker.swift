internal import Logging
internal import SwitchboardRouter
internal import SwitchboardTLS
internal import SwitchboardTransport
internal import Synchronization

/// An event loop and the connections that live on it.
///
/// Everything but ``loop``, ``backlog``, ``handOver``, ``rooms`` and ``tracksUsers`` is touched on that loop only.
final class Worker: @unchecked Sendable {
    let loop: EventLoop
    /// The position of the worker in its group.
    let number: Int
    private(set) weak var group: WorkerGroup?
    /// Whether the server shares with others who is connected.
    @safe @exclusivity(unchecked) private var isInCluster = false
    private let memoryReturn: MemoryReturn
    let core: ServerCore
    @safe @exclusivity(unchecked) private(set) var connections: [ServerConnection] = []
    /// Finds a connection in ``connections`` by its number.
    @safe @exclusivity(unchecked) private(set) var positions = PositionIndex()
    /// The connections by room and by user; every thread uses it.
    let rooms = Mutex(RoomTable<ServerConnection>())
    /// Whether the users of connections are noted; every thread uses it.
    let tracksUsers = Atomic(false)
    /// What connections of this loop have sent to others in this iteration.
    var broadcasts = BroadcastLog()
    /// The connections that have sent something in it.
    var broadcasters: [ServerConnection] = []
    /// The connections that are not read because the backplane cannot take more broadcasts.
    var heldPublishers: [ServerConnection] = []
    /// The job that sends the broadcasts, made once.
    ///
    /// It finds the worker over the group, because counting references to an object takes longer if others refer to it weakly.
    private(set) lazy var sendJob: @Sendable () -> Void = { [weak group, number] in
        group?.workers[number].sendBroadcasts()
    }
    /// The size of other loops' broadcasts that this loop has not sent yet.
    let backlog = BroadcastBacklog()
    /// Ends the batch that the loop is handling.
    let interruption = BatchInterruption()
    /// What other threads do with connections of this loop; every thread uses it.
    let handOver: HandOver
    /// Is told when the identity of a connection's session changes.
    private(set) lazy var sessionObserver = SessionObserver(interruption) { [weak group, number] id in
        group?.workers[number].identityChanged(of: id)
    }
    let payloadCopies = PayloadCopies()
    /// The requests of the server that have no reply yet, by the connections of the peers.
    @safe @exclusivity(unchecked) var requestsToPeers: [ConnectionID: RequestsToPeer] = [:]

    /// The messages that the loop has taken from the shared rate and not handled yet.
    @safe @exclusivity(unchecked) var sharedAllowance = 0
    @safe @exclusivity(unchecked) var expiries: ExpiryTable
    @safe @exclusivity(unchecked) private(set) var limits: Limits
    @safe @exclusivity(unchecked) var repeatedEvents = RepeatedEvents()
    let metrics: WorkerMetrics
    /// Those of ``metrics``, within reach of the way of a message.
    let counters: MessageCounters
    /// What is being handled, for the watchdog.
    let currentMessage = CurrentMessage()
    /// Runs while there are connections, or events to summarise.
    let tick = Deadline()

    /// Whether the worker closes all connections, and every later one.
    var isDraining = false
    /// The connections that are not told yet that the server stops.
    var awaitingDrain: ArraySlice<ServerConnection> = []
    /// How many connections are told at once.
    var drainBatch = 0
    let drainTick = Deadline()

    /// The limits of connections that may change: see ``Server/updateLimits(_:)``.
    struct Limits {
        /// The timeouts in the units of ``expiries``; `nil` for none.
        let idle: ExpiryTable.Time?
        let frame: ExpiryTable.Time?
        let authentication: ExpiryTable.Time?
        let maximumUnauthenticatedPayload: Int
        let maximumChecksumFaultsInARow: Int
        // The timeouts for error messages.
        let idleTimeout: Duration
        let frameTimeout: Duration
        let authenticationTimeout: Duration

        init(_ configuration: ServerConfiguration) {
            idle = ExpiryTable.units(configuration.idleTimeout)
            frame = ExpiryTable.units(configuration.frameTimeout)
            authentication = ExpiryTable.units(configuration.authenticationTimeout)
            maximumUnauthenticatedPayload = configuration.maximumUnauthenticatedPayload
            maximumChecksumFaultsInARow = configuration.maximumChecksumFaultsInARow
            idleTimeout = configuration.idleTimeout
            frameTimeout = configuration.frameTimeout
            authenticationTimeout = configuration.authenticationTimeout
        }
    }

    /// The most connections to allocate memory for in advance.
    private static let maximumReservation = 65_536

    init(loop: EventLoop, number: Int, core: ServerCore, _ memoryReturn: MemoryReturn) {
        self.loop = loop
        self.number = number
        self.core = core
        self.memoryReturn = memoryReturn
        handOver = HandOver(interruption)
        expiries = ExpiryTable(now: loop.startTime)
        metrics = WorkerMetrics(core)
        counters = metrics.messages
        limits = Limits(core.currentConfiguration)
        let share = core.configuration.maximumConnections / core.configuration.eventLoops + 1
        connections.reserveCapacity(min(share, Self.maximumReservation))
        expiries.reserve(min(share, Self.maximumReservation))
    }

    /// Notes the group of the worker, before its loop serves connections.
    func join(_ group: WorkerGroup) {
        self.group = group
        isInCluster = group.cluster != nil
    }

    /// What is told who is connected, if other servers are.
    ///
    /// Loading a weak reference is slow, and most servers are alone.
    private var presence: PresenceWriter? { isInCluster ? group?.cluster?.presence : nil }

    /// Takes the limits of the current configuration.
    func updateLimits() {
        let authentication = limits.authentication
        limits = Limits(core.currentConfiguration)
        if core.requiresAuthentication, limits.authentication != authentication {
            for connection in connections where !connection.session.isAuthenticated { connection.beginExpiry() }
        }
        // The loop may hold a share of a shared rate that was not limited.
        sharedAllowance = 0
    }

    /// Serves a connection that was just accepted.
    ///
    /// It holds a slot.
    func adopt(_ descriptor: Int32, id: ConnectionID, remoteAddress: SocketAddress) {
        guard let connection = makeConnection(descriptor, id: id, remoteAddress: remoteAddress) else {
            return core.slots.giveBack(for: remoteAddress, of: number)
        }
        connection.position = connections.count
        connections.append(connection)
        positions.append(from: connections)
        expiries.append()
        metrics.countAccepted()
        presence?.note(connection)
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

    /// Aborts a connection without an error message.
    func abort(_ descriptor: Int32, _ reason: RefusalReason) {
        metrics.countRefusal(reason)
        SocketStream(adopting: descriptor, on: loop, remoteAddress: nil, limits: core.socketLimits).abort(.requested)
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
        let stream = tls.stream(over: socket) { [core] in core.tlsMetrics?.count($0) }
        return stream.map { ServerConnection(id: id, stream: $0, worker: self, core: core) }
    }

    /// Forgets a connection that has closed, if it was adopted.
    func forget(_ connection: ServerConnection) {
        guard let position = connection.position else { return }
        let presence = presence
        leaveAll(connection, presence)
        core.userLimit?.remove(connection.id)
        presence?.noteClosed(connection.id)
        positions.swapRemove(at: position, of: connections)
        guard let last = connections.popLast() else { return }
        expiries.swapRemove(at: position)
        connection.position = nil
        if last !== connection {
            connections[position] = last
            last.position = position
        }
        memoryReturn.noteClosed()
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
        core.slots.giveBack(for: connection.stream.remoteAddress, of: number)
    }
}

/// The message, the connection or the disconnection that an event loop calls user code for, as the watchdog sees it from another
/// thread.
///
/// The watchdog may see parts of two messages, but not while the loop hangs in one.
final class CurrentMessage: Sendable {
    /// What the loop does for a connection.
    enum Place {
        /// The loop handles input of the connection; the code is that of the message that began last.
        case message(ConnectionID, MessageCode)
        /// The loop calls the handlers of `onConnect`.
        case connection(ConnectionID)
        /// The loop calls the handlers of `onDisconnect`.
        case disconnection(ConnectionID)
    }

    /// Marks the number of a connection that has closed; no connection has so high a number.
    private static let closedMark: ConnectionID = 1 << 63

    /// Marks the number of a new connection.
    private static let newMark: ConnectionID = 1 << 62

    private let connection = Atomic<ConnectionID>(0)
    private let code = Atomic<MessageCode>(0)

    /// Input of a connection is about to be handled.
    @inline(__always)
    func begin(_ id: ConnectionID) { connection.store(id, ordering: .relaxed) }

    /// A message of it is about to be handled.
    @inline(__always)
    func begin(_ code: MessageCode) { self.code.store(code, ordering: .relaxed) }

    /// The handlers of `onConnect` are about to be called.
    func beginConnection(of id: ConnectionID) { connection.store(id | Self.newMark, ordering: .relaxed) }

    /// The handlers of `onDisconnect` are about to be called.
    func beginDisconnection(of id: ConnectionID) { connection.store(id | Self.closedMark, ordering: .relaxed) }

    /// All input of the connection is handled, or all handlers of `onConnect` or `onDisconnect` have returned.
    @inline(__always)
    func end() { connection.store(0, ordering: .relaxed) }

    /// What the loop does; `nil` while it calls no user code.
    var place: Place? {
        let id = connection.load(ordering: .relaxed)
        if id == 0 { return nil }
        if id & Self.closedMark != 0 { return .disconnection(id & ~Self.closedMark) }
        if id & Self.newMark != 0 { return .connection(id & ~Self.newMark) }
        return .message(id, code.load(ordering: .relaxed))
    }
}
