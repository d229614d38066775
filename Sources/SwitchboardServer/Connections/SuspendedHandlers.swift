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

// Handlers that may wait. Most have no need to, most of the time: a task that answers a whole burst costs little more for
// each message than a call. It ends where a handler does wait. Where the order of replies pairs them with their requests,
// whatever follows that message is left in the stream, which is not read until the reply has been sent. Where a number in
// the header does, another task goes on, until as many handlers wait as may: then, too, the stream is not read.

/// Messages whose handler may wait, in the input ahead.
struct WaitingMessages: Sendable {
    let route: Route
    let run: FrameRun
    let header: HeaderBytes
    /// When they came, on the loop's clock; unless `isMeasured`, when the turn began that they came in.
    let start: UInt64
    /// Whether its duration is to be counted even if the handler does not wait: then there is one message.
    let isMeasured: Bool
}

extension ServerConnection: BurstReceiver {
    /// Whether the caller is on the way of a message that came in the burst which is being received right now.
    var isReceiving: Bool { loop.isCurrent && state.isReceiving }

    /// Leaves the message that waits to a task, and all that follow it in `input` until a handler waits; goes on with
    /// another task after that as long as it may.
    ///
    /// - Returns: How many bytes are needed to go on.
    func answerWaitingMessages(before input: inout ByteReader) -> Int {
        var wanted = 0
        while let run = waitingMessages?.run {
            let burst = AnsweredBurst(input, run, stream.output, worker.payloadCopies)
            let task = Task.immediate { await self.answerWaitingMessages(in: burst) }
            input.skip(burst.input.mark - input.mark)
            // Whoever waits keeps the burst, and must not keep the memory that it came in.
            burst.input = ByteReader(Bytes())
            wanted = burst.wanted
            if burst.isAnswered { break }
            count(burst.run, worker.counters)
            suspended.add(task, ObjectIdentifier(burst))
            core.awaitedHandlers.wrappingAdd(1, ordering: .relaxed)
            let action = state.handlerSuspended(core.connectionRules)
            perform(action)
            guard action == .handleNext else { break }
            wanted = advance(&input)
        }
        return wanted
    }

    private func answerWaitingMessages(in burst: AnsweredBurst) async {
        let counters = worker.counters
        while let messages = worker.waitingMessages.take() {
            burst.run = messages.run
            let context = Context(connection: self, header: messages.header)
            let result: Result<Bytes, RouteFailure>
            do throws(RouteFailure) {
                result = .success(try await messages.route.respond(in: burst, context: context, receiver: self))
            } catch {
                result = .failure(error)
            }
            guard isReceiving else {
                return loop.execute { self.goOn(after: result, to: messages, of: burst) }
            }
            count(burst.run, counters)
            switch result {
            case .success where messages.isMeasured:
                counters.count(loop.clock &- messages.start, of: messages.route.code)
            case .failure(let failure) where state.isOpen:
                answer(failure, to: messages.route.code, messages.header)
            case .success, .failure: break
            }
            finishMessage()
            burst.wanted = advance(&burst.input)
        }
        burst.isAnswered = true
    }

    /// Goes on, outside any burst, after a handler that has waited.
    private func goOn(
        after result: Result<Bytes, RouteFailure>,
        to messages: WaitingMessages,
        of burst: AnsweredBurst
    ) {
        suspended.remove(ObjectIdentifier(burst))
        core.awaitedHandlers.wrappingSubtract(1, ordering: .relaxed)
        deliver(result, to: messages)
        perform(state.handlerFinished(core.connectionRules))
    }

    /// Sends what came of a handler that has waited, the last of `messages`.
    private func deliver(_ result: Result<Bytes, RouteFailure>, to messages: WaitingMessages) {
        guard state.isOpen else { return }
        let code = messages.route.code
        switch result {
        case .success(let frame):
            worker.counters.countHandled(code, replyBytes: frame.count)
            worker.counters.count(loop.clock &- messages.start, of: code)
            if !frame.isEmpty { send(frame: frame) }
        case .failure(let failure): answer(failure, to: code, messages.header)
        }
    }
}
