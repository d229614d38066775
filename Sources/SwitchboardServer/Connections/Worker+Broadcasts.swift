internal import Logging
internal import SwitchboardRouter
internal import SwitchboardTransport
internal import Synchronization

// Messages to other connections: all that an event loop sends in one iteration goes to its own connections and to the other loops.

extension Worker {
    /// Sends what `encode` writes to the connections of `destination` on every loop except `sender`, at the end of the iteration.
    func broadcast<Failure>(
        _ code: MessageCode,
        from sender: ServerConnection?,
        to destination: Destination,
        _ encode: (inout ByteWriter) throws(Failure) -> Void
    ) throws(Failure) {
        let isFirst = broadcasts.isEmpty
        try broadcasts.append(code, from: sender?.id ?? 0, to: destination, encode)
        if let sender { note(sender) }
        sendBroadcastsSoon(isFirst: isFirst)
    }

    /// Closes the connections of `destination` on every loop except `sender`, after all that was sent to them before.
    ///
    /// - Parameter last: The last message to them, if there is one.
    func disconnect(
        _ destination: Destination,
        from sender: ServerConnection?,
        last: (code: MessageCode, frame: Bytes)?
    ) {
        let isFirst = broadcasts.isEmpty
        broadcasts.appendClosing(from: sender?.id ?? 0, to: destination, last: last)
        if let sender { note(sender) }
        sendBroadcastsSoon(isFirst: isFirst)
    }

    /// Closes the connections of `destination` on this loop, after all that this loop has sent to them.
    ///
    /// - Returns: The number of connections.
    func close(_ destination: Destination) -> Int {
        sendBroadcasts()
        let open = members(of: destination).filter { $0.state.isOpen }
        for member in open { member.disconnect() }
        return open.count
    }

    @inline(__always)
    private func note(_ sender: ServerConnection) {
        guard !sender.hasBroadcast else { return }
        sender.hasBroadcast = true
        broadcasters.append(sender)
    }

    @inline(__always)
    private func sendBroadcastsSoon(isFirst: Bool) {
        if broadcasts.isFull {
            sendBroadcasts()
        } else if isFirst {
            loop.execute(sendJob)
        }
    }

    func sendBroadcasts() {
        if broadcasts.isEmpty { return }
        let block = broadcasts.takeBlock()
        // What other loops have broadcast goes out with it.
        deliver(block, isLast: backlog.isEmpty, isOwn: true)
        group?.send(block, from: self)
        for index in broadcasters.indices { broadcasters[index].hasBroadcast = false }
        broadcasters.removeAll(keepingCapacity: true)
        broadcasts.clear(reusing: block)
    }

    /// A part of a block on its way to the connections of a loop.
    private struct Delivery {
        /// The position of the part in the block.
        let part: Int
        let start: FrameBlock.Position
        /// Whether no other part goes out in this iteration of the loop.
        let isLast: Bool
        /// Whether connections of this loop have sent the frames; none of them gets its own.
        let isOwn: Bool
    }

    /// Sends the frames of a block to the connections of this loop that they are for.
    ///
    /// - Parameters:
    ///   - block: What to send.
    ///   - isLast: Whether no other block goes out in this iteration of the loop.
    ///   - isOwn: Whether connections of this loop have sent the frames.
    private func deliver(_ block: FrameBlock, isLast: Bool, isOwn: Bool) {
        let count = block.parts.count
        var start = FrameBlock.Position()
        // Most blocks have one part, and an index counts no references.
        for index in 0..<count {
            let end = block.parts[index].end
            let delivery = Delivery(part: index, start: start, isLast: isLast && index == count - 1, isOwn: isOwn)
            if count == 1 {
                deliver(block.bytes, of: block, delivery)
            } else {
                deliver(block.bytes[start.bytes..<end.bytes], of: block, delivery)
            }
            start = end
        }
    }

    private func deliver(_ frames: Bytes, of block: FrameBlock, _ delivery: Delivery) {
        let destination = block.parts[delivery.part].destination
        if let closer = block.parts[delivery.part].closing {
            close(destination, except: closer, behind: frames, of: block, delivery)
        } else if destination == .all {
            deliverToAll(frames, of: block, delivery)
        } else {
            deliver(frames, to: destination, of: block, delivery)
        }
    }

    private func deliverToAll(_ frames: Bytes, of block: FrameBlock, _ delivery: Delivery) {
        var receivers = 0
        for connection in connections where connection.isAudience && !(delivery.isOwn && connection.hasBroadcast) {
            if connection.send(frame: frames, atOnce: delivery.isLast) { receivers += 1 }
        }
        guard delivery.isOwn else { return count(delivery, of: block) { _ in receivers } }
        var gone: [ConnectionID] = []
        for index in broadcasters.indices {
            let sender = broadcasters[index]
            if sender.isAudience {
                receivers += 1
                sendPieces(of: frames, in: block, delivery, to: sender)
            } else {
                gone.append(sender.id)
            }
        }
        // Each frame goes to all but the connection that sent it.
        count(delivery, of: block) { $0 == 0 || gone.contains($0) ? receivers : receivers - 1 }
    }

    /// Sends a part to the connections of a destination, of which there may be few among many.
    private func deliver(
        _ frames: Bytes,
        to destination: Destination,
        of block: FrameBlock,
        _ delivery: Delivery
    ) {
        var receivers = 0
        var senders: Set<ConnectionID> = []
        for member in members(of: destination) where mayReceive(member, destination) {
            if delivery.isOwn, member.hasBroadcast {
                receivers += 1
                senders.insert(member.id)
                sendPieces(of: frames, in: block, delivery, to: member)
            } else if member.send(frame: frames, atOnce: delivery.isLast) {
                receivers += 1
            }
        }
        count(delivery, of: block) { senders.contains($0) ? receivers - 1 : receivers }
    }

    private func close(
        _ destination: Destination,
        except closer: ConnectionID,
        behind frames: Bytes,
        of block: FrameBlock,
        _ delivery: Delivery
    ) {
        var receivers = 0
        for member in members(of: destination) where member.id != closer && member.state.isOpen {
            if !frames.isEmpty, member.send(frame: frames) { receivers += 1 }
            member.disconnect()
        }
        count(delivery, of: block) { _ in receivers }
    }

    /// Sends a connection the frames of a part that it did not send itself.
    private func sendPieces(
        of frames: Bytes,
        in block: FrameBlock,
        _ delivery: Delivery,
        to sender: ServerConnection
    ) {
        let start = delivery.start
        broadcasts.forEachPiece(for: sender.id, from: start, to: block.parts[delivery.part].end) { piece in
            sender.send(frame: frames[(piece.lowerBound - start.bytes)..<(piece.upperBound - start.bytes)])
        }
    }

    /// Whether a connection of a destination receives what is sent to that destination.
    func mayReceive(_ connection: ServerConnection, _ destination: Destination) -> Bool {
        switch destination {
        case .all, .room, .user: connection.isAudience
        case .session, .connection: connection.isReachable
        }
    }

    private func count(_ delivery: Delivery, of block: FrameBlock, receivers: (ConnectionID) -> Int) {
        for index in block.parts[delivery.part].tallies {
            let tally = block.tallies[index]
            let receivers = receivers(tally.sender)
            counters.countSent(tally.code, messages: tally.messages * receivers, bytes: tally.bytes * receivers)
        }
    }

    // MARK: From other loops

    /// Makes this loop deliver what another loop, or another server, has sent.
    ///
    /// Any thread may call this method. When the backlog is full, the receivers on this loop would miss a message without knowing:
    /// the loop aborts their connections when it goes on.
    func relay(_ block: FrameBlock) {
        guard block.parts.contains(where: { mayHaveReceivers(of: $0.destination) }) else { return }
        if backlog.take(block.bytes.count) {
            loop.execute { self.send(block) }
        } else if backlog.breakOff(block.parts.lazy.map(\.destination)) {
            loop.execute { self.cutOffAudience() }
        }
    }

    private func send(_ block: FrameBlock) {
        backlog.giveBack(block.bytes.count)
        deliver(block, isLast: backlog.isEmpty && broadcasts.isEmpty, isOwn: false)
        group?.backplane?.backlogShrank(of: self)
    }

    private func cutOffAudience() {
        var audience: [ConnectionID: ServerConnection] = [:]
        for destination in backlog.mend() {
            for member in members(of: destination) where mayReceive(member, destination) {
                audience[member.id] = member
            }
        }
        core.logger.error(
            "broadcast backlog of an event loop is full: connections aborted",
            metadata: ["loop": "\(loop.label)", "connections": "\(audience.count)"]
        )
        for connection in audience.values { connection.stream.abort(.slowConsumer) }
    }
}

/// The bytes of other loops' messages that an event loop has not sent yet.
///
/// Every event loop uses it.
final class BroadcastBacklog: Sendable {
    /// The most bytes in the backlog of a loop, which a handler may block.
    private static let maximumBytes = 64 * 1024 * 1024

    /// What each block counts besides its frames, in bytes.
    private static let overhead = 512

    /// The most destinations that are kept apart when messages to them are missed.
    private static let maximumMissed = 1000

    private let byteCount = Atomic(0)
    /// The destinations of the messages that the loop misses.
    private let missed = Mutex<Set<Destination>>([])

    /// Whether the loop has sent everything.
    var isEmpty: Bool { bytes == 0 }

    /// The size of everything that the loop has not sent.
    // Ordered with the pause of a backplane: see `BackplaneLink`.
    var bytes: Int { byteCount.load(ordering: .sequentiallyConsistent) }

    /// Adds a block of `size` bytes; returns false, and adds nothing, when the backlog would be too large.
    ///
    /// Call ``giveBack(_:)`` when the block is sent.
    func take(_ size: Int) -> Bool {
        let size = size + Self.overhead
        let before = byteCount.wrappingAdd(size, ordering: .relaxed).oldValue
        if before <= Self.maximumBytes - size { return true }
        byteCount.wrappingSubtract(size, ordering: .relaxed)
        return false
    }

    /// Removes a block of `size` bytes that was added.
    func giveBack(_ size: Int) {
        byteCount.wrappingSubtract(size + Self.overhead, ordering: .sequentiallyConsistent)
    }

    /// Notes that the loop misses messages to `destinations`; returns whether they are the first since ``mend()``.
    func breakOff(_ destinations: some Sequence<Destination>) -> Bool {
        missed.withLock { missed in
            let isFirst = missed.isEmpty
            missed.formUnion(destinations)
            if missed.count > Self.maximumMissed { missed = [.all] }
            return isFirst
        }
    }

    /// Begins anew: connections accepted from now on have missed nothing.
    ///
    /// - Returns: The destinations of the messages that the loop has missed.
    func mend() -> Set<Destination> {
        missed.withLock { missed in
            defer { missed = [] }
            return missed
        }
    }
}
