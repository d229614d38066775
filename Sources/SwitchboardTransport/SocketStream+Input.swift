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
        let buffer = loop.freshReadBuffer()
        guard let count = received(socket.receive(into: buffer), of: buffer.capacity) else { return }
        beginBurst()
        presentInPlace(buffer, 0..<count)
        endBurst()
    }

    private func receiveBehindTail() {
        let buffer = loop.freshReadBuffer()
        let room = unsafe tail.room(upTo: max(wanted - tail.count, 1))
        let roomSize = room.count
        let result = unsafe socket.receive(into: room, then: buffer)
        guard let count = received(result, of: roomSize + buffer.capacity) else { return }
        tail.fill(min(count, roomSize))
        beginBurst()
        presentTail(before: buffer, 0..<max(count - roomSize, 0))
        endBurst()
    }

    private func discard() {
        let buffer = loop.freshReadBuffer()
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

    /// Shows the delegate `range` of `memory`, and returns how many bytes it left.
    private func present(_ memory: ByteStorage, _ range: Range<Int>) -> Int {
        var reader = ByteReader(storage: memory, offset: range.lowerBound, count: range.count)
        wanted = max(delegate?.received(&reader) ?? 0, 0)
        precondition(reader.remaining <= range.count, "a delegate left more than it was shown")
        return reader.remaining
    }

    private func presentInPlace(_ buffer: ByteStorage, _ range: Range<Int>) {
        let left = present(buffer, range)
        keep(buffer, range.suffix(left))
    }

    /// Presents the tail when it has all that is wanted, moves what it lacks there from `range` of `buffer` until
    /// nothing of it is left, and then presents the rest in place.
    private func presentTail(before buffer: ByteStorage, _ range: Range<Int>) {
        var rest = range
        // With more than was wanted, nobody knows how much would be enough: all is shown together.
        var wantsAll = tail.count > wanted
        while !tail.isEmpty {
            let taken = mayPresent && !wantsAll ? rest.prefix(max(wanted - tail.count, 0)) : rest
            keep(buffer, taken)
            rest = taken.upperBound..<range.upperBound
            guard mayPresent, tail.count >= wanted else { return }
            presentTail()
            if rest.isEmpty { return }
            wantsAll = tail.count >= wanted
        }
        guard !rest.isEmpty, phase == .open else { return }
        if mayPresent { presentInPlace(buffer, rest) } else { keep(buffer, rest) }
    }

    private func presentTail() {
        guard let memory = tail.storage else { return }
        let count = tail.count
        let left = present(memory, tail.start..<tail.start + count)
        if phase == .open { tail.consume(count - left) }
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

    /// Keeps `range` of `buffer`, behind what is kept already.
    private func keep(_ buffer: ByteStorage, _ range: Range<Int>) {
        guard phase == .open, !range.isEmpty else { return }
        let bytes = unsafe UnsafeRawBufferPointer(start: buffer.base + range.lowerBound, count: range.count)
        unsafe tail.append(copying: bytes, missing: wanted - tail.count)
    }
}
