import Dispatch
import SwitchboardTransport
import TestSupport
import Testing

@Suite("The resolver of names", .timeLimit(.minutes(Patience.minutes)))
struct NameResolverTests {
    /// A system resolver that hangs until the test releases it.
    private final class HangingResolver: Sendable {
        let asked = Watched<[String]>([])
        private let isReleased = Watched(false)
        private let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)

        func release() { isReleased.update { $0 = true } }

        /// Returns when `count` more names are being looked up.
        func waitForNames(_ count: Int) async {
            var arrivals = arrivals.makeAsyncIterator()
            for _ in 0..<count { await arrivals.next() }
        }

        @Sendable func lookUp(_ name: String) throws(TransportError) -> [SocketAddress] {
            asked.update { $0.append(name) }
            arrival.yield()
            _ = try? isReleased.wait { $0 }
            if name == "nobody" { throw TransportError(.cannotResolve, description: "there is no \(name)") }
            return [try SocketAddress("127.0.0.1", port: 0)]
        }
    }

    private func addresses(_ resolver: NameResolver, _ name: String, _ timeout: Duration = .seconds(60)) async throws
        -> [SocketAddress]
    {
        try await resolver.addresses(of: name, within: timeout)
    }

    @Test("A hundred look-ups that hang block nothing else, and a bounded number of threads")
    func hanging() async throws {
        let system = HangingResolver()
        let resolver = NameResolver { name throws(TransportError) in try system.lookUp(name) }
        let expected = [try SocketAddress("127.0.0.1", port: 0)]
        try await withThrowingTaskGroup { group in
            for number in 0..<100 { group.addTask { try await addresses(resolver, "host-\(number)") } }
            await system.waitForNames(NameResolver.maximumThreads)
            // If the look-ups took the threads of tasks, this would not return before they end.
            try await Task.sleep(for: .milliseconds(50))
            let work = Task { 1 }
            #expect(await work.value == 1)
            #expect(system.asked.value.count == NameResolver.maximumThreads)
            system.release()
            for _ in 0..<100 { #expect(try await group.next() == expected) }
        }
        #expect(Set(system.asked.value).count == 100)
    }

    @Test("A timeout and a cancellation end the wait while the look-up hangs, be it under way or not yet begun")
    func givingUp() async throws {
        let system = HangingResolver()
        let resolver = NameResolver { name throws(TransportError) in try system.lookUp(name) }
        defer { system.release() }
        let names = (0..<NameResolver.maximumThreads + 5).map { "host-\($0)" }
        for name in names {
            let error = await #expect(throws: TransportError.self) {
                try await addresses(resolver, name, .milliseconds(5))
            }
            #expect(error?.code == .timedOut)
            #expect(error?.description == "cannot find the host \(name) within 0.005 seconds")
        }
        for name in names {
            let task = Task { try await addresses(resolver, name) }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        // Look-ups without a caller are not begun.
        #expect(system.asked.value.count == NameResolver.maximumThreads)
    }

    @Test("Callers of one name share a look-up, its result and its failure")
    func sharing() async throws {
        let system = HangingResolver()
        let resolver = NameResolver { name throws(TransportError) in try system.lookUp(name) }
        await withTaskGroup { group in
            for name in ["somebody", "nobody"] {
                for _ in 0..<10 { group.addTask { try? await addresses(resolver, name).count } }
            }
            await system.waitForNames(2)
            // Callers before the release share the look-up; later callers begin a new one.
            system.release()
            var counts: [Int?] = []
            for await count in group { counts.append(count) }
            #expect(counts.count { $0 == 1 } == 10)
            #expect(counts.count { $0 == nil } == 10)
        }
    }
}
