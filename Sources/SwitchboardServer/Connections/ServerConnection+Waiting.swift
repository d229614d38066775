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
                return loop.execute { self.goOn(after: result, of: message.route) }
            }
            deliver(result, of: message.route)
            burst.wanted = advance(&burst.input)
        }
    }

    /// Goes on, outside any burst, after a handler that has waited.
    private func goOn(after result: Result<Bytes, RouteFailure>, of route: Route) {
        awaited = nil
        deliver(result, of: route)
        renewExpiry()
        stream.resumeReading()
        // What has been received is presented before the next job.
        if isDraining { loop.execute { self.drain() } }
    }

    private func deliver(_ result: Result<Bytes, RouteFailure>, of route: Route) {
        guard activity == .awaiting else { return }
        switch result {
        case .success(let frame): if !frame.isEmpty { send(frame: frame) }
        case .failure(let failure): answer(failure, to: route.code)
        }
        guard activity == .awaiting else { return }
        activity = .handling
        becomeIdle()
    }
}
