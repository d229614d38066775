internal import SwitchboardBytes

// Input is received into the loop's buffer and presented there. Only the bytes that the delegate leaves are copied, to the
// unread input; the bytes that follow are received right behind them, as far as the delegate has asked for them.

extension SocketStream {
    package var holdsBackInput: Bool { state.holdsBackInput }

    package func pauseReading() {
        loop.assertIsCurrent()
        state.readingPaused()
    }

    package func resumeReading() {
        loop.assertIsCurrent()
        perform(state.readingResumed())
    }

    var mayReceive: Bool {
        state.mayReceive(unread: unread.count, wanted: unread.wanted, limits)
    }

    private var reading: SocketStreamState.Reading {
        state.reading(unread: unread.count, wanted: unread.wanted, limits)
    }

    /// Receives once, if there is input, and asks to be continued in the next iteration if there may be more.
    func receiveOnce() {
        // The input that was left comes first: behind it may be the peer's end.
        if state.takesInputAgain() { presentUnreadAgain() }
        switch reading {
        case .nothing: return
        case .discard: discard()
        case .receive: if unread.isEmpty { receiveInPlace() } else { receiveBehindUnread() }
        }
        if reading != .nothing { loop.requestContinuation(of: self) }
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

    private func receiveBehindUnread() {
        let buffer = loop.takeReadBuffer()
        let room = unsafe unread.room(upTo: max(unread.missing, 1))
        let roomSize = room.count
        let result = unsafe socket.receive(into: room, then: buffer)
        guard let count = received(result, of: roomSize + buffer.capacity) else { return loop.giveBack(buffer) }
        unread.fill(min(count, roomSize))
        var rest = ByteReader(storage: consume buffer, offset: 0, count: max(count - roomSize, 0))
        beginBurst()
        presentUnread(before: &rest)
        endBurst()
        loop.giveBack(rest.storage)
    }

    private func discard() {
        let buffer = loop.takeReadBuffer()
        defer { loop.giveBack(buffer) }
        guard let count = received(socket.receive(into: buffer), of: buffer.capacity) else { return }
        perform(state.discarded(count, limits))
    }

    /// Reports the result of a read.
    ///
    /// - Returns: The number of bytes received, or `nil` for none.
    private func received(_ result: ReceiveResult, of capacity: Int) -> Int? {
        switch result {
        case .bytes(let count):
            state.received(count, of: capacity)
            return count
        case .end: perform(state.receivedEnd())
        case .nothing: state.receivedNothing()
        case .noMemory:
            state.receivedNothing()
            retryLater()
        case .broken(let errno): perform(state.failed(errno: errno))
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
        unread.wanted = max(delegate?.received(&input) ?? 0, 0)
        precondition(input.remaining <= count, "a delegate left more than it was shown")
    }

    /// Presents the unread input when it has all that is wanted, moves what it lacks there from the start of `rest` until
    /// nothing of it is left, and then presents what remains of `rest` in place.
    private func presentUnread(before rest: inout ByteReader) {
        // With more than was wanted, how much would be enough is not known: all is presented together.
        var wantsAll = unread.count > unread.wanted
        while !unread.isEmpty {
            keep(state.mayPresent && !wantsAll ? unread.missing : .max, of: &rest)
            guard state.mayPresent, unread.isEnough else { return }
            presentUnread()
            if rest.remaining == 0 { return }
            wantsAll = unread.isEnough
        }
        if rest.remaining > 0, state.mayPresent { present(&rest) }
        keep(.max, of: &rest)
    }

    private func presentUnread() {
        guard let memory = unread.storage else { return }
        let count = unread.count
        var input = ByteReader(storage: memory, offset: unread.start, count: count)
        present(&input)
        if state.isOpen { unread.consume(count - input.remaining) }
    }

    /// Presents what the delegate left once more, if it can do something with it.
    private func presentUnreadAgain() {
        guard !unread.isEmpty, unread.isEnough else { return }
        beginBurst()
        presentUnread()
        endBurst()
    }

    /// Keeps the next `count` bytes of `input`, or all when it has fewer, behind the unread input.
    private func keep(_ count: Int, of input: inout ByteReader) {
        let count = min(count, input.remaining)
        guard state.isOpen, count > 0 else { return }
        unsafe input.withUnsafeRemaining {
            unsafe unread.append(copying: UnsafeRawBufferPointer(rebasing: $0.prefix(count)))
        }
        input.skip(count)
    }
}

/// The input of a stream that its delegate has left: as a rule the beginning of a frame.
///
/// Without any, it owns no memory. Its memory grows with what has arrived, never with what a peer has announced.
struct UnreadInput {
    /// The least memory that is allocated, in bytes, unless less will ever be needed.
    private static let minimumCapacity = 256

    private(set) var storage: ByteStorage?
    private(set) var start = 0
    private var end = 0
    /// The number of bytes that the delegate needs at once.
    var wanted = 0

    var count: Int { end - start }
    var isEmpty: Bool { start == end }
    /// The number of bytes that the delegate still lacks, negative when there are more.
    var missing: Int { wanted - count }
    var isEnough: Bool { missing <= 0 }

    /// Memory behind the last byte: at least one byte, at most `limit` (1 or more).
    @unsafe
    mutating func room(upTo limit: Int) -> UnsafeMutableRawBufferPointer {
        let storage = storage(withRoomFor: 1, growingUpTo: limit)
        let size = min(limit, storage.capacity - end)
        return unsafe UnsafeMutableRawBufferPointer(start: storage.base + end, count: size)
    }

    /// Takes the next `count` bytes of the room, which have been filled.
    mutating func fill(_ count: Int) {
        precondition(count >= 0 && count <= (storage?.capacity ?? 0) - end, "filled more than there was room for")
        end += count
    }

    /// Adds a copy of `bytes`.
    @unsafe
    mutating func append(copying bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        let storage = storage(withRoomFor: bytes.count, growingUpTo: missing)
        unsafe (storage.base + end).copyMemory(from: source, byteCount: bytes.count)
        end += bytes.count
    }

    /// Removes the first `count` bytes.
    mutating func consume(_ count: Int) {
        start += count
        if start >= end { removeAll() }
    }

    mutating func removeAll() {
        storage = nil
        start = 0
        end = 0
    }

    /// The memory, with room for `needed` more bytes.
    ///
    /// Memory that has to grow doubles, but not beyond what is useful.
    ///
    /// Memory that `Bytes` refer to is replaced, too: nothing may be written to it.
    private mutating func storage(withRoomFor needed: Int, growingUpTo useful: Int) -> ByteStorage {
        if isKnownUniquelyReferenced(&storage), let storage, storage.capacity - end >= needed { return storage }
        let growth = max(needed, min(useful, max(count + needed, Self.minimumCapacity)))
        let larger = ByteStorage(capacity: count + growth)
        if let storage { unsafe larger.base.copyMemory(from: storage.base + start, byteCount: count) }
        end = count
        start = 0
        storage = larger
        return larger
    }
}
