import Glibc
import Switchboard
import SwitchboardTransport

/// One connection of a load: sends frames of the ring, and holds every byte that comes back against it.
///
/// It is used on its loop only.
final class LoadConnection: StreamDelegate {
    let stream: any ByteStream
    private let ring: FrameRing
    private unowned let worker: LoadWorker

    /// When each message without an answer was sent, or should have been, in nanoseconds; as a ring.
    private var sendTimes: [UInt64]
    private var nextRequest = 0
    private var nextReply = 0
    /// How far the reply that is arriving has come, in bytes of the whole ring.
    private var replyOffset = 0
    /// How many bytes of the reply to its greeting are still to come.
    private var greetingBytes: Int

    init(_ stream: any ByteStream, _ ring: FrameRing, inFlight: Int, worker: LoadWorker) {
        self.stream = stream
        self.ring = ring
        self.worker = worker
        sendTimes = Array(repeating: 0, count: inFlight)
        greetingBytes = ring.greetingReply.count
    }

    func start() {
        stream.start(self)
        stream.send(ring.greeting)
    }

    /// How many messages have been sent and not answered.
    var inFlight: Int { nextRequest &- nextReply }

    /// How many more may be sent.
    var room: Int { sendTimes.count &- inFlight }

    /// Sends the next `count` frames of the ring, as if at `time`.
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
        if greetingBytes > 0 { return receiveGreeting(&input) }
        let now = worker.clock()
        guard matchesRing(input) else {
            worker.fail("the server sent something else than it should, after \(nextReply) right replies")
            input.skip(input.remaining)
            return 0
        }
        let arrived = replyOffset + input.remaining
        input.skip(input.remaining)
        let answered = arrived / ring.replySize - replyOffset / ring.replySize
        replyOffset = arrived % ring.replies.count
        worker.count(answered, of: self, at: now)
        return 0
    }

    private func receiveGreeting(_ input: inout ByteReader) -> Int {
        guard input.remaining >= greetingBytes else { return greetingBytes }
        let reply = input.readBytes(greetingBytes)
        greetingBytes = 0
        if reply == ring.greetingReply {
            worker.countGreeting()
        } else {
            worker.fail("the server does not answer PING as it should")
        }
        return 0
    }

    /// Takes note that the next message was answered.
    ///
    /// - Returns: When it was sent.
    func takeSendTime() -> UInt64 {
        defer { nextReply &+= 1 }
        return sendTimes[nextReply % sendTimes.count]
    }

    private func matchesRing(_ input: ByteReader) -> Bool {
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
                    else { return false }
                    position += count
                    offset = (offset + count) % expected.count
                }
                return true
            }
        }
    }

    func reachedEnd() {
        worker.fail("the server closed a connection")
    }

    func closed(_ reason: CloseReason) {
        worker.fail("a connection has closed: \(reason)")
    }
}
