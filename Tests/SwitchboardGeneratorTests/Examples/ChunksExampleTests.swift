// Generated from Chunks.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Chunks")
struct ChunksExampleTests {
    @Test("Chunk, example 1")
    func example1OfChunk() throws {
        let message = Chunks.Chunk(
            version: 5,
            isLast: true,
            level: -15,
            body: .wave(rate: 5),
            parts: [.format(channels: 9), .data(samples: [])],
            title: "a",
            number: 1,
            added: 8
        )
        let frame: Bytes = [
            0x01, 0x28, 0x00, 0x00, 0x00, 0x1D, 0xFF, 0x57, 0x41, 0x56, 0x45, 0x05, 0x02, 0x66, 0x6D, 0x74,
            0x20, 0x01, 0x00, 0x00, 0x00, 0x09, 0x00, 0x64, 0x61, 0x74, 0x61, 0x00, 0x00, 0x00, 0x00, 0x02,
            0x00, 0x61, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00,
        ]
        try expect(message, frame)
    }

    @Test("Chunk, example 2")
    func example2OfChunk() throws {
        let message = Chunks.Chunk(
            version: 5,
            isLast: true,
            level: -15,
            body: .wave(rate: 5),
            parts: [.unrecognized(tag: 0x7A7A_7A7A, data: [0x01, 0x02])],
            title: "",
            number: 1,
            added: 7
        )
        let frame: Bytes = [
            0x01, 0x1C, 0x00, 0x00, 0x00, 0x1D, 0xFF, 0x57, 0x41, 0x56, 0x45, 0x05, 0x01, 0x7A, 0x7A, 0x7A,
            0x7A, 0x02, 0x00, 0x00, 0x00, 0x01, 0x02, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x07, 0x00, 0x00,
            0x00,
        ]
        try expect(message, frame)
    }

    /// Expects that `message` is encoded as `frame`, and decoded from it.
    private func expect<M: Message>(
        _ message: M,
        _ frame: Bytes,
        header: HeaderBytes = HeaderBytes(),
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var writer = ByteWriter()
        try FrameEncoder(Chunks.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Chunks.frameFormat)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Chunks.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }
}
