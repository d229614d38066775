import Switchboard
import SwitchboardTesting

/// Streams of frames: they mean the same however they are cut, and what was decoded encodes to the bytes that it came from.
enum FrameTarget {
    /// Streams longer than this, in bytes, are not cut at every place: that would take long, and find nothing else.
    private static let maximumCutStream = 64

    static func run(_ input: Input) {
        var input = input
        let wireProtocol = input.choice(of: protocols)
        var stream = input.remainder()
        if stream.first == 0xFF { stream = mended(stream, wireProtocol.frameFormat) }
        if stream.count <= maximumCutStream {
            do { try verifySplits(of: stream, speaking: wireProtocol) } catch { fatalError("\(error)") }
        } else {
            decode(stream, wireProtocol)
        }
    }

    /// Turns random bytes into a frame whose header and checksum are right, which mutations never find.
    private static func mended(_ bytes: [UInt8], _ format: FrameFormat) -> [UInt8] {
        let message = RawMessage(payload: Bytes(bytes.dropFirst().prefix(format.maximumPayload)))
        return (try? Array(FrameEncoder(format).encode(message))) ?? bytes
    }

    private static func decode(_ stream: [UInt8], _ wireProtocol: any WireProtocol.Type) {
        let decoder = FrameDecoder(wireProtocol.frameFormat)
        var reader = ByteReader(Bytes(stream))
        var header = HeaderBytes()
        while true {
            let before = reader.remaining
            switch decoder.next(in: &reader, header: &header) {
            case .frame(let frame):
                let size = decoder.payload(of: frame, in: &reader) { $0.readBytes(frame.payloadSize)?.count }
                require(size == frame.payloadSize, "a frame has its whole payload")
                require(before - reader.remaining == frame.payloadSize + wireProtocol.frameFormat.overhead, "its size")
            case .skipped: require(reader.remaining < before, "a frame that is skipped is gone")
            case .broken: return
            case .incomplete(let size):
                require(reader.remaining == before && size > before, "a whole frame is no incomplete one")
                return
            }
        }
    }
}

/// Any payload.
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
