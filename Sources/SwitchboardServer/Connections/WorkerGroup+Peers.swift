internal import SwitchboardRouter
internal import SwitchboardTransport
internal import Synchronization

// What the program sends outside handlers, and lists of peers.

extension WorkerGroup {
    /// Sends a frame to the connections of a destination; any thread may call this method.
    ///
    /// One event loop sends all such frames, so that they arrive in the order in which a thread has sent them.
    func send(_ frame: Bytes, of code: MessageCode, to destination: Destination) {
        let worker = workers[0]
        worker.loop.execute { worker.broadcast(code, from: nil, to: destination) { $0.append(frame) } }
    }

    /// Closes the connections of a destination behind a last message; any thread may call this method.
    func disconnect(_ destination: Destination, last: (code: MessageCode, frame: Bytes)?) {
        let worker = workers[0]
        worker.loop.execute { worker.disconnect(destination, from: nil, last: last) }
    }

    /// The peers of a destination: those of this server, then those of other servers.
    func peers(of destination: Destination) -> Peers {
        guard let store = cluster?.store, let selection = RemotePeers.Selection(destination, except: core.serverID)
        else {
            return ownPeers(of: destination)
        }
        return Peers { [self, own = core.serverID] in
            let parts = ClusterParts(
                own: ownPeers(of: destination).parts(),
                others: RemotePeers(selection, except: own, in: store)
            )
            return AsyncThrowingStream { try await parts.next() }
        }
    }

    /// The peers of a destination on this server.
    ///
    /// The event loops only hand over their lists of connections; the task that iterates makes a ``Peer`` of each connection.
    private func ownPeers(of destination: Destination) -> Peers {
        Peers { [self] in
            let asked = workers.filter { $0.mayHaveReceivers(of: destination) }
            let (parts, continuation) = AsyncThrowingStream.makeStream(of: Peers.Part.self)
            guard !asked.isEmpty else {
                continuation.finish()
                return parts
            }
            let missing = Countdown(from: asked.count)
            // Before the jobs are queued: they may finish the stream at once.
            let timeout = Task {
                try await Task.sleep(for: Server.observationTimeout)
                let error = PeersError(missingEventLoops: missing.value, timeout: Server.observationTimeout)
                continuation.finish(throwing: error)
            }
            continuation.onTermination = { _ in timeout.cancel() }
            for worker in asked {
                worker.loop.execute {
                    continuation.yield(worker.part(of: destination))
                    if missing.decrease() == 0 { continuation.finish() }
                }
            }
            return parts
        }
    }
}

/// A number that several event loops decrease.
private final class Countdown: Sendable {
    private let count: Atomic<Int>

    init(from count: Int) {
        self.count = Atomic(count)
    }

    var value: Int { count.load(ordering: .relaxed) }

    func decrease() -> Int { count.wrappingSubtract(1, ordering: .relaxed).newValue }
}

extension Worker {
    /// The connections of a destination, for a list of peers.
    fileprivate func part(of destination: Destination) -> Peers.Part {
        let members = members(of: destination)
        let (now, time) = (CoarseTime.units(loop.now), ContinuousClock.now)
        return Peers.Part(count: members.count) { position in
            let member = members[position]
            return Peer(
                session: member.sessionID,
                user: member.session.identity?.user,
                address: member.remoteAddress,
                since: time - CoarseTime.duration(now &- member.openedAt)
            )
        }
    }
}
