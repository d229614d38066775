internal import SwitchboardBytes

/// A stream over a connected socket.
///
/// ``SocketStreamState`` decides what follows each event; this class reports the events and performs the actions.
///
/// Its larger parts, and those of the loop, are changed on one thread by methods that call nothing that comes back to them.
/// That is not checked at run time: the checks would cost more than all else that is done for a read burst.
package final class SocketStream: ByteStream {
    /// The event loop that the stream lives on.
    package let loop: EventLoop

    /// The address of the peer.
    package let remoteAddress: SocketAddress?

    private let sharedLimits: SharedStreamLimits
    let socket: Socket

    @safe @exclusivity(unchecked) var state: SocketStreamState
    private var token: HandleTable.Token?
    private(set) var delegate: (any StreamDelegate)?

    /// The input that the delegate has left.
    @safe @exclusivity(unchecked) var unread = UnreadInput()
    /// The output that is offered to the socket at the end of the read burst or of the iteration.
    @safe @exclusivity(unchecked) var staged = OutputStage.Chain()
    /// The output that the socket did not take.
    @safe @exclusivity(unchecked) var pending = PendingOutput()

    // The event loop's: whether the stream is in its lists.
    var awaitsContinuation = false
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

    /// Takes over a connected socket, with limits that other streams have, too.
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
        state = SocketStreamState(stopsReadingWhileCongested: limits.limits.stopsReadingWhileCongested)
    }

    var limits: StreamLimits { sharedLimits.limits }

    deinit {
        if state.isUnstarted { socket.close() }
    }

    package func start(_ delegate: any StreamDelegate) {
        loop.assertIsCurrent()
        let action = state.started()
        precondition(action == .watch, "a stream is started once")
        self.delegate = delegate
        perform(action)
    }

    package func finish(_ reason: CloseReason) {
        loop.assertIsCurrent()
        perform(state.finishRequested(reason))
    }

    package func abort(_ reason: CloseReason) {
        loop.assertIsCurrent()
        close(reason)
    }

    func close(_ reason: CloseReason) {
        perform(state.closeRequested(reason))
    }

    /// Reports that no output is pending, when that is so and the stream finishes.
    func finishIfFlushed() {
        if state.isFinishing, pendingOutput == 0 { perform(state.outputFlushed()) }
    }

    /// Lets the socket and the delegate go, once the iteration in which the stream has closed is over.
    func release() {
        perform(state.release())
    }

    // MARK: Actions

    func perform(_ action: SocketStreamState.Action) {
        switch action {
        case .nothing: break
        case .watch: watch()
        case .continueInput: loop.requestContinuation(of: self)
        case .reportPeerEnded: delegate?.peerEnded()
        case .reportEnd: delegate?.reachedEnd()
        case .reportFlushed:
            loop.requestContinuation(of: self)
            delegate?.flushed()
        case .beginFinishing: beginFinishing()
        case .shutDownOutput:
            let isConnected = socket.shutDownOutput()
            perform(state.outputWasShutDown(isConnected: isConnected, limits))
        case .awaitPeerEnd: startDeadline(lasting: limits.lingerTimeout)
        case .close: dropAll()
        case .release(let withReset): release(withReset: withReset)
        }
    }

    private func watch() {
        guard !loop.hasStopped else { return close(.loopStopped) }
        let (token, errno) = loop.watch(socket.descriptor, for: self)
        self.token = token
        if token == nil { close(.reset(errno)) }
    }

    private func beginFinishing() {
        unread.removeAll()
        // From now on the timeout is for everything together.
        if deadline?.isRunning == true { startDeadline(lasting: limits.writeTimeout) }
        loop.requestFlush(of: self)
        loop.requestContinuation(of: self)
    }

    private func dropAll() {
        state.outputDropped(pendingOutput)
        unread.removeAll()
        pending.removeAll()
        loop.stage.remove(&staged)
        deadline?.cancel()
        retry?.cancel()
        if let token { loop.unwatch(token) }
        loop.requestRelease(of: self)
    }

    private func release(withReset: Bool) {
        if withReset { socket.closeWithReset() } else { socket.close() }
        let delegate = delegate
        self.delegate = nil
        delegate?.closed(state.reason)
    }

    // MARK: Deadlines

    func startDeadline(lasting duration: Duration) {
        let deadline = deadline ?? Deadline()
        self.deadline = deadline
        deadline.start(in: loop.deadlines(lasting: duration), delegate: self)
    }

    /// How long to wait before the system may have memory again.
    private static let retryDelay = Duration.milliseconds(10)

    /// Tries again to send, and to receive, when the system may have memory again.
    func retryLater() {
        let retry = retry ?? Deadline()
        self.retry = retry
        if !retry.isRunning { retry.start(in: loop.deadlines(lasting: Self.retryDelay), delegate: self) }
    }
}

extension SocketStream: DeadlineDelegate {
    package func deadlinePassed(_ passed: Deadline) {
        if passed === retry {
            sendPending()
            state.becameReadable(readsUntilEmpty: false)
            receiveOnce()
        } else {
            perform(state.expired(hasPendingOutput: !pending.isEmpty))
        }
    }
}

extension SocketStream: Pollable {
    func becameReady(_ events: PollEvents) {
        if events.contains(.writable) { sendPending() }
        guard !state.isClosed, !events.isDisjoint(with: [.readable, .urgent, .ended, .failed]) else { return }
        state.becameReadable(readsUntilEmpty: !events.isDisjoint(with: [.urgent, .ended, .failed]))
        if events.contains(.failed), !mayReceive { return perform(state.failed(errno: socket.takeError())) }
        receiveOnce()
        if !events.isDisjoint(with: .ended) { perform(state.peerEnded()) }
    }

    func continueWork() {
        receiveOnce()
    }

    func loopStops() {
        close(.loopStopped)
    }
}
