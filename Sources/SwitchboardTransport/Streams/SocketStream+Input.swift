internal import SwitchboardBytes

// A stream receives input into the buffer of its event loop, and presents it to the delegate there. It copies only the
// bytes that the delegate leaves, to its unread input. The next read then goes directly behind the unread input, as far
// as the delegate needs more bytes.

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

    /// Receives once, if input may be available, and asks for another call in the next iteration if more may be
    /// available.
    func receiveOnce() {
        // Unread input comes first: the peer's end may follow it.
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

    /// Reports the result of a read to the state.
    ///
    /// - Returns: The number of bytes received; `nil` for any other result.
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

    /// Sends all replies of the read burst together.
    private func endBurst() {
        endOutputBurst()
        loop.receiver = nil
    }

    /// Presents `input` to the delegate, and moves its position to the first byte that the delegate leaves.
    private func present(_ input: inout ByteReader) {
        let count = input.remaining
        unread.wanted = max(delegate?.received(&input) ?? 0, 0)
        precondition(input.remaining <= count, "a delegate left more than it was shown")
    }

    /// Presents the unread input, completed with bytes from the start of `rest`, until all of it is read; then presents
    /// what remains of `rest` in place.
    private func presentUnread(before rest: inout ByteReader) {
        // If the unread input was already enough, the delegate has not said how much it needs: add all of `rest`.
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

    /// Presents the unread input again, if it has as many bytes as the delegate needs.
    private func presentUnreadAgain() {
        guard !unread.isEmpty, unread.isEnough else { return }
        beginBurst()
        presentUnread()
        endBurst()
    }

    /// Appends the next `count` bytes of `input`, or all if it has fewer, to the unread input.
    private func keep(_ count: Int, of input: inout ByteReader) {
        let count = min(count, input.remaining)
        guard state.isOpen, count > 0 else { return }
        unsafe input.withUnsafeRemaining {
            unsafe unread.append(copying: UnsafeRawBufferPointer(rebasing: $0.prefix(count)))
        }
        input.skip(count)
    }
}

/// The input that the delegate of a stream has left unread: usually the beginning of a frame.
///
/// An empty value owns no memory. The memory grows with the bytes that have arrived, never with a length that a peer
/// has announced.
struct UnreadInput {
    /// The smallest block that is allocated, unless the delegate needs less, in bytes.
    private static let minimumCapacity = 256

    private(set) var storage: ByteStorage?
    private(set) var start = 0
    private var end = 0
    /// The number of bytes, with those in this value, that the delegate needs.
    var wanted = 0

    var count: Int { end - start }
    var isEmpty: Bool { start == end }
    /// The number of bytes that the delegate needs in addition; negative if the value has more than enough.
    var missing: Int { wanted - count }
    var isEnough: Bool { missing <= 0 }

    /// Returns the memory behind the last byte: at least one byte, and at most `limit` (1 or more).
    @unsafe
    mutating func room(upTo limit: Int) -> UnsafeMutableRawBufferPointer {
        let storage = storage(withRoomFor: 1, growingUpTo: limit)
        let size = min(limit, storage.capacity - end)
        return unsafe UnsafeMutableRawBufferPointer(start: storage.base + end, count: size)
    }

    /// Adds the first `count` bytes of ``room(upTo:)``, which the caller has filled.
    mutating func fill(_ count: Int) {
        precondition(count >= 0 && count <= (storage?.capacity ?? 0) - end, "filled more than there was room for")
        end += count
    }

    /// Appends a copy of `bytes`.
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

    /// Returns the memory, with room for at least `needed` more bytes.
    ///
    /// The size of the memory doubles when it grows, but at most to `useful` more bytes. If `Bytes` refer to the
    /// memory, the method replaces it, because nothing may be written to shared memory.
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
