import SwitchboardRouter
import Testing

/// Decodes frames of a protocol without a length, which is generated from `Golden/Ends.yaml`.
@Suite("Frames without a length")
struct EndsTests {
    private static let server = FrameDecoder(Ends.frameFormat, from: .client)
    private static let client = FrameDecoder(Ends.frameFormat, from: .server)

    private static func frame(_ message: some Message, _ set: (inout HeaderBytes) -> Void = { _ in }) throws -> [UInt8]
    {
        var writer = ByteWriter()
        var header = HeaderBytes()
        set(&header)
        try FrameEncoder(Ends.frameFormat).encode(message, header: header, into: &writer)
        return Array(writer.takeBytes())
    }

    private static func outcome(_ bytes: some Sequence<UInt8>, _ decoder: FrameDecoder = server) -> FrameDecoder.Outcome
    {
        var reader = ByteReader(Bytes(Array(bytes)))
        return decoder.next(in: &reader)
    }

    @Test("are found in every prefix of a stream as soon as they are whole")
    func prefixes() throws {
        let point = Ends.Point(x: -1, labels: ["a", "bc"])
        let frame = try Self.frame(Ends.Draw(points: [point, point], title: "Map", body: .text(value: "end")))
        let stream = try frame + Self.frame(Ends.Stop())
        for count in 0..<frame.count {
            guard case .incomplete(let size) = Self.outcome(stream.prefix(count)) else {
                Issue.record("\(count) bytes are more than the beginning of a frame")
                continue
            }
            #expect(size > count && size <= frame.count)
        }
        var reader = ByteReader(Bytes(stream))
        for code in [Ends.Draw.code, Ends.Stop.code] {
            guard case .frame(let found) = Self.server.next(in: &reader) else {
                Issue.record("no frame with the code \(code)")
                return
            }
            #expect(found.code == code)
            Self.server.payload(of: found, in: &reader) { _ in }
        }
        #expect(reader.remaining == 0)
    }

    @Test("of both ends can have the same code")
    func directions() throws {
        let request = try Self.frame(Ends.Read(address: 1))
        let reply = try Self.frame(Ends.Values(values: [1, 2, 3]))
        guard case .frame(let asked) = Self.outcome(request),
            case .frame(let answered) = Self.outcome(reply, Self.client)
        else {
            Issue.record("no frame")
            return
        }
        #expect(asked.payloadSize == 2)
        #expect(answered.payloadSize == 6)
    }

    @Test("with a code that no message has end the stream, because nothing says where they end")
    func unknownCode() {
        #expect(Self.outcome([0, 0, 0, 9, 1, 2, 3]) == .broken(.malformedPayload))
    }

    @Test("with a malformed payload end the stream")
    func malformedPayload() {
        // The tag of the union is 3.
        #expect(Self.outcome([0, 0, 0, 5, 0, 0, 3, 0]) == .broken(.malformedPayload))
    }

    @Test("with a wrong checksum are skipped")
    func wrongChecksum() throws {
        var frame = try Self.frame(Ends.Stop())
        frame[4] ^= 1
        #expect(Self.outcome(frame) == .skipped(.checksumMismatch))
    }

    @Test("that do not end within the largest payload are refused")
    func tooLarge() {
        let start: [UInt8] = [0, 0, 0, 5, 0]
        let maximum = Ends.frameFormat.maximumPayload
        let title = [UInt8](repeating: 0x61, count: maximum - 1)
        #expect(Self.outcome(start + title.dropLast()) == .incomplete(size: start.count + maximum - 1))
        #expect(Self.outcome(start + title) == .broken(.payloadTooLarge))
    }

    @Test("with a count that no memory could hold wait for bytes, and allocate nothing for it")
    func hostileCount() {
        let count: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]
        #expect(Self.outcome([0, 0, 0, 5] + count) == .incomplete(size: 14))
    }
}
