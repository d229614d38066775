internal import SwitchboardBytes

/// A stream over a connected socket.
///
/// Its larger parts, and those of the loop, are changed on one thread by methods that call nobody who could come back to
/// them. That is not checked at run time: the checks would cost more than all else that is done for a burst.
package final class SocketStream: ByteStream {
    /// The loop that the stream lives on.
    package let loop: EventLoop

    /// The address of the peer.
    package let remoteAddress: SocketAddress?

    private let sharedLimits: SharedStreamLimits
    let socket: Socket

    enum Phase {
        case notStarted
        case open
        /// Sends what is pending, and throws input away.
        case finishing
        case closed
    }

    var phase = Phase.notStarted
    var token: SlotTable.Token?
    var delegate: (any StreamDelegate)?
    /// Why the stream finishes or has closed.
    var reason = CloseReason.requested

    // MARK: Input

    /// Whether there may be input to receive.
    ///
    /// Events tell only when that begins.
    var isReadable = false
    /// Whether a short read is not the last: behind all input the peer's end, or an error, is to be seen, or urgent data
    /// has cut it.
    var readsUntilEmpty = false
    var inputHasEnded = false
    var isPaused = false
    /// Whether input that the delegate left is to be presented again without more of it.
    var presentsAgain = false
    @safe @exclusivity(unchecked) var tail = InputTail()
    /// How many bytes the delegate wants to see at once.
    var wanted = 0
    /// How many bytes were thrown away while finishing.
    var discardedBytes = 0

    // MARK: Output

    @safe @exclusivity(unchecked) var staged = OutputStage.Run()
    @safe @exclusivity(unchecked) var pending = PendingOutput()
    @safe @exclusivity(unchecked) private var isHeldBack = false
    package internal(set) var isCongested: Bool {
        get { isHeldBack }
        set { isHeldBack = newValue }
    }
    var outputIsShut = false
    /// Whether the socket is closed with a reset, because what is pending will not be delivered.
    var closesWithReset = false

    // MARK: The loop's lists

    var awaitsTurn = false
    var awaitsFlush = false

    /// Runs while output is pending, then while the peer's end is awaited.
    ///
    /// Most streams never need it.
    var deadline: Deadline?
    /// Runs while the system has no memory to spare.
    var retry: Deadline?

    /// Takes over a connected socket, which is closed with the stream.
    ///
    /// - Parameters:
    ///   - descriptor: The socket; it must not block.
    ///   - loop: The loop to live on.
    ///   - remoteAddress: The address of the peer.
    ///   - limits: How much to keep for the peer, and for how long.
    package convenience init(
        adopting descriptor: Int32,
        on loop: EventLoop,
        remoteAddress: SocketAddress?,
        limits: StreamLimits = StreamLimits()
    ) {
        let limits = SharedStreamLimits(limits)
        self.init(adopting: descriptor, on: loop, remoteAddress: remoteAddress, limits: limits)
    }

    /// The same, with limits that other streams have, too.
    package init(
        adopting descriptor: Int32,
        on loop: EventLoop,
        remoteAddress: SocketAddress?,
        limits: SharedStreamLimits
    ) {
        socket = Socket(descriptor: descriptor)
        self.loop = loop
        self.remoteAddress = remoteAddress
        sharedLimits = limits
    }

    var limits: StreamLimits { sharedLimits.limits }

    deinit {
        if phase == .notStarted { socket.close() }
    }

    package func start(_ delegate: any StreamDelegate) {
        loop.assertIsCurrent()
        precondition(phase == .notStarted, "a stream is started once")
        phase = .open
        self.delegate = delegate
        guard !loop.hasStopped else { return close(.loopStopped) }
        let (token, errno) = loop.watch(socket.descriptor, for: self)
        self.token = token
        if token == nil { close(.reset(errno)) }
    }
}

extension SocketStream: Pollable {
    func becameReady(_ events: PollEvents) {
        if events.contains(.writable) { sendPending() }
        guard phase != .closed, !events.isDisjoint(with: [.readable, .urgent, .ended, .failed]) else { return }
        isReadable = true
        if !events.isDisjoint(with: [.urgent, .ended, .failed]) { readsUntilEmpty = true }
        if events.contains(.failed), !mayReceive { return fail(socket.takeError()) }
        receiveOnce()
        if !events.isDisjoint(with: .ended), phase == .open, !inputHasEnded { delegate?.peerEnded() }
    }

    func takeTurn() {
        receiveOnce()
    }

    func loopStops() {
        close(.loopStopped)
    }
}
