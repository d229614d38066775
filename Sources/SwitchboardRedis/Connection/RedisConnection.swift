internal import DequeModule
internal import SwitchboardBytes
internal import SwitchboardTransport

/// A connection to a Redis server, which sends commands, and receives replies in the same order.
///
/// All methods are called on one event loop, except those that any thread may call.
final class RedisConnection: @unchecked Sendable {
    typealias Completion = (Result<RESPValue, RedisFailure>) -> Void

    /// The limits of the stream: more pending output than the entries in flight ever have.
    static var streamLimits: StreamLimits {
        var limits = StreamLimits()
        limits.maximumPendingBytes = 64 * 1024 * 1024
        limits.stopsReadingWhileCongested = false
        return limits
    }

    /// The time without a command after which a `PING` checks the connection, in nanoseconds: 1 s.
    private static let idleTime: UInt64 = 1_000_000_000

    /// The server's address, for messages.
    let address: String

    /// What the server has reported about itself; the dialer sets it before the connection is used.
    var info = RedisServerInfo()

    private let loop: EventLoop
    private var stream: any ByteStream
    private let replyTimeout: Duration
    private var decoder = RESPDecoder()
    private var completions: Deque<Completion> = []
    private var lastSendTime: UInt64
    private let replyDeadline = Deadline()
    /// The reason why the connection has closed; `nil` while it is open.
    private(set) var failure: RedisFailure?
    /// Called once, when the connection has closed.
    var whenClosed: ((RedisFailure) -> Void)?

    /// - Parameters:
    ///   - stream: A stream that has not been started.
    ///   - replyTimeout: The longest silence of the server while a reply is due.
    init(_ stream: any ByteStream, address: String, replyTimeout: Duration) {
        self.stream = stream
        self.address = address
        self.replyTimeout = replyTimeout
        loop = stream.loop
        lastSendTime = loop.now
    }

    func start() { stream.start(self) }

    /// Sends a command.
    ///
    /// - Parameter completion: Called once, on the event loop: with the reply, which may be an error of Redis, or with the reason
    ///   why the connection has closed.
    func send(_ command: RedisCommand, _ completion: @escaping Completion) {
        if let failure { return completion(.failure(failure)) }
        completions.append(completion)
        lastSendTime = loop.now
        if !replyDeadline.isRunning { replyDeadline.start(in: loop.deadlines(lasting: replyTimeout), delegate: self) }
        stream.send { command.encode(into: &$0) }
    }

    /// Sends a command from any thread, and waits for its reply.
    ///
    /// - Returns: The reply.
    /// - Throws: ``RedisFailure/rejected(_:address:)`` when the reply is an error.
    func send(_ command: RedisCommand) async throws(RedisFailure) -> RESPValue {
        let result = await withCheckedContinuation { continuation in
            loop.execute { self.send(command) { continuation.resume(returning: $0) } }
        }
        switch try result.get() {
        case .error(let reply): throw .rejected(reply, address: address)
        case let value: return value
        }
    }

    /// Sends a `PING` if the connection is idle: a server that does not reply is found to be unreachable.
    func pingIfIdle() {
        guard completions.isEmpty, loop.now >= lastSendTime &+ Self.idleTime else { return }
        send(["PING"]) { _ in }
    }

    /// Closes the connection.
    ///
    /// Commands without a reply fail.
    func close(_ reason: RedisFailure) {
        guard failure == nil else { return }
        fail(reason)
        stream.abort(.requested)
    }

    private func fail(_ reason: RedisFailure) {
        guard failure == nil else { return }
        failure = reason
        replyDeadline.cancel()
        while let completion = completions.popFirst() { completion(.failure(reason)) }
        whenClosed.take()?(reason)
    }
}

extension RedisConnection: StreamDelegate {
    func received(_ input: inout ByteReader) -> Int {
        if replyDeadline.isRunning { replyDeadline.renew() }
        do throws(RESPError) {
            while failure == nil, let reply = try decoder.next(in: &input) {
                guard let completion = completions.popFirst() else {
                    close(unsolicited(reply))
                    break
                }
                if completions.isEmpty { replyDeadline.cancel() }
                completion(.success(reply))
            }
        } catch {
            close(.unreadable(error, address: address))
        }
        return 1
    }

    /// The failure that a reply without a command means: Redis sends an error to a client that it refuses.
    private func unsolicited(_ reply: RESPValue) -> RedisFailure {
        if case .error(let error) = reply { return .rejected(error, address: address) }
        return .unexpectedReply("no command", address: address)
    }

    func reachedEnd() { close(.closed("Redis has closed it", address: address)) }

    func closed(_ reason: CloseReason) { fail(.closed("\(reason)", address: address)) }
}

extension RedisConnection: DeadlineDelegate {
    func deadlinePassed(_ deadline: Deadline) { close(.silent(replyTimeout, address: address)) }
}
