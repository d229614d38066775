import Glibc
import NET001
import Switchboard
import SwitchboardTransport

/// One connection of a load: sends frames of the ring, and compares every byte of the replies with it.
///
/// It is used on its event loop only.
final class LoadConnection: StreamDelegate {
    let stream: any ByteStream
    private let ring: FrameRing
    private unowned let worker: LoadWorker

    /// The times, in nanoseconds, at which the messages without a reply were sent or scheduled; as a ring.
    private var sendTimes: [UInt64]
    private var nextRequest = 0
    private var nextReply = 0
    /// The number of bytes of the ring's replies that have arrived.
    private var replyOffset = 0
    /// Whether the reply to the greeting has arrived.
    private var isGreeted = false
    /// The first bytes of an unexpected frame, until the frame is complete.
    private var unexpectedFrame: [UInt8]?

    /// The number of correct replies before the unexpected frame.
    private var rightReplies = 0

    private static let decoder = FrameDecoder(NET001.frameFormat)

    /// The maximum size of a frame in bytes.
    private static let maximumFrame = NET001.frameFormat.maximumPayload + NET001.frameFormat.overhead

    init(_ stream: any ByteStream, _ ring: FrameRing, inFlight: Int, worker: LoadWorker) {
        self.stream = stream
        self.ring = ring
        self.worker = worker
        sendTimes = Array(repeating: 0, count: inFlight)
    }

    func start() {
        stream.start(self)
        stream.send(ring.greeting)
    }

    /// The number of messages without a reply.
    var inFlight: Int { nextRequest &- nextReply }

    /// The number of messages that may be sent now.
    var room: Int { sendTimes.count &- inFlight }

    /// Sends the next `count` frames of the ring, and measures their latency from `time`.
    func send(_ count: Int, at time: UInt64) {
        var left = count
        while left > 0 {
            let start = nextRequest % FrameRing.count
            let run = min(left, FrameRing.count - start)
            stream.send(ring.requests[start * ring.requestSize..<(start + run) * ring.requestSize])
            for _ in 0..<run {
                sendTimes[nextRequest % sendTimes.count] = time
                nextRequest &+= 1
            }
            left -= run
        }
    }

    func received(_ input: inout ByteReader) -> Int {
        if !isGreeted { return receiveGreeting(&input) }
        if unexpectedFrame != nil { return explain(&input) }
        let now = worker.clock()
        if let position = firstMismatch(input) {
            // The first bytes of the wrong reply may have arrived before, and matched.
            let start = position - (replyOffset + position) % ring.replySize
            unexpectedFrame = Array(ring.replies[(replyOffset + min(start, 0))..<replyOffset])
            rightReplies = nextReply &+ (replyOffset + position) / ring.replySize - replyOffset / ring.replySize
            input.skip(max(start, 0))
            return explain(&input)
        }
        let arrived = replyOffset + input.remaining
        input.skip(input.remaining)
        let answered = arrived / ring.replySize - replyOffset / ring.replySize
        replyOffset = arrived % ring.replies.count
        worker.count(answered, of: self, at: now)
        return 0
    }

    /// Reads the replies to AUTH, if it was sent, and PING.
    private func receiveGreeting(_ input: inout ByteReader) -> Int {
        while !isGreeted {
            switch Self.message(in: &input) {
            case .incomplete(let size): return size
            case .message(let reply as NET001.AuthReply) where reply.success: continue
            case .message(is NET001.AuthReply): fail(worker.refusal, &input)
            case .message(is NET001.Pong):
                isGreeted = true
                worker.countGreeting()
            case .message(let error as NET001.Error):
                fail("the server answered \(ServerErrors.text(of: error))", &input)
            // Broadcasts and data of other clients may arrive too.
            case .message(is NET001.Broadcast), .message(is NET001.Data): continue
            case .message, .fault: fail("the server sent a wrong reply to PING", &input)
            }
        }
        // The ring begins after the greeting.
        return 0
    }

    /// Reports an unexpected frame as soon as it is complete.
    private func explain(_ input: inout ByteReader) -> Int {
        if let bytes = input.readBytes(min(input.remaining, Self.maximumFrame)) { unexpectedFrame? += Array(bytes) }
        input.skip(input.remaining)
        var reader = ByteReader(Bytes(unexpectedFrame ?? []))
        let count = "after \(rightReplies) correct \(rightReplies == 1 ? "reply" : "replies")"
        switch Self.message(in: &reader) {
        case .incomplete: return 0
        case .message(let error as NET001.Error):
            worker.fail("the server answered, \(count), \(ServerErrors.text(of: error))")
        case .message(let message):
            worker.fail("the server sent an unexpected message, \(count): \(type(of: message).name)")
        case .fault(let fault):
            worker.fail("the server sent an invalid frame, \(count) (\(fault))")
        }
        return 0
    }

    private func fail(_ reason: String, _ input: inout ByteReader) {
        worker.fail(reason)
        isGreeted = true
        unexpectedFrame = []
        input.skip(input.remaining)
    }

    private enum Arrival {
        case message(any Message)
        case fault(String)
        /// The number of bytes that are needed at least.
        case incomplete(Int)
    }

    /// Reads the next message.
    private static func message(in input: inout ByteReader) -> Arrival {
        var header = HeaderBytes()
        switch decoder.next(in: &input, header: &header) {
        case .incomplete(let size): return .incomplete(size)
        case .skipped(let fault), .broken(let fault): return .fault(fault.rawValue)
        case .frame(let frame):
            let payload = decoder.payload(of: frame, in: &input) { $0.readBytes(frame.payloadSize) }
            guard let type = NET001.messages.first(where: { $0.code == frame.code }) else {
                return .fault("an unknown type")
            }
            var reader = ByteReader(payload ?? Bytes())
            do {
                return .message(try type.init(payload: &reader))
            } catch {
                return .fault("\(error)")
            }
        }
    }

    /// Removes the oldest message without a reply.
    ///
    /// - Returns: The time at which the message was sent or scheduled.
    func takeSendTime() -> UInt64 {
        defer { nextReply &+= 1 }
        return sendTimes[nextReply % sendTimes.count]
    }

    /// Returns the position at which the input differs from the expected replies; `nil` when it does not.
    private func firstMismatch(_ input: ByteReader) -> Int? {
        unsafe ring.replies.withUnsafeBytes { expected in
            unsafe input.withUnsafeRemaining { actual in
                var offset = replyOffset
                var position = 0
                while position < actual.count {
                    let count = min(actual.count - position, expected.count - offset)
                    let expectedPart = unsafe UnsafeRawBufferPointer(rebasing: expected[offset..<offset + count])
                    let actualPart = unsafe UnsafeRawBufferPointer(rebasing: actual[position..<position + count])
                    guard let left = expectedPart.baseAddress, let right = actualPart.baseAddress,
                        unsafe memcmp(left, right, count) == 0
                    else {
                        return position + (unsafe zip(expectedPart, actualPart).prefix { $0 == $1 }.count)
                    }
                    position += count
                    offset = (offset + count) % expected.count
                }
                return nil
            }
        }
    }

    func reachedEnd() {
        worker.fail("the server closed a connection")
    }

    func closed(_ reason: CloseReason) {
        worker.fail("a connection closed: \(reason)")
    }
}
