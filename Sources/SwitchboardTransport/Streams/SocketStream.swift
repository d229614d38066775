internal import SwitchboardBytes

/// A stream over a connected socket.
///
/// ``SocketStreamState`` decides what the stream does after each event. This class reports the events and performs the
/// actions.
///
/// Swift does not check exclusive access to the larger properties of this class and of the loop
/// (`@exclusivity(unchecked)`). The checks would cost more than all other work for a read burst. They are not needed:
/// only one thread uses the properties, and the methods that change one call no code that uses it again.
package final class SocketStream: ByteStream {
    /// The event loop of the stream.
    package let loop: EventLoop

    /// The address of the peer.
    package let remoteAddress: SocketAddress?

    private let sharedLimits: SharedStreamLimits
    let socket: Socket

    @safe @exclusivity(unchecked) var state: SocketStreamState
    private var token: HandleTable.Token?
    private(set) var delegate: (any StreamDelegate)?

    /// The input that the delegate has left unread.
    @safe @exclusivity(unchecked) var unread = UnreadInput()
    /// The output that the stream will offer to the socket at the end of the read burst or of the iteration.
    @safe @exclusivity(unchecked) var staged = OutputStage.Chain()
    /// The output that the socket did not accept.
    @safe @exclusivity(unchecked) var pending = PendingOutput()
    /// The pending output that the event loop's pending output contains, in bytes.
    @safe @exclusivity(unchecked) private var countedOutput = 0

    /// Whether this side ends once the output is flushed.
    private var endsOutput = false
    /// Whether the stream resets the connection when it closes.
    private var resetsConnection = false

    // Whether the stream is in these lists of the event loop; only the loop sets them.
    var awaitsContinuation = false
    var awaitsFlush = false

    /// Runs while output is pending, and while a finishing stream waits for the peer's end.
    ///
    /// It is created when needed, because most streams never need one.
    var deadline: Deadline?
    /// Runs while the system has no memory for the socket.
    var retry: Deadline?

    /// Takes over a connected socket, which the stream closes when it closes.
    ///
    /// - Parameters:
    ///   - descriptor: The socket, which must be non-blocking.
    ///   - loop: The event loop of the stream.
    ///   - remoteAddress: The address of the peer.
    ///   - limits: The limits of the stream.
    package convenience init(
        adopting descriptor: Int32,
        on loop: EventLoop,
        remoteAddress: SocketAddress?,
        limits: StreamLimits = StreamLimits()
    ) {
        let limits = SharedStreamLimits(limits)
        self.init(adopting: descriptor, on: loop, remoteAddress: remoteAddress, limits: limits)
    }

    /// Takes over a connected socket, with limits that other streams share.
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

    package func endOutput() {
        loop.assertIsCurrent()
        endsOutput = true
        loop.requestFlush(of: self)
    }

    /// Closes the stream at once as ``abort(_:)`` does, and resets the connection.
    package func reset() {
        loop.assertIsCurrent()
        resetsConnection = true
        close(.requested)
    }

    func close(_ reason: CloseReason) {
        perform(state.closeRequested(reason))
    }

    /// Reports to the state that the output is flushed, if the stream is finishing and no output is pending; ends this side, if
    /// ``endOutput()`` was called.
    func finishIfFlushed() {
        if state.isFinishing, pendingOutput == 0 { perform(state.outputFlushed()) }
        if endsOutput, state.isOpen, pendingOutput == 0 {
            endsOutput = false
            _ = socket.shutDownOutput()
        }
    }

    /// Closes the socket and releases the delegate of a stream that has closed.
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
        // From now on, the timeout applies to all pending output together.
        if deadline?.isRunning == true { startDeadline(lasting: limits.writeTimeout) }
        loop.requestFlush(of: self)
        loop.requestContinuation(of: self)
    }

    private func dropAll() {
        state.outputDropped(pendingOutput)
        unread.removeAll()
        if !pending.isEmpty { pending.removeAll() }
        countPending()
        if !staged.isEmpty { loop.stage.remove(&staged) }
        deadline?.cancel()
        retry?.cancel()
        if let token { loop.unwatch(token) }
        loop.requestRelease(of: self)
    }

    /// Adds the change of the pending output to that of the event loop.
    func countPending() {
        loop.pendingOutput += pending.byteCount - countedOutput
        countedOutput = pending.byteCount
    }

    private func release(withReset: Bool) {
        if withReset || resetsConnection { socket.closeWithReset() } else { socket.close() }
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

    /// The time to wait until the system may have memory again.
    private static let retryDelay = Duration.milliseconds(10)

    /// Tries to send and to receive again after ``retryDelay``.
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
