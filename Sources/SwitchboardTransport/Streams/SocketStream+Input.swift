internal import SwitchboardBytes

// Input is received into the loop's buffer and presented there. Only what the delegate leaves is copied, into the tail;
// what follows then is received straight behind it, as far as the delegate has asked for it.

extension SocketStream {
    package func pauseReading() {
        loop.assertIsCurrent()
        isPaused = true
    }

    package func resumeReading() {
        loop.assertIsCurrent()
        isPaused = false
        continueInput()
    }

    /// Presents again what was left, and reads again, in the loop's next turn.
    func continueInput() {
        guard phase == .open else { return }
        presentsAgain = true
        loop.requestTurn(self)
    }

    /// Whether the delegate may be called with input.
    private var mayPresent: Bool {
        phase == .open && !isPaused && !holdsBackInput
    }

    /// Whether input is to be received when there is some.
    var mayReceive: Bool {
        switch phase {
        case .open:
            let isFull = tail.count >= max(wanted, limits.maximumUnreadBytes)
            return mayPresent && !inputHasEnded && !isFull
        case .finishing: return !inputHasEnded && discardedBytes < limits.lingerBytes
        case .notStarted, .closed: return false
        }
    }

    /// Receives once, if there is something to receive, and asks for another turn if there may be more.
    func receiveOnce() {
        // What was left comes first: behind it may be the peer's end.
        if presentsAgain { presentTailAgain() }
        guard isReadable, mayReceive else { return }
        switch phase {
        case .finishing: discard()
        case .open where tail.isEmpty: receiveInPlace()
        default: receiveBehindTail()
        }
        if isReadable, mayReceive { loop.requestTurn(self) }
    }

    // MARK: Receiving

    private func receiveInPlace() {
        let buffer = loop.takeReadBuffer()
        guard let count = received(socket.receive(into: buffer), of: buffer.capacity) else {
            return loop.giveBack(buffer)
        }
        var input = ByteReader(storage: consume buffer, offset: 0, count: count)
        beginBurst()
        present(&input)
        keep(.max, of: &input)
        endBurst()
        loop.giveBack(input.storage)
    }

    private func receiveBehindTail() {
        let buffer = loop.takeReadBuffer()
        let room = unsafe tail.room(upTo: max(wanted - tail.count, 1))
        let roomSize = room.count
        let result = unsafe socket.receive(into: room, then: buffer)
        guard let count = received(result, of: roomSize + buffer.capacity) else { return loop.giveBack(buffer) }
        tail.fill(min(count, roomSize))
        var rest = ByteReader(storage: consume buffer, offset: 0, count: max(count - roomSize, 0))
        beginBurst()
        presentTail(before: &rest)
        endBurst()
        loop.giveBack(rest.storage)
    }

    private func discard() {
        let buffer = loop.takeReadBuffer()
        defer { loop.giveBack(buffer) }
        guard let count = received(socket.receive(into: buffer), of: buffer.capacity) else { return }
        discardedBytes += count
        if discardedBytes >= limits.lingerBytes, outputIsShut { close(reason) }
    }

    /// Sees to what came of receiving, and returns how many bytes there are; `nil` for none.
    private func received(_ result: ReceiveResult, of capacity: Int) -> Int? {
        switch result {
        case .bytes(let count):
            if count < capacity, !readsUntilEmpty { isReadable = false }
            return count
        case .end:
            inputHasEnded = true
            isReadable = false
            if phase == .open { delegate?.reachedEnd() } else if outputIsShut { close(reason) }
        case .nothing: isReadable = false
        case .noMemory:
            isReadable = false
            retryLater()
        case .broken(let errno): fail(errno)
        }
        return nil
    }

    // MARK: Presenting

    private func beginBurst() {
        loop.receiver = self
        beginOutputBurst()
    }

    /// Sends all replies to what was presented at once.
    private func endBurst() {
        endOutputBurst()
        loop.receiver = nil
    }

    /// Shows the delegate `input`, which is moved to what it left.
    private func present(_ input: inout ByteReader) {
        let count = input.remaining
        wanted = max(delegate?.received(&input) ?? 0, 0)
        precondition(input.remaining <= count, "a delegate left more than it was shown")
    }

    /// Presents the tail when it has all that is wanted, moves what it lacks there from the start of `rest` until
    /// nothing of it is left, and then presents what remains of `rest` in place.
    private func presentTail(before rest: inout ByteReader) {
        // With more than was wanted, nobody knows how much would be enough: all is shown together.
        var wantsAll = tail.count > wanted
        while !tail.isEmpty {
            keep(mayPresent && !wantsAll ? wanted - tail.count : .max, of: &rest)
            guard mayPresent, tail.count >= wanted else { return }
            presentTail()
            if rest.remaining == 0 { return }
            wantsAll = tail.count >= wanted
        }
        if rest.remaining > 0, mayPresent { present(&rest) }
        keep(.max, of: &rest)
    }

    private func presentTail() {
        guard let memory = tail.storage else { return }
        let count = tail.count
        var input = ByteReader(storage: memory, offset: tail.start, count: count)
        present(&input)
        if phase == .open { tail.consume(count - input.remaining) }
    }

    /// Presents what the delegate left once more, if it can do something with it.
    func presentTailAgain() {
        guard mayPresent else { return }
        presentsAgain = false
        guard !tail.isEmpty, tail.count >= wanted else { return }
        beginBurst()
        presentTail()
        endBurst()
    }

    /// Keeps the next `count` bytes of `input`, or all when it has fewer, behind what is kept already.
    private func keep(_ count: Int, of input: inout ByteReader) {
        let count = min(count, input.remaining)
        guard phase == .open, count > 0 else { return }
        unsafe input.withUnsafeRemaining {
            unsafe tail.append(
                copying: UnsafeRawBufferPointer(rebasing: $0.prefix(count)),
                missing: wanted - tail.count
            )
        }
        input.skip(count)
    }
}
