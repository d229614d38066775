internal import DequeModule
internal import SwitchboardBytes

// One iteration of the loop: it delivers the events of a poll, runs jobs, lets deadlines pass, flushes output, and releases
// streams that have closed. All of it is bounded, so that no stream delays the others for long.

extension EventLoop {
    /// The size of the buffer that input is received into, in bytes.
    static let readBufferBytes = 128 * 1024

    /// The largest number of closed streams that are released in an iteration.
    private static let maximumReleases = 512

    /// Whether the next iteration has something to do without an event.
    var hasWork: Bool {
        !awaitingContinuation.isEmpty || !awaitingFlush.isEmpty || !awaitingRelease.isEmpty || isCatchingUp
    }

    func runIteration(eventCount: Int) {
        continueWork()
        for index in 0..<eventCount {
            switch poller.event(at: index) {
            case .wake, .timer: break
            case .descriptor(let token, let events):
                hasBeenBusy = true
                handles[token]?.becameReady(events)
            }
        }
        runJobs()
        if now >= timerTime { expireDueDeadlines(after: eventCount) }
        flushOutput()
        releaseClosed()
    }

    private func runJobs() {
        guard !jobs.isEmpty else { return }
        hasBeenBusy = true
        for job in jobs { job() }
        // What the jobs hold is released now, not in the next iteration.
        jobs.removeAll(keepingCapacity: true)
    }

    private func continueWork() {
        guard !awaitingContinuation.isEmpty else { return }
        let pollables = awaitingContinuation
        awaitingContinuation = []
        for pollable in pollables {
            pollable.awaitsContinuation = false
            pollable.continueWork()
        }
    }

    /// Sends all output of the iteration so far.
    func flushOutput() {
        receiver?.flush()
        // One by one: some may be added meanwhile.
        while let stream = awaitingFlush.popLast() { stream.flushAtEndOfIteration() }
    }

    /// Sends the output of `stream` at the end of the iteration, and ends it there if it is finishing.
    func requestFlush(of stream: SocketStream) {
        guard !stream.awaitsFlush else { return }
        stream.awaitsFlush = true
        awaitingFlush.append(stream)
    }

    /// Ends a burst of output, as ``OutputStage/sendBurst(to:behind:)`` does.
    // For a stream the stage is a property of a property, to which the compiler would count a reference.
    func sendBurst(to socket: Socket, behind pending: inout PendingOutput) -> SendResult? {
        stage.sendBurst(to: socket, behind: &pending)
    }

    /// Releases `stream`, which has closed, at the end of the iteration.
    func requestRelease(of stream: SocketStream) {
        awaitingRelease.append(stream)
    }

    /// Releases streams that have closed, some of them: to close a descriptor takes time.
    func releaseClosed() {
        for _ in 0..<min(awaitingRelease.count, Self.maximumReleases) { awaitingRelease.popFirst()?.release() }
    }

    /// Lets `pollable` continue in the next iteration, without an event.
    func requestContinuation(of pollable: any Pollable) {
        guard !pollable.awaitsContinuation else { return }
        pollable.awaitsContinuation = true
        awaitingContinuation.append(pollable)
    }

    // MARK: Descriptors

    /// Watches `descriptor` for `pollable`.
    ///
    /// - Returns: The token, or `nil` with the error number when it cannot be watched.
    func watch(_ descriptor: Int32, for pollable: any Pollable) -> (token: HandleTable.Token?, errno: Int32) {
        let token = handles.insert(pollable)
        let result = poller.add(descriptor, token: token)
        if result >= 0 { return (token, 0) }
        handles.remove(token)
        return (nil, -result)
    }

    /// Delivers no further event for `token`.
    ///
    /// Its descriptor is to be closed, which removes it from the epoll set.
    func unwatch(_ token: HandleTable.Token) {
        handles.remove(token)
    }

    /// Delivers no further event for `token`, whose descriptor stays open.
    func unwatch(_ token: HandleTable.Token, keeping descriptor: Int32) {
        handles.remove(token)
        poller.remove(descriptor)
    }

    // MARK: Memory

    /// Takes memory for input that has no other reference; ``giveBack(_:)`` returns it once the input was presented.
    func takeReadBuffer() -> ByteStorage {
        if isKnownUniquelyReferenced(&readBuffer), let buffer = readBuffer.take() { return buffer }
        return ByteStorage(capacity: Self.readBufferBytes)
    }

    /// Takes the memory for input back.
    ///
    /// It is not used again when delegates have kept parts of it.
    func giveBack(_ buffer: consuming ByteStorage) {
        readBuffer = buffer
    }
}

/// What an event loop reads between the moment at which a deadline is found to be due and the moment at which it passes.
///
/// A loop that did not run for a while, because the process was suspended, the machine was busy or a handler blocked,
/// finds deadlines due together with input that came in time. The input comes first. Two things bound the delay:
/// the number of polls that deliver every descriptor that was ready, and a time limit for streams that have more input
/// than one read takes.
struct CatchUp {
    /// The longest time that deadlines wait for streams that have more to read, in nanoseconds.
    private static let maximumDelay: UInt64 = 250_000_000

    /// The number of polls after which every descriptor that was ready at the start has been delivered: the system
    /// reports ready descriptors in their order, a batch in each poll.
    private var pollsLeft: Int

    /// When the wait for streams with more to read ends, on the loop's clock.
    private let latestTime: UInt64

    /// - Parameters:
    ///   - watched: The number of descriptors that the loop watches, or more.
    ///   - now: The loop's clock.
    init(watched: Int, at now: UInt64) {
        // Two more for the loop's own: the counter and the timer.
        pollsLeft = (watched + 2) / Poller.batchSize + 1
        latestTime = now &+ Self.maximumDelay
    }

    /// Counts a poll that began after the start, and whose events have been handled.
    ///
    /// - Parameters:
    ///   - eventCount: The number of events that the poll returned.
    ///   - hasUnread: Whether a stream has more input than it has read so far.
    ///   - now: The loop's clock.
    /// - Returns: Whether deadlines may pass.
    mutating func advance(eventCount: Int, hasUnread: Bool, at now: UInt64) -> Bool {
        pollsLeft = eventCount < Poller.batchSize ? 0 : pollsLeft - 1
        return pollsLeft <= 0 && (!hasUnread || now >= latestTime)
    }
}
