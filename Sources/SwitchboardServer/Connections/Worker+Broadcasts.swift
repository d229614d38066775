internal import Logging
internal import SwitchboardRouter
internal import SwitchboardTransport

// Broadcasts, to every connection of every loop.

extension Worker {
    /// Sends what `encode` writes to every connection on every loop but `sender`, at the end of the turn.
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
        var receivers = deliver(frames, atOnce: backlog.isEmpty) { !$0.hasBroadcast }
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
        broadcasters.removeAll(keepingCapacity: true)
        // Each frame goes to all but the one that sent it.
        for tally in broadcasts.tallies {
            count(tally, receivers: gone.contains(tally.sender) ? receivers : receivers - 1)
        }
        group?.send(frames, broadcasts.tallies, except: self)
        broadcasts.clear()
    }

    /// Sends broadcast frames to those connections of this loop that receive broadcasts and satisfy `isReceiver`.
    ///
    /// - Parameters:
    ///   - frames: The frames of one or more messages.
    ///   - atOnce: Whether nothing more is to go out with them.
    ///   - isReceiver: Whether a connection receives them.
    /// - Returns: The number of connections that they were sent to.
    @inline(__always)
    private func deliver(_ frames: Bytes, atOnce: Bool, to isReceiver: (ServerConnection) -> Bool) -> Int {
        var receivers = 0
        for connection in connections where connection.isAudience && isReceiver(connection) {
            if connection.send(frame: frames, atOnce: atOnce) { receivers += 1 }
        }
        return receivers
    }

    private func count(_ tally: BroadcastLog.Tally, receivers: Int) {
        counters.countSent(tally.code, messages: tally.messages * receivers, bytes: tally.bytes * receivers)
    }

    // MARK: From other loops

    /// Lets this loop send what connections of another loop have broadcast.
    ///
    /// From any loop. When too much waits already, peers of this loop would miss something without knowing: they are cut
    /// off as soon as it goes on.
    func relay(_ frames: Bytes, _ tallies: [BroadcastLog.Tally]) {
        if backlog.take(frames.count) {
            loop.execute { self.send(frames, tallies) }
        } else if backlog.breakOff() {
            loop.execute { self.cutOffAudience() }
        }
    }

    private func send(_ frames: Bytes, _ tallies: [BroadcastLog.Tally]) {
        backlog.giveBack(frames.count)
        let receivers = deliver(frames, atOnce: backlog.isEmpty && broadcasts.isEmpty) { _ in true }
        for tally in tallies { count(tally, receivers: receivers) }
    }

    private func cutOffAudience() {
        backlog.mend()
        let audience = connections.filter { $0.isAudience }
        core.logger.error(
            "an event loop is too far behind with broadcasts: its peers are cut off",
            metadata: ["loop": "\(loop.label)", "connections": "\(audience.count)"]
        )
        for connection in audience { connection.stream.abort(.slowConsumer) }
    }
}
