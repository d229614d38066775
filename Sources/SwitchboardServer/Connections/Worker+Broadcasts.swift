internal import Logging
internal import SwitchboardRouter
internal import SwitchboardTransport
internal import Synchronization

// Broadcasts, to every connection of every loop.

extension Worker {
    /// Sends what `encode` writes to every connection on every loop but `sender`, at the end of the iteration.
    func broadcast<Failure>(
        _ code: MessageCode,
        from sender: ServerConnection,
        _ encode: (inout ByteWriter) throws(Failure) -> Void
    ) throws(Failure) {
        let isFirst = broadcasts.isEmpty
        try broadcasts.append(code, from: sender.id, encode)
        if !sender.hasBroadcast {
            sender.hasBroadcast = true
            broadcasters.append(sender)
        }
        if broadcasts.isFull {
            sendBroadcasts()
        } else if isFirst {
            loop.execute(sendJob)
        }
    }

    func sendBroadcasts() {
        if broadcasts.isEmpty { return }
        let frames = broadcasts.takeBytes()
        // What other loops have broadcast goes out with it.
        var receivers = deliver(frames, isLast: backlog.isEmpty)
        var gone: [ConnectionID] = []
        for sender in broadcasters {
            sender.hasBroadcast = false
            if sender.isAudience {
                receivers += 1
                broadcasts.forEachPiece(for: sender.id) { sender.send(frame: frames[$0]) }
            } else {
                gone.append(sender.id)
            }
        }
        // Each frame goes to all but the one that sent it.
        for tally in broadcasts.tallies {
            count(tally, receivers: gone.contains(tally.sender) ? receivers : receivers - 1)
        }
        if let group {
            group.send(frames, broadcasts.tallies, except: self)
            if let backplane = group.backplane { publish(frames, to: backplane) }
        }
        broadcasters.removeAll(keepingCapacity: true)
        broadcasts.clear()
    }

    /// Sends frames to every connection of this loop that receives broadcasts; returns how many those are.
    ///
    /// - Parameters:
    ///   - frames: What to send.
    ///   - isLast: Whether no other broadcast goes out in this iteration of the loop.
    ///   - excludesSenders: Whether to leave out the connections that have broadcast some of the frames.
    private func deliver(_ frames: Bytes, isLast: Bool, excludesSenders: Bool = true) -> Int {
        var receivers = 0
        for connection in connections
        where connection.isAudience && !(excludesSenders && connection.hasBroadcast) {
            if connection.send(frame: frames, atOnce: isLast) { receivers += 1 }
        }
        return receivers
    }

    private func count(_ tally: BroadcastLog.Tally, receivers: Int) {
        counters.countSent(tally.code, messages: tally.messages * receivers, bytes: tally.bytes * receivers)
    }

    // MARK: From other loops

    /// Makes this loop send what connections of another loop or another server have broadcast.
    ///
    /// Any thread may call this method. When the backlog is full, the peers of this loop would miss a broadcast without knowing:
    /// the loop aborts their connections when it goes on.
    ///
    /// - Parameter link: The link to the other server, which is told when the backlog has shrunk.
    func relay(_ frames: Bytes, _ tallies: [BroadcastLog.Tally], from link: BackplaneLink? = nil) {
        if backlog.take(frames.count) {
            loop.execute {
                self.send(frames, tallies)
                link?.backlogShrank()
            }
        } else if backlog.breakOff() {
            loop.execute { self.cutOffAudience() }
        }
    }

    private func send(_ frames: Bytes, _ tallies: [BroadcastLog.Tally]) {
        backlog.giveBack(frames.count)
        let receivers = deliver(frames, isLast: backlog.isEmpty && broadcasts.isEmpty, excludesSenders: false)
        for tally in tallies { count(tally, receivers: receivers) }
    }

    private func cutOffAudience() {
        backlog.mend()
        let audience = connections.filter { $0.isAudience }
        core.logger.error(
            "broadcast backlog of an event loop is full: connections aborted",
            metadata: ["loop": "\(loop.label)", "connections": "\(audience.count)"]
        )
        for connection in audience { connection.stream.abort(.slowConsumer) }
    }
}

/// The bytes of other loops' broadcasts that an event loop has not sent yet.
///
/// Every event loop uses it.
final class BroadcastBacklog: Sendable {
    /// The most bytes in the backlog of a loop, which a handler may block.
    private static let maximumBytes = 64 * 1024 * 1024

    /// What each broadcast log counts besides its frames, in bytes.
    private static let overhead = 512

    private let byteCount = Atomic(0)
    private let isBroken = Atomic(false)

    /// Whether the loop has sent everything.
    var isEmpty: Bool { bytes == 0 }

    /// The size of everything that the loop has not sent.
    var bytes: Int { byteCount.load(ordering: .relaxed) }

    /// Adds a log of `size` bytes; returns false, and adds nothing, when the backlog would be too large.
    ///
    /// Call ``giveBack(_:)`` when the log is sent.
    func take(_ size: Int) -> Bool {
        let size = size + Self.overhead
        let before = byteCount.wrappingAdd(size, ordering: .relaxed).oldValue
        if before <= Self.maximumBytes - size { return true }
        byteCount.wrappingSubtract(size, ordering: .relaxed)
        return false
    }

    /// Removes a log of `size` bytes that was added.
    func giveBack(_ size: Int) {
        byteCount.wrappingSubtract(size + Self.overhead, ordering: .relaxed)
    }

    /// Notes that the loop misses a broadcast; returns whether it is the first since ``mend()``.
    func breakOff() -> Bool { !isBroken.exchange(true, ordering: .relaxed) }

    /// Begins anew: connections accepted from now on have missed nothing.
    func mend() { isBroken.store(false, ordering: .relaxed) }
}
