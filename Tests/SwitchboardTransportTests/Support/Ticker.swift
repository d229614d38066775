import SwitchboardTransport

/// Counts how often its deadline passes, and restarts it each time.
final class Ticker: DeadlineDelegate, @unchecked Sendable {
    let deadline = Deadline()
    private let loop: EventLoop
    private let interval: Duration
    private let ticks: Watched<Int>

    init(_ loop: EventLoop, every interval: Duration, _ ticks: Watched<Int>) {
        self.loop = loop
        self.interval = interval
        self.ticks = ticks
    }

    func start() {
        deadline.start(in: loop.deadlines(lasting: interval), delegate: self)
    }

    func deadlinePassed(_ deadline: Deadline) {
        ticks.update { $0 += 1 }
        start()
    }
}
