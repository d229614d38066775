internal import SwitchboardRouter
internal import SwitchboardTransport

// Handlers that may wait. Most have no need to, most of the time: a task that answers a whole burst costs little more for
// each message than a call. It ends where a handler does wait; whatever follows that message is left in the stream, which
// is not read until the reply has been sent. So replies keep their order, and a connection has one such handler at most.

/// A message whose handler may wait.
struct WaitingMessage {
    let route: Route
    let payload: Bytes
    let context: Context
    /// When it came, on the monotonic clock in nanoseconds.
    let start: UInt64
}

/// What a task answers of the bytes that have come, as long as no handler waits.
///
/// The task does not touch it any more once it is not on the loop.
private final class AnsweredBurst: @unchecked Sendable {
    var input: ByteReader
    var wanted = 0

    init(_ input: ByteReader) {
        self.input = input
    }
}

extension ServerConnection: ReplyOutput {
    /// Whether the caller is on the way of a message that came in the burst which is being received right now.
    private var isReceiving: Bool { loop.isCurrent && isInBurst }

    var openOutput: OutputBuffer? { isReceiving ? stream.output : nil }

    /// Leaves the message that waits to a task, and all that follow it in `input` until a handler waits.
    ///
    /// - Returns: How many bytes are needed to go on.
    func answerWaitingMessages(before input: inout ByteReader) -> Int {
        let burst = AnsweredBurst(input)
        let task = Task.immediate { await self.answerWaitingMessages(in: burst) }
        input.skip(burst.input.mark - input.mark)
        // Whoever waits keeps the burst, and must not keep the memory that it came in.
        burst.input = ByteReader(Bytes())
        if activity == .awaiting {
            awaited = task
            stream.pauseReading()
        }
        return burst.wanted
    }

    private func answerWaitingMessages(in burst: AnsweredBurst) async {
        let output = stream.output
        let counters = worker.counters
        while let message = waitingMessage {
            waitingMessage = nil
            let result: Result<Bytes, RouteFailure>
            do throws(RouteFailure) {
                result = .success(
                    try await message.route.respond(to: message.payload, context: message.context, output: self)
                )
            } catch {
                result = .failure(error)
            }
            guard isReceiving else {
                return loop.execute { self.goOn(after: result, of: message.route, since: message.start) }
            }
            deliver(result, of: message.route, since: message.start, written: output.replySize, counters)
            burst.wanted = advance(&burst.input)
        }
    }

    /// Goes on, outside any burst, after a handler that has waited.
    private func goOn(after result: Result<Bytes, RouteFailure>, of route: Route, since start: UInt64) {
        awaited = nil
        deliver(result, of: route, since: start, written: 0, worker.counters)
        renewExpiry()
        stream.resumeReading()
        // What has been received is presented before the next job.
        if isDraining { loop.execute { self.drain() } }
    }

    /// - Parameter written: How many bytes of a reply the output of the burst has already.
    private func deliver(
        _ result: Result<Bytes, RouteFailure>,
        of route: Route,
        since start: UInt64,
        written: Int,
        _ counters: MessageCounters
    ) {
        guard activity == .awaiting else { return }
        switch result {
        case .success(let frame):
            let replyBytes = frame.isEmpty ? written : frame.count
            counters.countHandled(route.code, replyBytes: replyBytes, since: start)
            sentBytes &+= UInt64(truncatingIfNeeded: replyBytes)
            if !frame.isEmpty { stream.send(frame) }
        case .failure(let failure): answer(failure, to: route.code)
        }
        guard activity == .awaiting else { return }
        activity = .handling
        becomeIdle()
    }
}
