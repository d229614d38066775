internal import SwitchboardBytes
internal import SwitchboardCalling
internal import SwitchboardSpec
internal import SwitchboardTransport

/// A connection of a client to a mock server, which answers its requests.
///
/// Only the event loop of the stream uses it.
final class MockConnection {
    /// The largest number of bytes of answers that a client leaves unread before its connection closes.
    ///
    /// The server reads no more requests at `StreamLimits.highWaterBytes`. Beyond that are only the answers to one request.
    private static let maximumPendingBytes = 2 * FrameBuffer.maximumFrame

    /// The limits of the stream.
    static let limits = {
        var limits = StreamLimits()
        limits.maximumPendingBytes = maximumPendingBytes
        return limits
    }()

    private let number: Int
    private let stream: any ByteStream
    private let answers: MockAnswers
    private let printer: TrafficPrinter
    private let whenClosed: () -> Void
    private var conversation: ConversationDissector
    private var requests = FrameBuffer()
    /// The number of bytes that were sent.
    private var sent = 0
    private var hasEnded = false
    private var isFinishing = false

    init(
        _ number: Int,
        _ stream: any ByteStream,
        _ dissector: FrameDissector,
        _ answers: MockAnswers,
        _ printer: TrafficPrinter,
        whenClosed: @escaping () -> Void
    ) {
        self.number = number
        self.stream = stream
        self.answers = answers
        self.printer = printer
        self.whenClosed = whenClosed
        conversation = ConversationDissector(dissector)
    }

    private func answerRequests() {
        do throws(FrameBuffer.TooLarge) {
            while !isFinishing, !stream.holdsBackInput, let found = requests.next(&conversation, from: .client) {
                answer(found)
            }
            try requests.checkSize()
        } catch {
            finish("closed: \(error.message)")
        }
        guard hasEnded, !isFinishing, !stream.holdsBackInput else { return }
        finish(
            requests.count == 0
                ? nil : "the client ended the connection within a frame, after \(requests.count) bytes of it"
        )
    }

    private func answer(_ found: FoundFrame) {
        printer.print(found, of: number)
        if let problem = found.frame.problem {
            return finish("closed: malformed frame at offset \(found.offset): \(problem.message)")
        }
        do throws(MessageInput.Problem) {
            for frame in try answers.frames(for: found.frame) { send(frame) }
        } catch {
            let name = found.frame.message?.name.value ?? ""
            printer.report("`\(name)` is not answered: \(error.message)", of: number)
        }
    }

    private func send(_ frame: [UInt8]) {
        stream.send(Bytes(frame))
        let answer = conversation.next(in: frame, from: .server)
        printer.print(FoundFrame(offset: sent, bytes: frame, frame: answer), of: number)
        sent += frame.count
    }

    private func finish(_ report: String?) {
        isFinishing = true
        if let report { printer.report(report, of: number) }
        stream.finish(.requested)
    }
}

extension MockConnection: StreamDelegate {
    func received(_ input: inout ByteReader) -> Int {
        if let bytes = input.readBytes(input.remaining) { requests.append(Array(bytes)) }
        answerRequests()
        return 0
    }

    func flushed() { answerRequests() }

    func reachedEnd() {
        hasEnded = true
        answerRequests()
    }

    func closed(_ reason: CloseReason) {
        if !isFinishing, reason != .loopStopped { printer.report("broken: \(reason)", of: number) }
        whenClosed()
    }
}
