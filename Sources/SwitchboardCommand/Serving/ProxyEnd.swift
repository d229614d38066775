internal import SwitchboardBytes
internal import SwitchboardCalling
internal import SwitchboardSpec
internal import SwitchboardTransport

/// One end of a connection through a proxy: it passes the bytes of its peer on to the other end.
///
/// Without rules, bytes are passed on before they are taken apart. With rules, each frame is passed on once it is whole. Bytes are
/// read when the TLS handshakes of both ends are done.
final class ProxyEnd {
    /// The number of delayed bytes with which the end stops to read.
    private static let maximumHeld = 1 << 20
    /// The time for which a peer may read nothing: as long as it likes.
    private static let writeTimeout = Duration.seconds(31_536_000)

    /// The limits of the streams: each direction has a flow control of its own.
    static let limits = {
        var limits = StreamLimits()
        limits.stopsReadingWhileCongested = false
        limits.maximumPendingBytes = 2 * (FrameBuffer.maximumFrame + limits.highWaterBytes)
        limits.writeTimeout = writeTimeout
        return limits
    }()

    private let sender: Sender
    private let stream: any ByteStream
    private let socket: SocketStream
    private let traffic: ProxyTraffic
    private weak var other: ProxyEnd?
    private var input = FrameBuffer()
    private var isDecoding: Bool
    private var held: [HeldBytes] = []
    private var heldBytes = 0
    private var isPaused = false
    /// Whether the TLS handshake is done, if there is one.
    private var isReady: Bool
    private var hasEnded = false

    private init(_ sender: Sender, _ stream: ProxyStream, _ traffic: ProxyTraffic) {
        self.sender = sender
        self.stream = stream.bytes
        socket = stream.socket
        isReady = !stream.isEncrypted
        self.traffic = traffic
        isDecoding = !traffic.printer.isQuiet || !traffic.rules.isEmpty
    }

    /// Begins to pass bytes between two streams, each of which keeps its end alive.
    static func connect(_ client: ProxyStream, _ server: ProxyStream, _ traffic: ProxyTraffic) {
        let ends = (ProxyEnd(.client, client, traffic), ProxyEnd(.server, server, traffic))
        (ends.0.other, ends.1.other) = (ends.1, ends.0)
        ends.0.updateReading()
        ends.1.updateReading()
        client.bytes.start(ends.0)
        server.bytes.start(ends.1)
    }

    // MARK: Frames

    private func pass(_ bytes: [UInt8]) {
        traffic.capture?.add(bytes, from: sender)
        guard isDecoding else { return send(bytes) }
        if traffic.rules.isEmpty { send(bytes) }
        input.append(bytes)
        do throws(FrameBuffer.TooLarge) {
            while isDecoding, let found = input.next(&traffic.conversation, from: sender) { pass(found) }
            try input.checkSize()
        } catch {
            stopDecoding(error.message)
        }
    }

    private func pass(_ found: FoundFrame) {
        if let problem = found.frame.problem {
            traffic.printer.print(found, of: traffic.number)
            return stopDecoding(problem.message)
        }
        let treatment = traffic.rules.treatment(of: found)
        traffic.printer.print(found, of: traffic.number, action: treatment.text)
        guard !traffic.rules.isEmpty, let bytes = treatment.bytes else { return }
        send(bytes, after: treatment.delay)
    }

    /// Passes all bytes on without a look at them, from now on.
    private func stopDecoding(_ reason: String) {
        isDecoding = false
        let text =
            "the bytes of the \(sender) are passed on without being decoded from offset \(input.offset) on: \(reason)"
        traffic.printer.report(text, of: traffic.number)
        let rest = input.takeRest()
        if !traffic.rules.isEmpty { send(rest) }
    }

    // MARK: Sending

    private func send(_ bytes: [UInt8], after delay: Duration? = nil) {
        guard let other, !bytes.isEmpty else { return }
        if delay == nil, held.isEmpty {
            other.stream.send(Bytes(bytes))
        } else {
            let bytes = HeldBytes(bytes, until: delay, on: stream.loop) { [weak self] in self?.sendDue() }
            held.append(bytes)
            heldBytes += bytes.bytes.count
        }
        updateReading()
    }

    private var mayRead: Bool {
        guard let other, other.isReady else { return false }
        return heldBytes < Self.maximumHeld && !other.stream.isCongested
    }

    /// Stops to read, or reads again, as ``mayRead`` says; the handshake reads in any case.
    private func updateReading() {
        guard isReady, isPaused == mayRead else { return }
        isPaused.toggle()
        if isPaused { stream.pauseReading() } else { stream.resumeReading() }
    }

    private func sendDue() {
        let due = held.prefix { $0.isDue }
        held.removeFirst(due.count)
        for bytes in due {
            heldBytes -= bytes.bytes.count
            other?.stream.send(Bytes(bytes.bytes))
        }
        updateReading()
        endIfSent()
    }

    /// Passes the end on when everything before it was sent, and closes both streams when both peers have ended.
    private func endIfSent() {
        guard hasEnded, held.isEmpty, let other else { return }
        other.stream.endOutput()
        guard other.hasEnded, other.held.isEmpty else { return }
        stream.finish(.endOfStream)
        other.stream.finish(.endOfStream)
    }
}

extension ProxyEnd: StreamDelegate {
    func received(_ input: inout ByteReader) -> Int {
        if let bytes = input.readBytes(input.remaining) { pass(Array(bytes)) }
        return 0
    }

    func becameSecure() {
        isReady = true
        updateReading()
        other?.updateReading()
    }

    func flushed() { other?.updateReading() }

    func reachedEnd() {
        hasEnded = true
        if isDecoding, input.count > 0 {
            let text = "the \(sender) ended the connection within a frame, after \(input.count) bytes of it"
            traffic.printer.report(text, of: traffic.number)
            let rest = input.takeRest()
            if !traffic.rules.isEmpty { send(rest) }
        }
        traffic.capture?.addEnd(of: sender, isReset: false)
        endIfSent()
    }

    func closed(_ reason: CloseReason) {
        for bytes in held { bytes.cancel() }
        switch reason {
        case .reset, .slowConsumer, .insecure, .fault:
            // A handshake that failed was reported at once.
            if isReady {
                traffic.printer.report("the connection with the \(sender) broke: \(reason)", of: traffic.number)
            }
            traffic.capture?.addEnd(of: sender, isReset: true)
            other?.socket.reset()
        case .endOfStream, .requested, .loopStopped: break
        }
        traffic.endClosed()
    }
}

/// Bytes that wait until they are due.
private final class HeldBytes: DeadlineDelegate {
    let bytes: [UInt8]
    private(set) var isDue: Bool
    private let deadline = Deadline()
    private let whenDue: () -> Void

    init(_ bytes: [UInt8], until delay: Duration?, on loop: EventLoop, whenDue: @escaping () -> Void) {
        self.bytes = bytes
        self.whenDue = whenDue
        isDue = delay == nil
        if let delay { deadline.start(in: loop.deadlines(lasting: delay), delegate: self) }
    }

    func cancel() { deadline.cancel() }

    func deadlinePassed(_ deadline: Deadline) {
        isDue = true
        whenDue()
    }
}
