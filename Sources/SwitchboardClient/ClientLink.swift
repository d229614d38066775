internal import SwitchboardTransport
internal import SwitchboardWire
internal import Synchronization

/// The current connection of a client; makes the next one when it breaks.
final class ClientLink: Sendable {
    typealias Waiting = CheckedContinuation<ClientConnection, any Error>

    private enum State {
        case connected(ClientConnection, since: ContinuousClock.Instant)
        /// The client has no connection; `waiting` has the tasks that wait for the next one, by number.
        case reconnecting(waiting: [UInt64: Waiting], Task<Void, Never>?)
        case closed(any Error)
    }

    private struct Storage {
        var state = State.reconnecting(waiting: [:], nil)
        var nextNumber: UInt64 = 0
        /// The number of failed attempts since the last stable connection.
        var failures = 0
        /// The address of the server at the end of the current connection, or of the last one.
        var lastAddress: SocketAddress?
    }

    private let maker: ConnectionMaker
    private let events: Unread<ConnectionEvent>
    private let storage = Mutex(Storage())

    /// A link without a connection; ``connect()`` makes the first one.
    init(_ maker: ConnectionMaker, _ events: Unread<ConnectionEvent>) {
        self.maker = maker
        self.events = events
    }

    /// The address of the server at the end of the current connection, or of the last one.
    var lastAddress: SocketAddress? { storage.withLock(\.lastAddress) }

    /// The event loop of all its connections.
    var loop: EventLoop { maker.loop }

    /// The connection of the state `connected`, for the client.
    let current = CurrentConnection()

    /// Makes the first connection.
    func connect() async throws -> ClientConnection {
        let connection = try await maker.make { [weak self] connection, error, _ in self?.lose(connection, error) }
        adopt(connection)
        return connection
    }

    /// Returns the connection; if the client has none, waits for the next one.
    ///
    /// - Parameter timeout: The time to wait; `nil` for `ClientConfiguration.requestTimeout`. The method subtracts the time that it has
    ///   waited, but leaves more than zero.
    /// - Throws: A ``ClientError`` when the client has no connection within this time; the error that closed the client; a
    ///   `CancellationError` when the task is cancelled.
    func connection(within timeout: inout Duration?) async throws -> ClientConnection {
        if let known = known() { return try known.get() }
        guard let time = timeout else { return try await nextConnection(within: maker.configuration.requestTimeout) }
        let start = ContinuousClock.now
        let connection = try await nextConnection(within: time)
        timeout = max(time - start.duration(to: .now), .nanoseconds(1))
        return connection
    }

    private func nextConnection(within time: Duration) async throws -> ClientConnection {
        let number = storage.withLock { storage in
            storage.nextNumber += 1
            return storage.nextNumber
        }
        var timeout: Task<Void, any Error>?
        defer { timeout?.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                wait(continuation, number)
                // Started here, because a timeout before the registration would be lost.
                timeout = Task {
                    try await Task.sleep(for: time)
                    let text = "the client did not reconnect in time"
                    giveUp(number, ClientError(.closed, text, mayHaveBeenHandled: false))
                }
            }
        } onCancel: {
            giveUp(number, CancellationError())
        }
    }

    private func known() -> Result<ClientConnection, any Error>? {
        storage.withLock { storage in
            switch storage.state {
            case .connected(let connection, _): .success(connection)
            case .reconnecting: nil
            case .closed(let error): .failure(error)
            }
        }
    }

    private func wait(_ continuation: Waiting, _ number: UInt64) {
        if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
        storage.withLock { storage in
            switch storage.state {
            case .connected(let connection, _): continuation.resume(returning: connection)
            case .reconnecting(var waiting, let task):
                waiting[number] = continuation
                storage.state = .reconnecting(waiting: waiting, task)
            case .closed(let error): continuation.resume(throwing: error)
            }
        }
        // A cancellation before the registration would be lost.
        if Task.isCancelled { giveUp(number, CancellationError()) }
    }

    private func giveUp(_ number: UInt64, _ error: any Error) {
        let continuation = storage.withLock { storage -> Waiting? in
            guard case .reconnecting(var waiting, let task) = storage.state else { return nil }
            defer { storage.state = .reconnecting(waiting: waiting, task) }
            return waiting.removeValue(forKey: number)
        }
        continuation?.resume(throwing: error)
    }

    // MARK: Connections come and go

    private func adopt(_ connection: ClientConnection) {
        let waiting = storage.withLock { storage -> [UInt64: Waiting]? in
            guard case .reconnecting(let waiting, _) = storage.state else { return nil }
            storage.state = .connected(connection, since: .now)
            current.set(connection)
            storage.lastAddress = connection.remoteAddress
            return waiting
        }
        guard let waiting else { return connection.abandon() }
        events.add(.connected(connection.remoteAddress))
        for continuation in waiting.values { continuation.resume(returning: connection) }
        // The connection may have ended before it was stored in the link.
        if let error = connection.endingError { lose(connection, error) }
    }

    private func lose(_ connection: ClientConnection, _ error: any Error) {
        let isReconnecting = storage.withLock { storage -> Bool? in
            guard case .connected(connection, let since) = storage.state else { return nil }
            current.set(nil)
            guard let policy = maker.configuration.reconnect else {
                storage.state = .closed(error)
                return false
            }
            if since.duration(to: .now) >= policy.stableTime { storage.failures = 0 }
            storage.state = .reconnecting(waiting: [:], Task { await self.reconnect(policy, after: error) })
            return true
        }
        if isReconnecting == false { end(with: error, isWanted: false) }
    }

    private func reconnect(_ policy: ReconnectPolicy, after error: any Error) async {
        var reason = error
        while true {
            let failures = storage.withLock { storage in
                defer { storage.failures += 1 }
                return storage.failures
            }
            if let limit = policy.maximumAttempts, failures >= limit { return await giveUp(because: reason) }
            let delay = policy.delay(after: failures)
            events.add(.disconnected(reason, retryingIn: delay))
            do { try await Task.sleep(for: delay) } catch { return }
            do {
                return adopt(
                    try await maker.make { [weak self] connection, error, _ in self?.lose(connection, error) }
                )
            } catch is CancellationError where Task.isCancelled {
                return
            } catch {
                reason = error
            }
        }
    }

    // MARK: The end

    /// Closes the connection after the pending output is sent, and does not reconnect.
    func close() async {
        await stop(with: ClientError(.closed, "the client was closed"))?.close()
    }

    /// Closes the connection, without waiting until it is closed.
    func abandon() {
        stop(with: ClientError(.closed, "the client was released"))?.abandon()
    }

    private func giveUp(because error: any Error) async {
        await stop(with: error, isWanted: false)?.close()
    }

    /// Fails all tasks that wait for a connection; returns the current connection, which the caller must close.
    ///
    /// - Parameters:
    ///   - error: Why the client closes.
    ///   - isWanted: Whether the user has closed the client.
    @discardableResult
    private func stop(with error: any Error, isWanted: Bool = true) -> ClientConnection? {
        let before = storage.withLock { storage in
            defer { storage.state = .closed(error) }
            current.set(nil)
            return storage.state
        }
        switch before {
        case .connected(let connection, _):
            end(with: error, isWanted: isWanted)
            return connection
        case .reconnecting(let waiting, let task):
            task?.cancel()
            for continuation in waiting.values { continuation.resume(throwing: error) }
            end(with: error, isWanted: isWanted)
            return nil
        case .closed:
            // The connection has closed before, and handlers still got what had arrived.
            if isWanted { maker.dispatcher.cancelCalls() }
            return nil
        }
    }

    private func end(with error: any Error, isWanted: Bool) {
        events.add(.disconnected(error, retryingIn: nil))
        events.end()
        maker.dispatcher.end(throwing: isWanted ? nil : ClientError(closedBy: error))
    }
}

extension ClientConnection: Equatable {
    static func == (left: ClientConnection, right: ClientConnection) -> Bool { left === right }

    static func ~= (pattern: ClientConnection, value: ClientConnection) -> Bool { pattern === value }
}

/// The connection of a client, which every request reads.
///
/// It is not a part of the link, which others refer to weakly: counting a reference to such an object takes longer.
final class CurrentConnection: Sendable {
    private let storage: Mutex<ClientConnection?>

    init(_ connection: ClientConnection? = nil) {
        storage = Mutex(connection)
    }

    /// The connection; `nil` while a client that reconnects has none, or if it has closed.
    var connection: ClientConnection? { storage.withLock { $0 } }

    fileprivate func set(_ connection: ClientConnection?) {
        storage.withLock { $0 = connection }
    }
}
