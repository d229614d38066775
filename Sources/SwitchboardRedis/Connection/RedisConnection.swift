internal import DequeModule
internal import SwitchboardBytes
internal import SwitchboardTransport

/// A connection to a Redis server: commands out, replies back in the same order.
///
/// It lives on one event loop, where all its methods are called, unless they say something else.
final class RedisConnection: @unchecked Sendable {
    typealias Completion = (Result<RESPValue, RedisFailure>) -> Void

    /// How much the connection keeps for the server: more than the entries in flight ever have.
    static var streamLimits: StreamLimits {
        var limits = StreamLimits()
        limits.maximumPendingBytes = 64 * 1024 * 1024
        limits.stopsReadingWhileCongested = false
        return limits
    }

    /// A connection on which nothing was sent for this long is tried with a `PING`, in nanoseconds: 1 s.
    private static let idleTime: UInt64 = 1_000_000_000

    /// The server's address, for messages.
    let address: String

    private let loop: EventLoop
    private var stream: any ByteStream
    private let replyTimeout: Duration
    private var decoder = RESPDecoder()
    private var completions: Deque<Completion> = []
    private var lastSendTime: UInt64
    private let replyDeadline = Deadline()
    /// Why nothing can be sent any more.
    private(set) var failure: RedisFailure?
    /// Called once, when nothing can be sent any more.
    var whenClosed: ((RedisFailure) -> Void)?

    /// - Parameters:
    ///   - stream: The connection, which has not been started; with TLS, if there is TLS.
    ///   - replyTimeout: How long the server may send nothing while a reply is due.
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
    /// - Parameter completion: Called once, on the loop: with the reply, which may be an error of Redis, or with the reason why
    ///   there is none.
    func send(_ command: RedisCommand, _ completion: @escaping Completion) {
        if let failure { return completion(.failure(failure)) }
        completions.append(completion)
        lastSendTime = loop.now
        if !replyDeadline.isRunning { replyDeadline.start(in: loop.deadlines(lasting: replyTimeout), delegate: self) }
        stream.send { command.encode(into: &$0) }
    }

    /// Sends a command from any thread, and waits for its reply.
    ///
    /// - Returns: The reply, which is no error.
    func send(_ command: RedisCommand) async throws(RedisFailure) -> RESPValue {
        let result = await withCheckedContinuation { continuation in
            loop.execute { self.send(command) { continuation.resume(returning: $0) } }
        }
        switch try result.get() {
        case .error(let reply): throw .rejected(reply, address: address)
        case let value: return value
        }
    }

    /// Sends a `PING` if nothing else was sent for a while: a server that does not answer it is found to be gone.
    func pingIfIdle() {
        guard completions.isEmpty, loop.now >= lastSendTime &+ Self.idleTime else { return }
        send(["PING"]) { _ in }
    }

    /// Closes the connection.
    ///
    /// Commands that are not answered fail.
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
                    close(uncalledFor(reply))
                    break
                }
                if completions.isEmpty { replyDeadline.cancel() }
                completion(.success(reply))
            }
        } catch {
            close(.garbled(error, address: address))
        }
        return 1
    }

    /// What a reply means that no command has asked for: Redis greets clients that it does not serve with an error.
    private func uncalledFor(_ reply: RESPValue) -> RedisFailure {
        if case .error(let error) = reply { return .rejected(error, address: address) }
        return .unexpectedReply("no command", address: address)
    }

    func reachedEnd() { close(.closed("Redis has closed it", address: address)) }

    func closed(_ reason: CloseReason) { fail(.closed("\(reason)", address: address)) }
}

extension RedisConnection: DeadlineDelegate {
    func deadlinePassed(_ deadline: Deadline) { close(.silent(replyTimeout, address: address)) }
}
