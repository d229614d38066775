internal import DequeModule
package import SwitchboardBytes

// One iteration of the event loop: it delivers the events of a poll, runs jobs, ends deadlines, flushes output and
// releases closed streams. Each of these steps is bounded, so that no stream delays the others for long.

extension EventLoop {
    /// The size of the buffer that streams receive input into, in bytes.
    static let readBufferBytes = 128 * 1024

    /// The capacity of the memory of ``takeBurstBuffer()``, in bytes.
    package static let burstBufferBytes = 128 * 1024

    /// The largest number of these that the loop keeps: a stream uses one for input and one for output.
    private static let maximumBurstBuffers = 2

    /// The largest number of closed streams that one iteration releases.
    private static let maximumReleases = 512

    /// Whether the next iteration has work even if no event arrives.
    var hasWork: Bool {
        !awaitingContinuation.isEmpty || !awaitingFlush.isEmpty || !awaitingRelease.isEmpty || !taskJobs.isEmpty
            || isCatchingUp
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
        runTaskJobs()
        if now >= timerTime { expireDueDeadlines(after: eventCount) }
        flushOutput()
        releaseClosed()
    }

    private func runJobs() {
        guard !jobs.isEmpty else { return }
        hasBeenBusy = true
        for job in jobs { job() }
        // Empty the array now, so that the objects that the jobs refer to are released in this iteration.
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

    /// Sends all output that streams have staged in this iteration.
    func flushOutput() {
        receiver?.flush()
        // One by one, because a flush may add streams to the list.
        while let stream = awaitingFlush.popLast() { stream.flushAtEndOfIteration() }
    }

    /// Flushes `stream` at the end of the iteration; a finishing stream then shuts its output down.
    func requestFlush(of stream: SocketStream) {
        guard !stream.awaitsFlush else { return }
        stream.awaitsFlush = true
        awaitingFlush.append(stream)
    }

    /// Ends the burst of output, as ``OutputStage/sendBurst(to:behind:)`` does.
    // A method of the loop, because the compiler would count a reference to the stage if a stream called the stage
    // itself.
    func sendBurst(to socket: Socket, behind pending: inout PendingOutput) -> SendResult? {
        stage.sendBurst(to: socket, behind: &pending)
    }

    /// Releases `stream`, which has closed, at the end of this or a later iteration.
    func requestRelease(of stream: SocketStream) {
        awaitingRelease.append(stream)
    }

    /// Releases some of the closed streams.
    ///
    /// The number is limited, because it takes time to close a descriptor.
    func releaseClosed() {
        for _ in 0..<min(awaitingRelease.count, Self.maximumReleases) { awaitingRelease.popFirst()?.release() }
    }

    /// Calls `pollable` in the next iteration, even if no event arrives.
    func requestContinuation(of pollable: any Pollable) {
        guard !pollable.awaitsContinuation else { return }
        pollable.awaitsContinuation = true
        awaitingContinuation.append(pollable)
    }

    // MARK: Descriptors

    /// Begins to watch `descriptor`, and delivers its events to `pollable`.
    ///
    /// - Returns: The token; or `nil` and the error number when the system cannot watch the descriptor.
    func watch(_ descriptor: Int32, for pollable: any Pollable) -> (token: HandleTable.Token?, errno: Int32) {
        watch(for: pollable) { poller.add(descriptor, token: $0) }
    }

    /// Begins to watch a listening socket, which other loops may watch as well.
    func watchListener(_ descriptor: Int32, for pollable: any Pollable) -> (token: HandleTable.Token?, errno: Int32) {
        watch(for: pollable) { poller.addListener(descriptor, token: $0) }
    }

    private func watch(
        for pollable: any Pollable,
        _ add: (HandleTable.Token) -> Int32
    ) -> (token: HandleTable.Token?, errno: Int32) {
        let token = handles.insert(pollable)
        let result = add(token)
        if result >= 0 { return (token, 0) }
        handles.remove(token)
        return (nil, -result)
    }

    /// Stops delivering events for `token`, whose descriptor the caller will close.
    ///
    /// The system removes a closed descriptor from the epoll set.
    func unwatch(_ token: HandleTable.Token) {
        handles.remove(token)
    }

    /// Stops delivering events for `token`, whose descriptor stays open.
    func unwatch(_ token: HandleTable.Token, keeping descriptor: Int32) {
        handles.remove(token)
        poller.remove(descriptor)
    }

    // MARK: Memory

    /// Takes memory to receive input into; return it with ``giveBack(_:)`` when the delegate has read the input.
    func takeReadBuffer() -> ByteStorage {
        if isKnownUniquelyReferenced(&readBuffer), let buffer = readBuffer.take() { return buffer }
        return ByteStorage(capacity: Self.readBufferBytes)
    }

    /// Takes back the memory of ``takeReadBuffer()``.
    ///
    /// If delegates have kept parts of it, the loop allocates new memory for the next read.
    func giveBack(_ buffer: consuming ByteStorage) {
        readBuffer = buffer
    }

    /// Takes memory for what a stream decrypts, or writes before it encrypts, in a read burst; return it with ``giveBackBurstBuffer(_:)``.
    ///
    /// Its capacity is ``burstBufferBytes``. Steady traffic allocates none.
    package func takeBurstBuffer() -> ByteStorage {
        burstBuffers.popLast() ?? ByteStorage(capacity: Self.burstBufferBytes)
    }

    /// Takes back the memory of ``takeBurstBuffer()``; frees memory of another size, and memory that is still in use.
    package func giveBackBurstBuffer(_ buffer: consuming ByteStorage) {
        var buffer = buffer
        guard buffer.capacity == Self.burstBufferBytes, burstBuffers.count < Self.maximumBurstBuffers,
            isKnownUniquelyReferenced(&buffer)
        else { return }
        burstBuffers.append(buffer)
    }
}

/// The reads that an event loop does after it finds that a deadline is due, and before the deadline passes.
///
/// A loop may find deadlines due together with input that arrived in time: if the process was suspended, the machine
/// was busy, or a handler blocked. The input comes first. Two limits bound the delay: a number of polls that is enough
/// to deliver every descriptor that was ready, and a time limit for streams with more input than one read returns.
struct CatchUp {
    /// The longest time for which streams with more input delay deadlines, in nanoseconds.
    private static let maximumDelay: UInt64 = 250_000_000

    /// The number of polls after which the loop has delivered every descriptor that was ready at the start.
    ///
    /// The system reports ready descriptors in their order, one batch for each poll.
    private var pollsLeft: Int

    /// When streams with more input delay deadlines no longer, on the clock of the loop.
    private let latestTime: UInt64

    /// - Parameters:
    ///   - watched: The number of descriptors that the loop watches, or a higher number.
    ///   - now: The loop's clock.
    init(watched: Int, at now: UInt64) {
        // Two more for the counter and the timer of the loop.
        pollsLeft = (watched + 2) / Poller.batchSize + 1
        latestTime = now &+ Self.maximumDelay
    }

    /// Counts a poll that began after the start, when the loop has handled its events.
    ///
    /// - Parameters:
    ///   - eventCount: The number of events that the poll returned.
    ///   - hasUnread: Whether a stream has more input to read.
    ///   - now: The loop's clock.
    /// - Returns: Whether deadlines may pass.
    mutating func advance(eventCount: Int, hasUnread: Bool, at now: UInt64) -> Bool {
        pollsLeft = eventCount < Poller.batchSize ? 0 : pollsLeft - 1
        return pollsLeft <= 0 && (!hasUnread || now >= latestTime)
    }
}
