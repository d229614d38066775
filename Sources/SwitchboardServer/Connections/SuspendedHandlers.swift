internal import SwitchboardRouter
internal import SwitchboardTransport
internal import Synchronization

/// The tasks of a connection's suspended handlers, by the bursts that their messages came in.
struct SuspendedHandlers {
    private var tasks: [ObjectIdentifier: Task<Void, Never>] = [:]

    mutating func add(_ task: Task<Void, Never>, _ burst: ObjectIdentifier) {
        tasks[burst] = task
    }

    mutating func remove(_ burst: ObjectIdentifier) {
        tasks[burst] = nil
        // A connection at rest keeps no memory for them.
        if tasks.isEmpty { tasks = [:] }
    }

    func cancel() {
        for task in tasks.values { task.cancel() }
    }
}

// A task calls `async` handlers. Most of them are not suspended most of the time: one task handles a whole read burst, which
// costs little more for each message than a call. The task ends when a handler is suspended. Where the order of replies
// pairs them with requests, the stream keeps all messages after that one, and is not read until the reply is sent. Where the
// header has a correlation, another task goes on, until as many handlers are suspended as may be.

/// A batch of messages whose handler is `async`.
struct AsyncBatch: Sendable {
    let route: Route
    let frames: FrameBatch
    /// When the batch began, on the loop's clock; unless `isMeasured`, when the iteration of the loop began.
    let start: UInt64
    /// Whether the duration is counted even if the handler is not suspended: then the batch has one message.
    let isMeasured: Bool
}

extension ServerConnection: ReadBurstReceiver {
    var isReceiving: Bool { loop.isCurrent && state.isReceiving }

    /// Handles a batch in a task, and with it all messages that follow in `input`, until a handler is suspended.
    ///
    /// - Returns: How many bytes are needed to go on; `nil` when a handler is suspended and the next message may begin.
    func handle(_ batch: AsyncBatch, in input: inout ByteReader) -> Int? {
        let burst = ReadBurst(input, batch.frames, stream.output, worker.payloadCopies)
        let task = Task.immediate { await self.handle(batch, in: burst) }
        input.skip(burst.input.mark - input.mark)
        // A suspended handler keeps the burst, and must not keep the loop's read buffer.
        burst.input = ByteReader(Bytes())
        if burst.isAnswered { return burst.wanted }
        count(burst.batch)
        suspended.add(task, ObjectIdentifier(burst))
        core.suspendedHandlers.wrappingAdd(1, ordering: .relaxed)
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

    private func count(_ batch: FrameBatch) {
        takeFromRates(batch.count)
        count(batch, worker.counters.receivedIndex(of: batch.frame.code), worker.counters)
    }

    /// Goes on, outside read bursts, after a handler that was suspended.
    private func handlerFinished(_ result: Result<Bytes, RouteFailure>, _ batch: AsyncBatch, of burst: ReadBurst) {
        suspended.remove(ObjectIdentifier(burst))
        core.suspendedHandlers.wrappingSubtract(1, ordering: .relaxed)
        deliver(result, to: batch, burst.batch.header)
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
