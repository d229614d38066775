import Dispatch
import Glibc
import SwitchboardBytes
import SwitchboardTransport
import TestSupport
import Testing

@Suite("The event loop")
struct EventLoopTests {
    @Test("Jobs run in the order in which each thread gives them")
    func runsJobsInOrder() throws {
        let loop = try EventLoop(label: "test")
        defer { loop.stop() }
        let ran = Watched<[[Int]]>(Array(repeating: [], count: 8))
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for number in 0..<2000 {
                loop.execute { ran.update { $0[thread].append(number) } }
            }
        }
        let all = try ran.wait { $0.allSatisfy { $0.count == 2000 } }
        #expect(all.allSatisfy { $0 == Array(0..<2000) })
    }

    @Test("A job that is given on the loop runs after the current one")
    func queuesItsOwnJobs() throws {
        let loop = try EventLoop(label: "test")
        defer { loop.stop() }
        let ran = Watched<[String]>([])
        loop.execute {
            loop.execute { ran.update { $0.append("inner") } }
            ran.update { $0.append("outer") }
        }
        #expect(try ran.wait { $0.count == 2 } == ["outer", "inner"])
    }

    @Test("Jobs run after the loop was idle")
    func wakesUp() throws {
        let loop = try EventLoop(label: "test")
        defer { loop.stop() }
        let ticks = Watched(0)
        let ticker = Ticker(loop, every: .milliseconds(60), ticks)
        loop.execute { ticker.start() }
        try ticks.wait { $0 == 5 }
        let ran = Watched(false)
        loop.execute { ran.update { $0 = true } }
        try ran.wait { $0 }
    }

    @Test("A task runs on the loop that it prefers, also after the loop has stopped")
    func runsTasks() async throws {
        let loop = try EventLoop(label: "test")
        let (stops, stopping) = AsyncStream.makeStream(of: Void.self)
        let task = Task(executorPreference: loop) { () async -> Int in
            #expect(loop.isCurrent)
            loop.stop { stopping.yield() }
            for await _ in stops { break }
            #expect(loop.isCurrent)
            await Task.yield()
            #expect(loop.isCurrent)
            return 7
        }
        #expect(await task.value == 7)
        let later = Task(executorPreference: loop) { () async -> Bool in loop.isCurrent }
        #expect(await later.value)
    }

    @Test("A task that is resumed again and again holds up no job")
    func runsTasksFairly() async throws {
        let loop = try EventLoop(label: "test")
        defer { loop.stop() }
        let (jobs, ran) = AsyncStream.makeStream(of: Void.self)
        let busy = Task(executorPreference: loop) {
            while !Task.isCancelled { await Task.yield() }
        }
        loop.execute { ran.yield() }
        for await _ in jobs { break }
        busy.cancel()
        await busy.value
    }

    @Test("Only code on the loop is current")
    func knowsItsThread() throws {
        let one = try EventLoop(label: "one")
        let other = try EventLoop(label: "other")
        defer {
            one.stop()
            other.stop()
        }
        let seen = Watched<[Bool]>([])
        #expect(!one.isCurrent)
        one.execute { seen.update { $0 += [one.isCurrent, other.isCurrent] } }
        #expect(try seen.wait { !$0.isEmpty } == [true, false])
        #expect(!one.isCurrent)
    }

    @Test("A loop that is stopped runs the jobs that it has, and later ones as well")
    func losesNoJob() throws {
        let loop = try EventLoop(label: "test")
        let ran = Watched<[Int]>([])
        let hasStopped = Watched(false)
        for number in 0..<1000 {
            loop.execute { ran.update { $0.append(number) } }
            if number == 500 { loop.stop { hasStopped.update { $0 = true } } }
        }
        try hasStopped.wait { $0 }
        loop.execute { ran.update { $0.append(loop.isCurrent ? 1000 : -1) } }
        #expect(try ran.wait { $0.count == 1001 } == Array(0...1000))
        let again = Watched(false)
        loop.stop { again.update { $0 = true } }
        try again.wait { $0 }
    }

    @Test("More loops than Dispatch has threads all serve their connections", .timeLimit(.minutes(Patience.minutes)))
    func manyLoops() async {
        await #expect(processExitsWith: .success) {
            let count = 300
            try #require(DescriptorLimit.raise(to: 20 * count) >= 6 * count)
            let loops = try (0..<count).map { try EventLoop(label: "test.\($0)") }
            let links = try loops.map { loop in
                let (peer, descriptor) = try RawPeer.pair()
                loop.execute {
                    ScriptedDelegate(onReceived: echo)
                        .start(SocketStream(adopting: descriptor, on: loop, remoteAddress: nil))
                }
                return peer
            }
            for round in 0..<5 {
                let text = Bytes(utf8: "round \(round)")
                for peer in links { try peer.send(text) }
                for peer in links { try #require(try peer.receive(count: text.count) == text) }
            }
            // The loops also have jobs and deadlines.
            let ticks = Watched(0)
            let tickers = loops.map { Ticker($0, every: .milliseconds(1), ticks) }
            for (loop, ticker) in zip(loops, tickers) {
                loop.execute { ticker.start() }
            }
            try ticks.wait { $0 >= 5 * count }
            let stopped = Watched(0)
            for loop in loops { loop.stop { stopped.update { $0 += 1 } } }
            try stopped.wait { $0 == count }
        }
    }

    @Test("Stopping closes all streams, and gives back every descriptor and the loop itself")
    func givesEverythingBack() async {
        await #expect(processExitsWith: .success) {
            // At the first loop, Dispatch opens descriptors that it keeps.
            try stopAfterUse()
            let before = try openDescriptorCount()
            for _ in 0..<10 { try stopAfterUse() }
            try #require(try openDescriptorCount() == before)
        }
    }
}

/// Uses all features of a loop, stops it, and checks that it is released.
private func stopAfterUse() throws {
    weak var gone: EventLoop?
    let released = Watched(false)
    do {
        let loop = try EventLoop(label: "test")
        gone = loop
        let links = try (0..<10).map { _ in try RawPeer.pair() }
        let delegates = links.map { _ in ScriptedDelegate(onReceived: echo) }
        let address = try SocketAddress("127.0.0.1", port: 0)
        let listener = try Listener(
            address: address,
            backlog: 1,
            acceptor: loop,
            onAccept: { descriptor, _ in close(descriptor) },
            onFailure: { _ in }
        )
        listener.start { _ in }
        let attempt = Connector.connect(to: [listener.address], on: loop, timeout: .seconds(60)) { result in
            if case .success((let descriptor, _)) = result {
                _ = SocketStream(adopting: descriptor, on: loop, remoteAddress: nil)
            }
        }
        let output = pattern(6_000_000)
        loop.execute {
            for (delegate, (_, descriptor)) in zip(delegates, links) {
                delegate.start(SocketStream(adopting: descriptor, on: loop, remoteAddress: nil))
                delegate.stream?.send(output)
            }
        }
        for (peer, _) in links { _ = try peer.receive(count: 1) }
        loop.stop { released.update { $0 = true } }
        for delegate in delegates {
            let reasons = try delegate.record.wait { $0.isClosed }.reasons
            try #require(reasons == [.slowConsumer] || reasons == [.loopStopped])
        }
        try released.wait { $0 }
        attempt.cancel()
    }
    // Dispatch releases the loop soon after the cancellation, without an event that a test could
    // await.
    for _ in 0..<10_000_000 where gone != nil { sched_yield() }
    try #require(gone == nil)
}
