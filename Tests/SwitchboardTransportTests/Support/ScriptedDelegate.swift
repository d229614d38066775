import SwitchboardBytes
import SwitchboardTransport

/// A delegate that runs closures of the test, and records its calls.
final class ScriptedDelegate: StreamDelegate, @unchecked Sendable {
    struct Record {
        /// The number of presented bytes of each call.
        var presented: [Int] = []
        /// All consumed bytes.
        var consumed: [UInt8] = []
        var endCount = 0
        var reasons: [CloseReason] = []

        var isClosed: Bool { !reasons.isEmpty }
    }

    let record = Watched(Record())
    private let onReceived: (inout ByteReader, any ByteStream) -> Int
    private let onEnd: (any ByteStream) -> Void
    /// The stream; `nil` after it has closed.
    private(set) var stream: (any ByteStream)?
    /// Called when the stream has closed.
    var whenClosed: () -> Void = {}

    init(
        onEnd: @escaping (any ByteStream) -> Void = { $0.finish(.endOfStream) },
        onReceived: @escaping (inout ByteReader, any ByteStream) -> Int
    ) {
        self.onReceived = onReceived
        self.onEnd = onEnd
    }

    /// Consumes everything.
    convenience init(onEnd: @escaping (any ByteStream) -> Void = { $0.finish(.endOfStream) }) {
        self.init(onEnd: onEnd) { input, _ in
            input.skip(input.remaining)
            return 1
        }
    }

    func start(_ stream: any ByteStream) {
        self.stream = stream
        stream.start(self)
    }

    func received(_ input: inout ByteReader) -> Int {
        guard let stream else { return 0 }
        let before = unsafe input.withUnsafeRemaining { unsafe Array($0) }
        let wanted = onReceived(&input, stream)
        let consumed = before.prefix(before.count - input.remaining)
        record.update {
            $0.presented.append(before.count)
            $0.consumed += consumed
        }
        return wanted
    }

    func reachedEnd() {
        record.update { $0.endCount += 1 }
        if let stream { onEnd(stream) }
    }

    func closed(_ reason: CloseReason) {
        stream = nil
        record.update { $0.reasons.append(reason) }
        whenClosed()
    }
}

/// Reads bytes and sends them back.
func echo(_ input: inout ByteReader, _ stream: any ByteStream) -> Int {
    if let bytes = input.readBytes(input.remaining) { stream.send { $0.append(bytes) } }
    return 1
}

/// Resumes a stream in a job of its own.
func resumeLater(_ stream: any ByteStream) {
    nonisolated(unsafe) let stream = stream
    unsafe stream.loop.execute { unsafe stream.resumeReading() }
}
