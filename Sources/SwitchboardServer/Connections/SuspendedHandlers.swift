internal import SwitchboardRouter
internal import SwitchboardTransport

/// The tasks of the suspended handlers of a connection, by the read bursts of their messages.
struct SuspendedHandlers {
    private struct Handler {
        let task: Task<Void, Never>
        let deadline: HandlerDeadline?
    }

    private var handlers: [ObjectIdentifier: Handler] = [:]

    /// - Parameter deadline: The timeout of the handler; `nil` for none.
    mutating func add(_ task: Task<Void, Never>, _ deadline: HandlerDeadline?, _ burst: ObjectIdentifier) {
        handlers[burst] = Handler(task: task, deadline: deadline)
    }

    /// Removes a handler that has finished.
    ///
    /// - Returns: Whether the peer still expects the reply: `false` if the timeout of the handler has passed.
    mutating func remove(_ burst: ObjectIdentifier) -> Bool {
        let deadline = handlers.removeValue(forKey: burst)?.deadline
        // An idle connection keeps no memory for tasks.
        if handlers.isEmpty { handlers = [:] }
        guard let deadline else { return true }
        deadline.cancel()
        return !deadline.hasPassed
    }

    var isEmpty: Bool { handlers.isEmpty }

    func cancel() {
        for handler in handlers.values { handler.task.cancel() }
    }
}

// A task calls `async` handlers. Most calls finish without suspension, so one task handles a whole read burst, at
// little more cost for each message than a call. The task ends when a handler is suspended. If the order of replies
// pairs them with requests, the stream keeps all later messages and does not read until the reply is sent. If the
// header has a correlation, another task continues, until the highest number of handlers is suspended.

/// A batch of messages whose handler is `async`.
struct AsyncBatch: Sendable {
    let route: Route
    let frames: FrameBatch
    /// The start of the batch on the loop's clock; if not `isMeasured`, the start of the iteration.
    let start: UInt64
    /// Whether the duration is recorded even if the handler is not suspended; the batch then has one message.
    let isMeasured: Bool
}

extension ServerConnection: ReadBurstReceiver {
    var isReceiving: Bool { loop.isCurrent && state.isReceiving }

    /// Handles a batch and all later messages in `input` in a task, until a handler is suspended.
    ///
    /// - Returns: The number of bytes that are needed to continue; `nil` when a handler is suspended and the next
    ///   message may begin.
    func handle(_ batch: AsyncBatch, in input: inout ByteReader) -> Int? {
        let burst = ReadBurst(input, batch.frames, stream.output, worker.payloadCopies)
        let expiry = core.table.notesTimeouts ? HandlerExpiry() : nil
        let task =
            if let expiry {
                HandlerExpiry.$current.withValue(expiry) { Task.immediate { await self.handle(batch, in: burst) } }
            } else {
                Task.immediate { await self.handle(batch, in: burst) }
            }
        input.skip(burst.input.mark - input.mark)
        // A suspended handler keeps the burst alive, but must not keep the loop's read buffer alive.
        burst.input = ByteReader(Bytes())
        if burst.isAnswered { return burst.wanted }
        count(burst.batch)
        let deadline = core.table.timeouts.isEmpty ? nil : makeDeadline(of: task, burst.batch, expiry)
        suspended.add(task, deadline, ObjectIdentifier(burst))
        worker.counters.countSuspended(burst.batch.code, by: 1)
        let action = state.handlerSuspended(core.connectionRules)
        perform(action)
        return action == .handleNext ? nil : 0
    }

    /// Handles the messages of a burst, from `batch` on, until a handler is suspended.
    private func handle(_ batch: AsyncBatch, in burst: ReadBurst) async {
        let context = Context(connection: self)
        var pause = ServerConnection.Pause.asyncBatch(batch)
        while case .asyncBatch(let batch) = pause {
            burst.batch = batch.frames
            let result: Result<Bytes, RouteFailure>
            do throws(RouteFailure) {
                result = .success(try await batch.route.respond(in: burst, context: context, receiver: self))
            } catch {
                result = .failure(error)
            }
            guard isReceiving else {
                return loop.execute { self.handlerFinished(result, batch, of: burst) }
            }
            count(burst.batch)
            switch result {
            case .success where batch.isMeasured:
                worker.counters.count(loop.clock &- batch.start, of: batch.route.code)
            case .failure(let failure) where state.isOpen:
                answer(failure, to: batch.route.code, burst.batch.header)
            case .success, .failure: break
            }
            finishMessage()
            pause = advance(&burst.input)
        }
        if case .wanted(let count) = pause { burst.wanted = count }
        burst.isAnswered = true
    }

    /// Starts the timeout of the handler that is suspended at a message of `batch`, if it has one.
    private func makeDeadline(
        of task: Task<Void, Never>,
        _ batch: FrameBatch,
        _ expiry: HandlerExpiry?
    ) -> HandlerDeadline? {
        core.table.timeouts[batch.code].map { timeout in
            HandlerDeadline(timeout, of: task, batch.code, batch.header, expiry, on: self)
        }
    }

    private func count(_ batch: FrameBatch) {
        takeFromRates(batch.count)
        count(batch, worker.counters.receivedIndex(of: batch.code), worker.counters)
    }

    /// Continues after a handler that was suspended, outside read bursts.
    private func handlerFinished(_ result: Result<Bytes, RouteFailure>, _ batch: AsyncBatch, of burst: ReadBurst) {
        let isAwaited = suspended.remove(ObjectIdentifier(burst))
        worker.counters.countSuspended(burst.batch.code, by: -1)
        if isAwaited { deliver(result, to: batch, burst.batch.header) }
        perform(state.handlerFinished(core.connectionRules))
    }

    /// Sends the reply of a handler that was suspended, or the error in its place.
    private func deliver(_ result: Result<Bytes, RouteFailure>, to batch: AsyncBatch, _ header: HeaderBytes) {
        guard state.isOpen else { return }
        let code = batch.route.code
        switch result {
        case .success(let frame):
            worker.counters.countHandled(code, replyBytes: frame.count)
            worker.counters.count(loop.clock &- batch.start, of: code)
            if !frame.isEmpty { send(frame: frame) }
        case .failure(let failure): answer(failure, to: code, header)
        }
    }
}
