/// A connection that is being made.
package final class ConnectionAttempt: @unchecked Sendable {
    private let address: SocketAddress
    private let loop: EventLoop
    private let timeout: Duration

    // All that follows is touched on the loop only.

    private var completion: (@Sendable (Result<Int32, TransportError>) -> Void)?
    private var socket: Socket?
    private var token: SlotTable.Token?
    private let deadline = Deadline()
    /// Its own, since callers may give all sorts of durations.
    private let deadlines: DeadlineList
    var awaitsTurn = false

    init(
        _ address: SocketAddress,
        _ loop: EventLoop,
        _ timeout: Duration,
        _ completion: @escaping @Sendable (Result<Int32, TransportError>) -> Void
    ) {
        self.address = address
        self.loop = loop
        self.timeout = timeout
        self.completion = completion
        deadlines = DeadlineList(lasting: timeout, on: loop)
    }

    /// Gives up, from any thread.
    ///
    /// Without effect when the outcome is known already.
    package func cancel() {
        loop.execute {
            self.fail(TransportError(.cancelled, description: "connecting to \(self.address) was cancelled"))
        }
    }

    func start() {
        guard completion != nil else { return }
        guard !loop.hasStopped else { return loopStops() }
        do throws(TransportError) {
            let socket = try Socket.connecting(to: address)
            self.socket = socket
            // One that is connected at once is seen by its first event, too.
            let (token, errno) = loop.watch(socket.descriptor, for: self)
            self.token = token
            guard token != nil else { return fail(errno: errno) }
            deadline.start(in: deadlines, delegate: self)
        } catch {
            fail(error)
        }
    }

    private func succeed() {
        guard let socket, let token else { return }
        loop.release(socket.descriptor, token)
        self.socket = nil
        self.token = nil
        complete(.success(socket.descriptor))
    }

    private func fail(errno: Int32) {
        fail(TransportError(.cannotConnect, "cannot connect to \(address)", errno: errno))
    }

    private func fail(_ error: TransportError) {
        guard completion != nil else { return }
        if let token { loop.unwatch(token) }
        token = nil
        socket?.close()
        socket = nil
        complete(.failure(error))
    }

    private func complete(_ result: Result<Int32, TransportError>) {
        deadline.cancel()
        let completion = completion
        self.completion = nil
        completion?(result)
    }
}

extension ConnectionAttempt: Pollable {
    func becameReady(_ events: PollEvents) {
        guard let socket, !events.isDisjoint(with: [.writable, .ended, .failed]) else { return }
        let error = socket.takeError()
        if error != 0 { fail(errno: error) } else if events.contains(.writable) { succeed() }
    }

    func takeTurn() {}

    func loopStops() {
        fail(TransportError(.cancelled, description: "connecting to \(address) was cancelled: the event loop stopped"))
    }
}

extension ConnectionAttempt: DeadlineDelegate {
    package func deadlinePassed(_ deadline: Deadline) {
        fail(TransportError(.timedOut, description: "cannot connect to \(address): no answer within \(timeout)"))
    }
}
