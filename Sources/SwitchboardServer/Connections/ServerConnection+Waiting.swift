internal import SwitchboardRouter
internal import SwitchboardTransport
internal import Synchronization

// Handlers that may wait. Most have no need to, most of the time: a task that answers a whole burst costs little more for
// each message than a call. It ends where a handler does wait. Where the order of replies pairs them with their requests,
// whatever follows that message is left in the stream, which is not read until the reply has been sent. Where a number in
// the header does, another task goes on, until as many handlers wait as may: then, too, the stream is not read.

/// A message whose handler may wait.
struct WaitingMessage {
    let route: Route
    let payload: Bytes
    let header: HeaderBytes
    /// When it came, on the loop's clock; unless `isMeasured`, when the turn began that it came in.
    let start: UInt64
    /// Whether its duration is to be counted even if its handler does not wait.
    let isMeasured: Bool

    /// What is needed to answer it: without what is counted by references.
    fileprivate func answered(_ number: UInt64) -> AnsweredMessage {
        AnsweredMessage(number: number, code: route.code, header: header, start: start)
    }
}

/// What a task answers of the bytes that have come, as long as no handler waits.
///
/// The task does not touch it any more once it is not on the loop.
private final class AnsweredBurst: @unchecked Sendable {
    @safe @exclusivity(unchecked) var input: ByteReader
    var wanted = 0
    /// Whether no handler has waited.
    var isAnswered = false

    init(_ input: ByteReader) {
        self.input = input
    }
}

extension ServerConnection: ReplyOutput {
    /// Whether the caller is on the way of a message that came in the burst which is being received right now.
    private var isReceiving: Bool { loop.isCurrent && isInBurst }

    var openOutput: OutputBuffer? { isReceiving ? stream.output : nil }

    /// Whether another message may be begun while handlers wait.
    private var mayBeginAnother: Bool {
        awaited.count < core.maximumConcurrentHandlers && !closesWhenIdle && !isDraining
    }

    /// Leaves the message that waits to a task, and all that follow it in `input` until a handler waits; goes on with
    /// another task after that as long as it may.
    ///
    /// - Returns: How many bytes are needed to go on.
    func answerWaitingMessages(before input: inout ByteReader) -> Int {
        var wanted = 0
        while waitingMessage != nil {
            let burst = AnsweredBurst(input)
            let task = Task.immediate { await self.answerWaitingMessages(in: burst) }
            input.skip(burst.input.mark - input.mark)
            // Whoever waits keeps the burst, and must not keep the memory that it came in.
            burst.input = ByteReader(Bytes())
            wanted = burst.wanted
            if burst.isAnswered { break }
            awaited.add(task, messageCount)
            core.awaitedHandlers.wrappingAdd(1, ordering: .relaxed)
            guard activity == .awaiting else { break }
            if mayBeginAnother {
                activity = .idle
                wanted = advance(&input)
            } else {
                hold()
            }
        }
        return wanted
    }

    private func answerWaitingMessages(in burst: AnsweredBurst) async {
        let output = stream.output
        let counters = worker.counters
        while let message = worker.waitingMessage.take() {
            let answered = message.answered(messageCount)
            let isMeasured = message.isMeasured
            let context = Context(connection: self, header: message.header)
            let result: Result<Bytes, RouteFailure>
            do throws(RouteFailure) {
                result = .success(try await message.route.respond(to: message.payload, context: context, output: self))
            } catch {
                result = .failure(error)
            }
            // The next one is copied to where its payload lies, if nobody refers to that any more.
            _ = consume message
            guard isReceiving else {
                return loop.execute { self.goOn(after: result, to: answered) }
            }
            deliver(result, to: answered, written: output.replySize, isMeasured: isMeasured, counters)
            if activity == .awaiting {
                activity = .handling
                becomeIdle()
            }
            burst.wanted = advance(&burst.input)
        }
        burst.isAnswered = true
    }

    /// Goes on, outside any burst, after a handler that has waited.
    private func goOn(after result: Result<Bytes, RouteFailure>, to message: AnsweredMessage) {
        awaited.remove(message.number)
        core.awaitedHandlers.wrappingSubtract(1, ordering: .relaxed)
        if keepsSlot, awaited.isEmpty {
            keepsSlot = false
            worker.giveBackSlot(of: self)
        }
        deliver(result, to: message, written: 0, isMeasured: true, worker.counters)
        if activity == .awaiting {
            if awaited.isEmpty || mayBeginAnother { beginOthers() }
        } else if activity == .idle {
            if !awaitsRestOfFrame { renewExpiry() }
            if hasReachedEnd, awaited.isEmpty { finish(.endOfStream) }
        }
    }

    /// Begins messages again, after none was begun because handlers waited.
    private func beginOthers() {
        activity = .handling
        becomeIdle()
        renewExpiry()
        stream.resumeReading()
        // What has been received is presented before the next job.
        if isDraining { loop.execute { self.drain() } }
    }

    /// - Parameters:
    ///   - written: How many bytes of a reply the output of the burst has already.
    ///   - isMeasured: Whether how long it took is to be counted.
    private func deliver(
        _ result: Result<Bytes, RouteFailure>,
        to message: AnsweredMessage,
        written: Int,
        isMeasured: Bool,
        _ counters: MessageCounters
    ) {
        guard activity != .closed else { return }
        switch result {
        case .success(let frame):
            let replyBytes = frame.isEmpty ? written : frame.count
            let slot = counters.countHandled(message.code, replyBytes: replyBytes)
            if isMeasured { counters.count(loop.clock &- message.start, of: slot) }
            sentBytes &+= UInt64(truncatingIfNeeded: replyBytes)
            if !frame.isEmpty { stream.send(frame) }
        case .failure(let failure): answer(failure, to: message.code, message.header)
        }
    }
}

/// What is kept of a message to answer it.
private struct AnsweredMessage: Sendable {
    /// Which of the connection's messages it is, from 1 on.
    let number: UInt64
    let code: MessageCode
    let header: HeaderBytes
    let start: UInt64
}
