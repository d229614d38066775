internal import SwitchboardBytes

// One turn of the loop. What is done in it is bounded, so that no stream keeps the others waiting.

extension EventLoop {
    /// The size of the buffer that input is received into, in bytes.
    static let readBufferBytes = 128 * 1024

    /// The most closed streams that are let go in a turn.
    private static let maximumBurials = 512

    /// Whether there is something to do without an event.
    var hasWork: Bool {
        !awaitingTurn.isEmpty || !awaitingFlush.isEmpty || !awaitingBurial.isEmpty || isCatchingUp
    }

    func runTurn(eventCount: Int) {
        grantTurns()
        for index in 0..<eventCount {
            switch poller.event(at: index) {
            case .wake, .timer: break
            case .descriptor(let token, let events):
                hasBeenBusy = true
                slots[token]?.becameReady(events)
            }
        }
        runJobs()
        if now >= timerTime { expireDueDeadlines(after: eventCount) }
        flushOutput()
        buryClosed()
    }

    private func runJobs() {
        guard !jobs.isEmpty else { return }
        hasBeenBusy = true
        for job in jobs { job() }
        // What they hold is not to wait for the next turn.
        jobs.removeAll(keepingCapacity: true)
    }

    private func grantTurns() {
        guard !awaitingTurn.isEmpty else { return }
        let those = awaitingTurn
        awaitingTurn = []
        for pollable in those {
            pollable.awaitsTurn = false
            pollable.takeTurn()
        }
    }

    /// Sends all output of the turn so far.
    func flushOutput() {
        receiver?.flush()
        // One by one: some may be added meanwhile.
        while let stream = awaitingFlush.popLast() { stream.flushAtEndOfTurn() }
    }

    /// Sends the output of `stream` at the end of the turn, and ends it there if it is finishing.
    func requestFlush(_ stream: SocketStream) {
        guard !stream.awaitsFlush else { return }
        stream.awaitsFlush = true
        awaitingFlush.append(stream)
    }

    /// Ends a burst of output, as ``OutputStage/sendBurst(to:behind:)`` does.
    // For a stream the stage is a property of a property, to which the compiler would count a reference.
    func sendBurst(to socket: Socket, behind pending: inout PendingOutput) -> SendResult? {
        stage.sendBurst(to: socket, behind: &pending)
    }

    /// Lets go of closed streams, some of them: to close a descriptor takes time.
    func buryClosed() {
        guard !awaitingBurial.isEmpty else { return }
        let those = awaitingBurial.prefix(Self.maximumBurials)
        awaitingBurial.removeFirst(those.count)
        for stream in those { stream.bury() }
    }

    /// Gives `pollable` a turn in the loop's next one.
    func requestTurn(_ pollable: any Pollable) {
        guard !pollable.awaitsTurn else { return }
        pollable.awaitsTurn = true
        awaitingTurn.append(pollable)
    }

    // MARK: Descriptors

    /// Watches `descriptor` for `pollable`.
    ///
    /// - Returns: The token, or `nil` with the error number when it cannot be watched.
    func watch(_ descriptor: Int32, for pollable: any Pollable) -> (token: SlotTable.Token?, errno: Int32) {
        let token = slots.insert(pollable)
        let result = poller.add(descriptor, token: token)
        if result >= 0 { return (token, 0) }
        slots.remove(token)
        return (nil, -result)
    }

    /// Delivers no further event for `token`.
    ///
    /// Its descriptor is to be closed, which removes it from the epoll set.
    func unwatch(_ token: SlotTable.Token) {
        slots.remove(token)
    }

    /// Watches `descriptor`, which stays open, no longer.
    func release(_ descriptor: Int32, _ token: SlotTable.Token) {
        slots.remove(token)
        poller.remove(descriptor)
    }

    // MARK: Memory

    /// Memory for input that nobody else refers to, to be given back when the input has been presented.
    func takeReadBuffer() -> ByteStorage {
        if isKnownUniquelyReferenced(&readBuffer), let buffer = readBuffer.take() { return buffer }
        return ByteStorage(capacity: Self.readBufferBytes)
    }

    /// Takes the memory back.
    ///
    /// Delegates may have kept parts of it; then it is not used again.
    func giveBack(_ buffer: consuming ByteStorage) {
        readBuffer = buffer
    }
}
