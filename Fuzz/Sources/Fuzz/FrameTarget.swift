import Switchboard
import SwitchboardTesting
import SwitchboardWire

/// Fuzzes streams of frames.
///
/// A stream must decode to the same frames wherever it is split, and whether frames are found one by one or in batches.
/// A decoded frame must encode to the same bytes.
enum FrameTarget {
    /// Longer streams are not split at every position, because that would take long and find no other errors, in bytes.
    private static let maximumCutStream = 64

    static func run(_ input: Input) {
        var input = input
        let wireProtocol = input.choice(of: protocols)
        var stream = input.remainder()
        if stream.first == 0xFF { stream = mended(stream, wireProtocol.frameFormat) }
        if stream.count <= maximumCutStream {
            do { try verifySplits(of: stream, speaking: wireProtocol) } catch { fatalError("\(error)") }
        }
        for format in wireProtocol.frameFormat.forms {
            let alone = decode(stream, format, batchesOf: 1)
            require(decode(stream, format, batchesOf: 3) == alone, "a run has the frames that there are")
        }
    }

    /// Turns random bytes into frames with correct headers and checksums, which mutations would never find.
    private static func mended(_ bytes: [UInt8], _ format: FrameFormat) -> [UInt8] {
        let payload = Bytes(bytes.dropFirst().prefix(format.maximumPayload))
        guard let frame = try? FrameEncoder(format).encode(RawMessage(payload: payload)) else { return bytes }
        return Array(repeatElement(frame, count: Int(bytes.last ?? 0) % 5 + 1).joined())
    }

    /// A result of the decoder, with its end in the stream.
    private enum Found: Equatable {
        case payload(Bytes, end: Int)
        case skipped(end: Int)
        case outcome(FrameDecoder.Outcome)
    }

    private static func decode(_ stream: [UInt8], _ format: FrameFormat, batchesOf limit: Int) -> [Found] {
        let decoder = FrameDecoder(format)
        var stream = ByteReader(Bytes(stream))
        guard decoder.hasFraming else { return decode(&stream, decoder, batchesOf: limit) }
        var found: [Found] = []
        while true {
            let before = stream.remaining
            switch decoder.content(in: &stream) {
            case .whole(let content):
                require(stream.remaining < before, "a frame is gone")
                require(content.count > 0, "a frame is not empty")
                var reader = ByteReader(content)
                found += decode(&reader, decoder, batchesOf: limit)
            case .skipped:
                require(stream.remaining < before, "a frame that is skipped is gone")
                found.append(.skipped(end: stream.remaining))
            case .incomplete(let size):
                require(size <= before, "a frame is not larger than its stream")
                return found + [.outcome(.incomplete(size: size))]
            case .broken(let fault): return found + [.outcome(.broken(fault))]
            }
        }
    }

    /// Decodes the frames in `reader`, or the only one if it was taken out of its framing.
    private static func decode(
        _ reader: inout ByteReader,
        _ decoder: FrameDecoder,
        batchesOf limit: Int
    ) -> [Found] {
        let interruption = BatchInterruption()
        var header = HeaderBytes()
        var found: [Found] = []
        while !decoder.hasFraming || reader.remaining > 0 {
            let before = reader.remaining
            switch decoder.next(in: &reader, header: &header) {
            case .frame(let frame):
                var batch = decoder.batch(from: frame, in: reader, limit: limit, interruption)
                repeat {
                    let payload = batch.payload(in: &reader) { $0.readBytes($0.remaining) ?? Bytes() }
                    require(payload.count == frame.payloadSize, "a frame has its whole payload")
                    found.append(.payload(payload, end: reader.remaining))
                } while batch.next(in: &reader)
                let size = batch.count * decoder.size(of: frame)
                require(before - reader.remaining == size, "a frame has its size")
            case .skipped:
                require(reader.remaining < before, "a frame that is skipped is gone")
                found.append(.skipped(end: reader.remaining))
            case .incomplete(let size):
                require(reader.remaining == before && size > before, "a whole frame is no incomplete one")
                return found + [.outcome(.incomplete(size: size))]
            case .broken(let fault): return found + [.outcome(.broken(fault))]
            }
        }
        return found
    }
}

/// A message with any payload.
private struct RawMessage: Message {
    static var code: MessageCode { 1 }
    static var name: String { "RAW" }
    static var sender: Sender { .both }

    let payload: Bytes

    init(payload: Bytes) {
        self.payload = payload
    }

    init(from reader: inout ByteReader) throws(PayloadError) {
        payload = reader.readBytes(reader.remaining) ?? Bytes()
    }

    func encode(into writer: inout ByteWriter) throws(PayloadError) {
        writer.append(payload)
    }
}
