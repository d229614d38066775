internal import SwitchboardBackplane
internal import SwitchboardBytes
internal import SwitchboardTransport

/// The connection of a store to Redis: sends commands and scripts of any task, and returns their replies.
///
/// The connection is apart from those of the log: a read of the log that waits for entries would delay the replies. Without a
/// connection, commands fail at once. It lives on the backplane's loop, where all its methods are called, unless they say something
/// else.
final class RedisStoreLink: @unchecked Sendable {
    /// A command, or a script with its keys and arguments.
    enum Operation: Sendable {
        case command(RedisCommand)
        case script(RedisScript, keys: [Bytes], [Bytes])
    }

    /// The most operations without a reply; further ones fail.
    static let maximumPendingOperations = 4096

    private let loop: EventLoop
    private let dialer: RedisDialer
    private lazy var link = RedisLink(
        dialer,
        on: loop,
        whenConnected: { [unowned self] in connected($0) },
        whenFailed: { [unowned self] in failed($0) }
    )
    /// The names of scripts that Redis knows on this connection.
    private var names: [RedisScript: Bytes] = [:]
    private var pendingOperations = 0
    private var connectionCount: UInt64 = 0
    private var failure = RedisFailure.unreachable("there is no connection to Redis yet")
    private var hasStopped = false
    private var startContinuation: CheckedContinuation<RedisFailure?, Never>?
    private let startDeadline = Deadline()

    init(_ dialer: RedisDialer, on loop: EventLoop) {
        self.dialer = dialer
        self.loop = loop
    }

    // MARK: From any thread

    /// Connects, and returns when there is a connection.
    ///
    /// - Throws: The reason why there is none: at once when a person has to change something, otherwise after `timeout`.
    func start(within timeout: Duration) async throws(RedisFailure) {
        let failure = await withCheckedContinuation { continuation in
            loop.execute { self.start(within: timeout, continuation) }
        }
        if let failure { throw failure }
    }

    func stop() {
        loop.execute {
            self.hasStopped = true
            self.failure = .stopped
            self.link.stop()
            self.finishStart(.stopped)
        }
    }

    /// Sends operations together, and waits for their replies.
    ///
    /// - Returns: The replies, and the number of the connection: 1 for the first one.
    /// - Throws: The first failure; the other operations may have been carried out.
    func send(_ operations: [Operation]) async throws(RedisFailure) -> (replies: [RESPValue], connection: UInt64) {
        let (results, connection) = await withCheckedContinuation { continuation in
            loop.execute { self.send(operations) { continuation.resume(returning: ($0, $1)) } }
        }
        var replies: [RESPValue] = []
        replies.reserveCapacity(results.count)
        for result in results { replies.append(try result.get()) }
        return (replies, connection)
    }

    // MARK: Connections

    private func start(within timeout: Duration, _ continuation: CheckedContinuation<RedisFailure?, Never>) {
        if hasStopped { return continuation.resume(returning: .stopped) }
        startContinuation = continuation
        startDeadline.start(in: loop.deadlines(lasting: timeout), delegate: self)
        link.start()
    }

    private func finishStart(_ failure: RedisFailure?) {
        guard let continuation = startContinuation.take() else { return }
        startDeadline.cancel()
        continuation.resume(returning: failure)
    }

    private func connected(_ connection: RedisConnection) {
        connectionCount &+= 1
        names = [:]
        for script in RedisScript.allCases {
            connection.send(["SCRIPT", "LOAD", Bytes(utf8: script.rawValue)]) { [weak self] result in
                // Without the name, which an ACL may deny, the whole script is sent each time.
                guard case .success(.bulk(let name)) = result else { return }
                self?.names[script] = name.copied()
            }
        }
        finishStart(nil)
    }

    private func failed(_ failure: RedisFailure) {
        self.failure = failure
        if failure.isPermanent { finishStart(failure) }
    }

    // MARK: Operations

    /// The replies to operations, which come one by one.
    private final class Replies {
        var results: [Result<RESPValue, RedisFailure>]
        var missing: Int
        let connection: UInt64
        let completion: ([Result<RESPValue, RedisFailure>], UInt64) -> Void

        init(
            _ count: Int,
            _ connection: UInt64,
            _ completion: @escaping ([Result<RESPValue, RedisFailure>], UInt64) -> Void
        ) {
            results = Array(repeating: .failure(.stopped), count: count)
            missing = count
            self.connection = connection
            self.completion = completion
        }

        func set(_ position: Int, _ result: Result<RESPValue, RedisFailure>) {
            results[position] = result
            missing -= 1
            if missing == 0 { completion(results, connection) }
        }
    }

    private func send(
        _ operations: [Operation],
        _ completion: @escaping ([Result<RESPValue, RedisFailure>], UInt64) -> Void
    ) {
        if operations.isEmpty { return completion([], connectionCount) }
        guard let connection = link.connection else { return completion([.failure(failure)], connectionCount) }
        guard operations.count <= Self.maximumPendingOperations - pendingOperations else {
            return completion([.failure(.unreachable("too many commands wait for a reply of Redis"))], connectionCount)
        }
        pendingOperations += operations.count
        let replies = Replies(operations.count, connectionCount, completion)
        for (position, operation) in operations.enumerated() {
            send(operation, on: connection) { [self] result in
                pendingOperations -= 1
                replies.set(position, check(result, connection))
            }
        }
    }

    private func send(
        _ operation: Operation,
        on connection: RedisConnection,
        _ completion: @escaping RedisConnection.Completion
    ) {
        switch operation {
        case .command(let command): connection.send(command, completion)
        case .script(let script, let keys, let arguments):
            let values = [Bytes(utf8: "\(keys.count)")] + keys + arguments
            let text = Bytes(utf8: script.rawValue)
            guard let name = names[script] else {
                return connection.send(RedisCommand(["EVAL", text] + values), completion)
            }
            connection.send(RedisCommand(["EVALSHA", name] + values)) { result in
                guard case .success(.error(let reply)) = result, reply.code == "NOSCRIPT" else {
                    return completion(result)
                }
                connection.send(RedisCommand(["EVAL", text] + values), completion)
            }
        }
    }

    /// Turns error replies into failures, and leaves a server that takes no writes any more.
    private func check(
        _ result: Result<RESPValue, RedisFailure>,
        _ connection: RedisConnection
    ) -> Result<RESPValue, RedisFailure> {
        guard case .success(.error(let reply)) = result else { return result }
        let failure = RedisFailure.rejected(reply, address: connection.address)
        // Later, because the replies that have arrived are still to be taken.
        if reply.remedy == .reconnect { loop.execute { connection.close(failure) } }
        return .failure(failure)
    }
}

extension RedisStoreLink: DeadlineDelegate {
    func deadlinePassed(_ deadline: Deadline) {
        finishStart(failure)
    }
}
