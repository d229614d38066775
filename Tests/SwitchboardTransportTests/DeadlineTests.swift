import SwitchboardTransport
import Testing

@Suite("Deadlines")
struct DeadlineTests {
    /// Records in which order deadlines pass.
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
