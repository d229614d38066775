import Glibc
import SwitchboardBytes
import SwitchboardTransport
import TestSupport
import Testing

@Suite("Deadlines")
struct DeadlineTests {
    /// Records the order in which deadlines pass.
    final class Recorder: DeadlineDelegate, @unchecked Sendable {
        let loop: EventLoop
        let passed = Watched<[String]>([])
        var deadlines: [String: Deadline] = [:]

        init() throws {
            loop = try EventLoop(label: "test")
        }

        deinit {
            loop.stop()
        }

        func start(_ name: String, lasting duration: Duration) {
            let deadline = deadlines[name] ?? Deadline()
            deadlines[name] = deadline
            deadline.start(in: loop.deadlines(lasting: duration), delegate: self)
        }

        func deadlinePassed(_ deadline: Deadline) {
            let name = deadlines.first { $0.value === deadline }?.key
            passed.update { $0.append(name ?? "unknown") }
        }
    }

    @Test("Deadlines pass in their order, whatever their lengths")
    func passInOrder() throws {
        let recorder = try Recorder()
        recorder.loop.execute {
            recorder.start("c", lasting: .milliseconds(120))
            recorder.start("a", lasting: .milliseconds(40))
            recorder.start("d", lasting: .milliseconds(160))
            recorder.start("b", lasting: .milliseconds(80))
        }
        #expect(try recorder.passed.wait { $0.count == 4 } == ["a", "b", "c", "d"])
    }

    @Test("A deadline does not pass too early")
    func passInTime() throws {
        let recorder = try Recorder()
        let clock = ContinuousClock()
        let start = clock.now
        recorder.loop.execute { recorder.start("only", lasting: .milliseconds(150)) }
        try recorder.passed.wait { $0.count == 1 }
        #expect(clock.now - start >= .milliseconds(150))
    }

    @Test("A renewed deadline passes later, a cancelled one never")
    func renewsAndCancels() throws {
        let recorder = try Recorder()
        recorder.loop.execute {
            recorder.start("first", lasting: .milliseconds(50))
            recorder.start("second", lasting: .milliseconds(50))
            recorder.start("third", lasting: .milliseconds(50))
            recorder.start("restarted", lasting: .milliseconds(10))
            recorder.deadlines["first"]?.renew()
            recorder.deadlines["second"]?.cancel()
            recorder.deadlines["second"]?.renew()
            recorder.start("restarted", lasting: .milliseconds(100))
        }
        #expect(try recorder.passed.wait { $0.count == 3 } == ["third", "first", "restarted"])
    }

    @Test("Deadlines of any durations share a bounded number of lists, and pass at most 1/64 late")
    func manyDurations() throws {
        let loop = try EventLoop(label: "test", runByHandFrom: 1_000_000_000) {}
        defer {
            loop.stop()
            loop.run(at: 1_000_000_000)
        }
        final class Requests: DeadlineDelegate, @unchecked Sendable {
            var lists: Set<ObjectIdentifier> = []
            var exactCount = 0
            var passedCount = 0
            func deadlinePassed(_ deadline: Deadline) { passedCount += 1 }
        }
        let requests = Requests()
        loop.execute {
            for number in 1...10_000 as ClosedRange<Int64> {
                let list = loop.deadlines(lastingAbout: .microseconds(number * 37))
                requests.lists.insert(ObjectIdentifier(list))
                if list.duration == .microseconds(number * 37) { requests.exactCount += 1 }
                #expect(list.duration >= .microseconds(number * 37))
                #expect(list.duration <= .microseconds(number * 37 + number * 37 / 64 + 1))
                Deadline().start(in: list, delegate: requests)
            }
        }
        loop.run(at: 1_000_000_000)
        #expect(requests.exactCount >= 64)
        #expect(requests.lists.count < 1000)
        #expect(requests.passedCount == 0)
        for time in 1...400 as ClosedRange<UInt64> { loop.run(at: 1_000_000_000 + time * 1_000_000) }
        #expect(requests.passedCount == 10_000)
        #expect(loop.nextDeadline == nil)
    }

    @Test("A deadline may be started again when it passes, however short it is")
    func restarts() throws {
        let loop = try EventLoop(label: "test")
        defer { loop.stop() }
        let ticks = Watched(0)
        let ticker = Ticker(loop, every: .zero, ticks)
        loop.execute { ticker.start() }
        try ticks.wait { $0 >= 1000 }
        let stopped = Watched(false)
        loop.execute {
            ticker.deadline.cancel()
            stopped.update { $0 = true }
        }
        try stopped.wait { $0 }
    }

    @Test("What had come before a deadline was found to be due is read first, from however many peers")
    func inputComesFirst() async {
        await #expect(processExitsWith: .success) {
            // More events than one poll returns.
            let count = 600
            try #require(DescriptorLimit.raise(to: 4 * count) >= 2 * count + 50)
            let loop = try EventLoop(label: "test", runByHandFrom: 0) {}
            let passed = Watched<[Int]>([])
            let links = try (0..<count).map { number in
                try PatientLink(loop, wants: 1) { passed.update { $0.append(number) } }
            }
            loop.run(at: 0)
            for link in links { try link.peer.send("!") }
            loop.run(at: 2_000_000_000)
            try #require(passed.value == [])
            for link in links.dropFirst(2) { try link.peer.send("!") }
            loop.run(at: 4_000_000_000)
            try #require(passed.value.sorted() == [0, 1])
        }
    }

    @Test("What had come before a deadline was found to be due is read first, however many reads that takes")
    func allInputComesFirst() throws {
        let loop = try EventLoop(label: "test", runByHandFrom: 0) {}
        let passed = Watched(0)
        let size = 400_000
        let link = try PatientLink(loop, wants: size) { passed.update { $0 += 1 } }
        loop.run(at: 0)
        try link.peer.send(pattern(size))
        loop.run(at: 2_000_000_000)
        #expect(passed.value == 0)
        loop.run(at: 4_000_000_000)
        #expect(passed.value == 1)
        loop.stop()
        loop.run(at: .max)
    }

    /// A stream whose peer has one second for each message of a fixed size.
    private final class PatientLink: DeadlineDelegate {
        let peer: RawPeer
        private let deadline = Deadline()
        private let whenPassed: () -> Void

        init(_ loop: EventLoop, wants size: Int, whenPassed: @escaping @Sendable () -> Void) throws {
            var ends: [Int32] = [0, 0]
            let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0, fcntl(ends[0], F_SETFL, 0) == 0 else {
                throw SystemError(errno: errno)
            }
            var room: Int32 = 1 << 20
            unsafe setsockopt(ends[0], SOL_SOCKET, SO_SNDBUFFORCE, &room, socklen_t(MemoryLayout<Int32>.size))
            peer = RawPeer(descriptor: ends[0])
            self.whenPassed = whenPassed
            let inside = ends[1]
            nonisolated(unsafe) let link = self
            loop.execute {
                let deadlines = loop.deadlines(lasting: .seconds(1))
                unsafe link.deadline.start(in: deadlines, delegate: link)
                let delegate = ScriptedDelegate { input, _ in
                    guard input.remaining >= size else { return size }
                    input.skip(size)
                    unsafe link.deadline.renew()
                    return size
                }
                delegate.start(SocketStream(adopting: inside, on: loop, remoteAddress: nil))
            }
        }

        func deadlinePassed(_ deadline: Deadline) { whenPassed() }
    }

    @Test("Thousands of deadlines are renewed and cancelled in any order")
    func keepsLargeLists() throws {
        let loop = try EventLoop(label: "test")
        defer { loop.stop() }
        let result = Watched<Int?>(nil)
        let ticks = Watched(0)
        loop.execute {
            let list = DeadlineList(lasting: .milliseconds(1), on: loop)
            let tickers = (0..<20_000).map { _ in Counter(ticks) }
            for ticker in tickers { ticker.deadline.start(in: list, delegate: ticker) }
            var generator = SeededGenerator(seed: 1)
            for _ in 0..<50_000 { tickers.randomElement(using: &generator)?.deadline.renew() }
            let cancelled = tickers.shuffled(using: &generator).prefix(5000)
            for ticker in cancelled { ticker.deadline.cancel() }
            result.update { $0 = tickers.count(where: \.deadline.isRunning) }
        }
        #expect(try result.wait { $0 != nil } == 15_000)
        try ticks.wait { $0 == 15_000 }
    }

    private final class Counter: DeadlineDelegate {
        let deadline = Deadline()
        let ticks: Watched<Int>

        init(_ ticks: Watched<Int>) {
            self.ticks = ticks
        }

        func deadlinePassed(_ deadline: Deadline) {
            ticks.update { $0 += 1 }
        }
    }
}
