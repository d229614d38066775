import SwitchboardWire
import TestSupport
import Testing

@Suite("A batch of frames")
struct FrameBatchTests {
    /// A frame, or another outcome of the decoder.
    private enum Found: Hashable {
        case frame(MessageCode, HeaderBytes, [UInt8])
        case skipped(Fault)
        case end(FrameDecoder.Outcome)
    }

    /// Pseudo-random numbers that are the same in every run.
    private struct RandomNumbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 33)
        }
    }

    /// Returns the frames in `bytes`, found in batches of at most `limit` frames, and the number of
    /// batches.
    private static func find(_ bytes: Bytes, _ format: FrameFormat, limit: Int) -> (found: [Found], batches: Int) {
        let decoder = FrameDecoder(format)
        let interruption = BatchInterruption()
        var reader = ByteReader(bytes)
        var found: [Found] = []
        var batches = 0
        while true {
            switch decoder.next(in: &reader) {
            case .frame(let frame):
                batches += 1
                var batch = decoder.batch(from: frame, in: reader, limit: limit, interruption)
                repeat {
                    let payload = batch.payload(in: &reader) { $0.readBytes($0.remaining) ?? Bytes() }
                    found.append(.frame(frame.code, batch.header, Array(payload)))
                } while batch.next(in: &reader)
            case .skipped(let fault): found.append(.skipped(fault))
            case let end: return (found + [.end(end)], batches)
            }
        }
    }

    /// Returns the frames in `bytes`, found only with the decoder.
    private static func decode(_ bytes: Bytes, _ format: FrameFormat) -> [Found] {
        let decoder = FrameDecoder(format)
        var reader = ByteReader(bytes)
        var found: [Found] = []
        while true {
            var header = HeaderBytes()
            switch decoder.next(in: &reader, header: &header) {
            case .frame(let frame):
                let payload = decoder.payload(of: frame, in: &reader) { $0.readBytes($0.remaining) ?? Bytes() }
                found.append(.frame(frame.code, header, Array(payload)))
            case .skipped(let fault): found.append(.skipped(fault))
            case let end: return found + [.end(end)]
            }
        }
    }

    @Test("has the frames that a decoder finds one by one, each with its own header, whatever follows what")
    func sameFrames() {
        var random = RandomNumbers(state: 1)
        for format in FrameFormatTests.all {
            for _ in 0..<4 {
                var bytes: [UInt8] = []
                var frame = ReferenceFrame(format: format)
                for _ in 0..<Int.random(in: 0..<12, using: &random) {
                    // Most frames are like the frame before.
                    if Int.random(in: 0..<4, using: &random) == 0 {
                        frame.code = .random(in: 0..<3, using: &random)
                        frame.payload = Array(repeating: 0, count: .random(in: 0..<40, using: &random))
                    }
                    for index in frame.payload.indices { frame.payload[index] = .random(in: 0...255, using: &random) }
                    frame.extra = (0..<5).map { _ in .random(in: 0..<2, using: &random) }
                    var one = Array(frame.bytes)
                    if Int.random(in: 0..<10, using: &random) == 0 {
                        one[Int.random(in: one.indices, using: &random)] ^= 1
                    }
                    bytes += one
                }
                bytes.removeLast(min(.random(in: 0..<3, using: &random), bytes.count))
                let limit = Int.random(in: 2..<6, using: &random)
                let found = Self.find(Bytes(bytes), format, limit: limit).found
                #expect(found == Self.decode(Bytes(bytes), format))
            }
        }
    }

    @Test("goes on while type and length are the same, and no further than its limit")
    func length() {
        for format in FrameFormatTests.all {
            var frame = ReferenceFrame(format: format, code: 1, payload: [1, 2, 3])
            var bytes = Array(frame.bytes)
            frame.payload = [4, 5, 6]
            for number in 0..<9 as Range<UInt64> {
                // Different extra fields do not end a batch.
                frame.extra = Array(repeating: number, count: 5)
                bytes += Array(frame.bytes)
            }
            #expect(Self.find(Bytes(bytes), format, limit: .max).batches == 1)
            #expect(Self.find(Bytes(bytes), format, limit: 5).batches == 2)
            frame.payload = [7, 8, 9, 0]
            #expect(Self.find(Bytes(bytes + Array(frame.bytes)), format, limit: .max).batches == 2)
            frame.payload = [7, 8, 9]
            frame.code = 2
            #expect(Self.find(Bytes(bytes + Array(frame.bytes)), format, limit: .max).batches == 2)
        }
    }

    @Test("goes on with a codec while code and sizes are the same, with the header of each frame")
    func codecs() throws {
        var random = RandomNumbers(state: 3)
        for format in FrameCodecTests.formats {
            let encoder = FrameEncoder(format)
            var bytes: [UInt8] = []
            for number in 0..<40 as Range<UInt8> {
                let size = number < 20 ? 3 : Int.random(in: 0..<3, using: &random)
                var header = HeaderBytes()
                header.set(number & 1, at: 0, .big)
                let chunk = Chunk(data: Bytes(repeatElement(number, count: size)))
                var frame = Array(try encoder.encode(chunk, header: header))
                // A wrong checksum or end.
                if number == 30 { frame[frame.count - 1] ^= 1 }
                bytes += frame
            }
            let (found, batches) = Self.find(Bytes(bytes), format, limit: .max)
            #expect(found == Self.decode(Bytes(bytes), format))
            #expect(batches < 25)
            #expect(Self.find(Bytes(bytes), format, limit: 1).found == found)
        }
    }

    private static func batch(
        of frames: [[UInt8]],
        _ interruption: BatchInterruption
    ) throws -> (FrameBatch, ByteReader) {
        let decoder = FrameDecoder(.sample)
        var reader = ByteReader(
            Bytes(frames.flatMap { Array(ReferenceFrame(format: .sample, code: 1, payload: $0).bytes) })
        )
        guard case .frame(let found) = decoder.next(in: &reader) else { throw NoFrame() }
        return (decoder.batch(from: found, in: reader, limit: .max, interruption), reader)
    }

    private struct NoFrame: Error {}

    @Test("can go back to its last frame")
    func rewind() throws {
        let interruption = BatchInterruption()
        var (batch, reader) = try Self.batch(of: [[1, 2], [3, 4]], interruption)
        batch.payload(in: &reader) { _ in }
        let hasNext = batch.next(in: &reader)
        #expect(hasNext)
        let last = batch.payload(in: &reader) { $0.readBytes(2) }
        #expect(last == [3, 4])
        batch.rewind(&reader)
        let again = batch.payload(in: &reader) { $0.readBytes(2) }
        #expect(again == [3, 4])
        #expect(reader.remaining == 0)
    }

    @Test("ends at an interruption, and the batch after it does not")
    func interruption() throws {
        let interruption = BatchInterruption()
        interruption.interrupt()
        var (batch, reader) = try Self.batch(of: [[1], [2], [3]], interruption)
        batch.payload(in: &reader) { _ in }
        let goesOn = batch.next(in: &reader)
        #expect(goesOn)
        batch.payload(in: &reader) { _ in }
        interruption.interrupt()
        let goesOnAfterInterruption = batch.next(in: &reader)
        #expect(!goesOnAfterInterruption)
        #expect(batch.count == 2)
        var (nextBatch, nextReader) = try Self.batch(of: [[1], [2]], interruption)
        nextBatch.payload(in: &nextReader) { _ in }
        let nextGoesOn = nextBatch.next(in: &nextReader)
        #expect(nextGoesOn)
    }
}
