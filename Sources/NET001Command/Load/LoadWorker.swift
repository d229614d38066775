import Glibc
import Histogram
import Switchboard
import SwitchboardApplication
import SwitchboardTransport

/// The connections of a load that share an event loop, and their measurements.
///
/// It is used on that event loop only.
final class LoadWorker: DeadlineDelegate, @unchecked Sendable {
    let loop: EventLoop
    private let plan: LoadPlan
    private let ring: FrameRing
    /// The share of the rate of this worker.
    private let rate: Double

    private var connections: [LoadConnection] = []
    private var latencies = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
    private var messageCount: UInt64 = 0
    private(set) var failure: String?
    private var isRunning = false
    private var isStopped = false
    /// The number of greeted connections; after ``whenGreeted(within:_:)`` was called, minus the number of all
    /// connections.
    private var greetedCount = 0
    private let greetingDeadline = Deadline()
    private var greetingAwaiter: (() -> Void)?

    // With a rate, a tick each millisecond sends the messages that are due.
    private let tick = Deadline()
    private var startTime: UInt64 = 0
    private var sentCount: UInt64 = 0
    private var nextConnection = 0

    /// The time of the last reply.
    private var lastAnswer: UInt64 = 0

    /// The time in nanoseconds without an arrival after which broadcasts count as dropped by the server.
    private static let maximumSilence: UInt64 = 1_000_000_000

    /// The arrivals of broadcasts since the last one that was followed by the next broadcast.
    private var arrivals = 0

    /// The error when the server rejects the credentials.
    let refusal: String

    init(_ plan: LoadPlan, _ ring: FrameRing, rate: Double, credentials: Credentials?, number: Int) throws {
        refusal = credentials?.refusal.description ?? "the server refused credentials that it was not sent"
        self.plan = plan
        self.ring = ring
        self.rate = rate
        loop = try EventLoop(label: "net001.load.\(number)", spins: plan.spins)
        latencies.autoResize = true
    }

    /// Returns the time of the monotonic clock in nanoseconds.
    func clock() -> UInt64 { loop.clock }

    /// The limits of the streams, without a limit on output.
    static var limits: StreamLimits {
        var limits = StreamLimits()
        limits.highWaterBytes = .max
        limits.stopsReadingWhileCongested = false
        limits.maximumPendingBytes = .max
        return limits
    }

    /// Returns a stream over a connected socket.
    func stream(_ descriptor: Int32, _ address: SocketAddress) -> SocketStream {
        SocketStream(adopting: descriptor, on: loop, remoteAddress: address, limits: Self.limits)
    }

    func add(_ stream: any ByteStream) {
        let connection = LoadConnection(stream, ring, inFlight: plan.inFlight, worker: self)
        connections.append(connection)
        connection.start()
    }

    /// Calls `body` when all connections are greeted, when one has failed, or after `timeout`.
    func whenGreeted(within timeout: Duration, _ body: @escaping () -> Void) {
        greetingAwaiter = body
        greetedCount -= connections.count
        greetingDeadline.start(in: loop.deadlines(lasting: timeout), delegate: self)
        if greetedCount == 0 || failure != nil { endGreeting() }
    }

    func countGreeting() {
        greetedCount += 1
        if greetedCount == 0 { endGreeting() }
    }

    private func endGreeting() {
        greetingDeadline.cancel()
        greetingAwaiter?()
        greetingAwaiter = nil
    }

    func start() {
        isRunning = true
        startTime = clock()
        lastAnswer = startTime
        if rate > 0 {
            deadlinePassed(tick)
        } else if plan.kind == .broadcast {
            connections[0].send(plan.inFlight, at: startTime)
        } else {
            for connection in connections { connection.send(plan.inFlight, at: startTime) }
        }
    }

    /// Resets the measurements.
    func resetCounts() {
        latencies.reset()
        messageCount = 0
    }

    /// Ends the load.
    ///
    /// - Returns: The measurements since ``resetCounts()``.
    func stop() -> (messages: UInt64, latencies: Histogram<UInt64>, failure: String?) {
        if isRunning, plan.kind == .broadcast, failure == nil, connections.first.map({ $0.inFlight > 0 }) == true,
            clock() > lastAnswer &+ Self.maximumSilence
        {
            failure =
                "the server dropped broadcasts above its --rate-limit: lower --rate, or raise --rate-limit of the server"
        }
        isRunning = false
        isStopped = true
        tick.cancel()
        for connection in connections { connection.stream.abort(.requested) }
        connections = []
        return (messageCount, latencies, failure)
    }

    func fail(_ reason: String) {
        if !isStopped, failure == nil { failure = reason }
        endGreeting()
    }

    // MARK: Answers

    func count(_ answered: Int, of connection: LoadConnection, at now: UInt64) {
        guard isRunning else { return }
        messageCount &+= UInt64(answered)
        lastAnswer = now
        if plan.kind == .broadcast { return countArrivals(answered, at: now) }
        for _ in 0..<answered {
            let sent = connection.takeSendTime()
            _ = latencies.record(now > sent ? now - sent : 0)
        }
        if rate == 0 { connection.send(answered, at: now) } else { sendDueMessages() }
    }

    /// Sends the next broadcast when as many arrivals are counted as a broadcast has receivers.
    private func countArrivals(_ count: Int, at now: UInt64) {
        arrivals += count
        let receivers = connections.count - 1
        while arrivals >= receivers {
            arrivals -= receivers
            let sent = connections[0].takeSendTime()
            _ = latencies.record(now > sent ? now - sent : 0)
            if rate == 0 { connections[0].send(1, at: now) }
        }
    }

    // MARK: A rate

    func deadlinePassed(_ deadline: Deadline) {
        if deadline === greetingDeadline { return fail("the server did not answer PING in time") }
        guard isRunning else { return }
        sendDueMessages()
        tick.start(in: loop.deadlines(lasting: .milliseconds(1)), delegate: self)
    }

    /// Sends all messages that are due.
    ///
    /// The latency of each is measured from its scheduled time, so that a stall of the server counts for every message
    /// that it delays.
    private func sendDueMessages() {
        let elapsed = Double(clock() - startTime)
        // The first message is due at once.
        let due = UInt64(elapsed * rate / 1e9) + 1
        var refusals = 0
        let senders = plan.kind == .broadcast ? 1 : connections.count
        while sentCount < due, refusals < senders {
            let connection = connections[nextConnection]
            nextConnection = (nextConnection + 1) % senders
            guard connection.room > 0 else {
                refusals += 1
                continue
            }
            refusals = 0
            connection.send(1, at: startTime + UInt64(Double(sentCount) / rate * 1e9))
            sentCount += 1
        }
    }
}
