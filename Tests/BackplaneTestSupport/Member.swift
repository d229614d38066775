package import SwitchboardBackplane
import SwitchboardBytes
import Synchronization
import Testing

/// The protocol of all members.
package let fingerprint = ProtocolFingerprint(rawValue: 0xFEED)

/// A server of a cluster, as far as the backplane is concerned: it publishes numbered frames, and checks those of others.
package final class Member: Sendable {
    package let name: UInt32
    package let backplane: any Backplane
    package let receiver: Receiver

    private let published = Mutex(UInt32(0))

    /// A member that has not joined yet.
    ///
    /// - Parameter name: The number that its frames carry.
    package init(_ backplane: any Backplane, name: UInt32) {
        self.name = name
        self.backplane = backplane
        receiver = Receiver()
    }

    /// Joins the log.
    package func join(for protocolFingerprint: ProtocolFingerprint = fingerprint) async throws {
        try await backplane.start(for: protocolFingerprint, receiver)
    }

    /// Publishes the next frame.
    ///
    /// - Parameter size: The size of the frame, in bytes: 8 at least.
    package func publish(size: Int = 64) {
        published.withLock { number in
            var writer = ByteWriter(capacity: size)
            writer.append(name, .big)
            writer.append(number, .big)
            writer.advance(by: size - 8)
            number += 1
            let tally = BackplaneBlock.Tally(code: 1, messages: 1, bytes: UInt32(size))
            // A target of its own keeps blocks from being joined, and the receiver needs to know no sizes.
            let target = BackplaneBlock.Target.room(number % 2 == 0 ? "even" : "odd")
            backplane.publish(BackplaneBlock(for: target, writer.takeBytes(), tallies: [tally]))
        }
    }

    /// How many frames it has published.
    package var publishedCount: Int { Int(published.withLock { $0 }) }

    /// Publishes some thousand frames a second until the task is cancelled, but no more than `others` can follow: however slow
    /// the machine is, no backlog grows without end.
    package func flood(size: Int = 64, to others: [Member] = []) -> Task<Void, Never> {
        Task {
            while !Task.isCancelled {
                let slowest = others.map { $0.receiver.count(of: name) }.min() ?? publishedCount
                if !backplane.holdsPublishers, publishedCount - slowest < 2000 {
                    for _ in 0..<5 { publish(size: size) }
                }
                try? await Task.sleep(for: .milliseconds(1))
            }
        }
    }

    /// Keeps what a backplane delivers.
    package final class Receiver: BackplaneReceiver {
        package struct State {
            /// The numbers of the frames of each member.
            package var numbers: [UInt32: [UInt32]] = [:]
            package var targets: Set<BackplaneBlock.Target> = []
            package var others: [BackplaneBlock] = []
            package var events: [BackplaneEvent] = []
            package var releases = 0
        }

        private struct Storage {
            var state = State()
            var waiting: [(condition: (State) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
        }

        private let storage = Mutex(Storage())

        package init() {}

        package var state: State { storage.withLock { $0.state } }

        /// How many frames of a member have come.
        package func count(of name: UInt32) -> Int { storage.withLock { $0.state.numbers[name]?.count ?? 0 } }

        package func received(_ block: BackplaneBlock, from server: ServerIncarnation) {
            change { state in
                state.targets.insert(block.target)
                var reader = ByteReader(block.frames)
                if case .room("even") = block.target, let name = reader.readInteger(.big, as: UInt32.self) {
                    if let number = reader.readInteger(.big, as: UInt32.self) {
                        state.numbers[name, default: []].append(number)
                    }
                } else if case .room("odd") = block.target, let name = reader.readInteger(.big, as: UInt32.self) {
                    if let number = reader.readInteger(.big, as: UInt32.self) {
                        state.numbers[name, default: []].append(number)
                    }
                } else {
                    state.others.append(block)
                }
            }
        }

        package func releasePublishers() { change { $0.releases += 1 } }

        package func backplaneChanged(_ event: BackplaneEvent) { change { $0.events.append(event) } }

        private func change(_ body: (inout State) -> Void) {
            let resumed = storage.withLock { storage in
                body(&storage.state)
                if storage.waiting.isEmpty { return [CheckedContinuation<Void, Never>]() }
                let state = storage.state
                let resumed = storage.waiting.filter { $0.condition(state) }.map(\.continuation)
                storage.waiting.removeAll { $0.condition(state) }
                return resumed
            }
            for continuation in resumed { continuation.resume() }
        }

        /// Waits until something is so.
        package func wait(until condition: @escaping @Sendable (State) -> Bool) async {
            await withCheckedContinuation { continuation in
                let holds = storage.withLock { storage in
                    if condition(storage.state) { return true }
                    storage.waiting.append((condition, continuation))
                    return false
                }
                if holds { continuation.resume() }
            }
        }

        /// Waits until an event has come, `count` times.
        package func wait(for count: Int = 1, _ matches: @escaping @Sendable (BackplaneEvent) -> Bool) async {
            await wait { $0.events.count(where: matches) >= count }
        }

        /// Waits for another connection than the first.
        package func waitForReconnection(_ count: Int = 2) async {
            await wait(for: count) { if case .connected = $0 { true } else { false } }
        }

        /// Waits until the engine has rejected something.
        package func waitForRejection(_ reason: String = "") async {
            await wait(for: 1) {
                if case .rejected(let what) = $0 { reason.isEmpty || what.contains(reason) } else { false }
            }
        }

        /// Waits until the last problem is over.
        package func waitForRecovery() async { await wait { $0.events.last { $0.isAboutHealth } == .recovered } }

        /// Waits until the connection is lost.
        package func waitForDisconnection(_ count: Int = 1) async {
            await wait(for: count) { if case .disconnected = $0 { true } else { false } }
        }

        /// Waits for the last frame of a member.
        package func wait(forAll count: Int, of name: UInt32) async {
            if count > 0 { await wait { $0.numbers[name]?.last == UInt32(count - 1) } }
        }
    }
}

extension BackplaneEvent {
    /// Whether the event is a problem or the end of one.
    fileprivate var isAboutHealth: Bool {
        switch self {
        case .disconnected, .rejected, .degraded, .recovered: true
        case .connected, .dropped, .missed, .incarnationConflict, .warning: false
        }
    }
}

/// Members that all publish and receive.
package struct Cluster {
    package let members: [Member]

    /// Members that have joined, whose names are their indices.
    package init(_ members: [Member]) {
        self.members = members
    }

    /// Lets one member for each backplane join.
    package static func join(_ backplanes: [any Backplane]) async throws -> Cluster {
        let members = backplanes.enumerated().map { Member($1, name: UInt32($0)) }
        for member in members { try await member.join() }
        return Cluster(members)
    }

    /// Lets all members publish while `body` runs, then drains them, and checks that each has received all frames of all
    /// others, once and in order.
    package func flood(size: Int = 64, while body: () async throws -> Void) async throws {
        let floods = members.map { member in
            member.flood(size: size, to: members.filter { $0.name != member.name })
        }
        for member in members { await waitForTraffic(member) }
        do { try await body() } catch {
            for flood in floods { flood.cancel() }
            throw error
        }
        // Traffic goes on after the disturbance, too.
        let counts = members.map { $0.publishedCount + 50 }
        for member in members {
            for other in members where other.name != member.name {
                await member.receiver.wait { ($0.numbers[other.name]?.last ?? 0) >= UInt32(counts[Int(other.name)]) }
            }
        }
        for flood in floods {
            flood.cancel()
            await flood.value
        }
        await check()
    }

    private func waitForTraffic(_ member: Member) async {
        for other in members where other.name != member.name {
            await member.receiver.wait { ($0.numbers[other.name]?.count ?? 0) >= 100 }
        }
    }

    /// Checks that each has received all frames of all others, once and in order.
    package func check() async {
        for member in members { #expect(await member.backplane.drain(within: .seconds(60))) }
        for member in members {
            for other in members where other.name != member.name {
                await member.receiver.wait(forAll: other.publishedCount, of: other.name)
                let numbers = member.receiver.state.numbers[other.name] ?? []
                #expect(numbers == (0..<other.publishedCount).map { UInt32($0) }, "\(other.name) → \(member.name)")
            }
            #expect(member.receiver.state.numbers[member.name] == nil, "nobody receives its own")
            let counters = member.backplane.status.counters
            #expect(counters.missed == 0)
            #expect(counters.dropped == 0)
            #expect(counters.malformed == 0)
            #expect(counters.incarnationConflicts == 0)
        }
    }

    package func stop() async {
        for member in members { await member.backplane.stop() }
    }
}
