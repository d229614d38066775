import SwitchboardWire
import TestSupport
import Testing

@Suite("A checksum in the header")
struct HeaderChecksumTests {
    /// A header of a code, a size and two bytes for a checksum, and a seed for messages with the code 3.
    private enum Codec: FrameCodec {
        static let maximumHeaderSize = 4

        static func readHead(from reader: inout ByteReader, of sender: Sender) throws(PayloadError) -> FrameHead {
            let code: UInt8 = try reader.integer(.big, field: "code")
            let size: UInt8 = try reader.integer(.big, field: "size")
            try reader.reserved(2, field: "checksum")
            return FrameHead(code: MessageCode(code), payloadSize: Int(size), header: HeaderBytes())
        }

        static func writeHead(
            _ head: FrameHead,
            of sender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            writer.integer(UInt8(truncatingIfNeeded: head.code), .big)
            writer.integer(UInt8(clamping: head.payloadSize), .big)
            writer.reserved(2)
        }

        static func checksumSeed(of code: MessageCode, from sender: Sender) -> ChecksumSeed {
            code == 3 ? ChecksumSeed(sender == .server ? 0x0102 : 0x0100, bytes: 2) : .none
        }
    }

    private static func format(
        _ coverage: FrameFormat.Checksum.Coverage,
        at offset: Int = 2,
        magicSize: Int = 0,
        _ trailer: [FrameFormat.TrailerItem] = []
    ) -> FrameFormat {
        FrameFormat(
            Codec.self,
            byteOrder: .big,
            correlation: nil,
            magicSize: magicSize,
            headerChecksum: .init(.init(.sum16, covers: coverage), at: offset),
            trailer: trailer,
            maximumPayload: 255
        )
    }

    /// Coverages with the sizes of the magic, and the sum of a frame with the code 3, the payload 10 20 and the seed 01 00.
    private static let sums: [(FrameFormat.Checksum.Coverage, Int, UInt8)] = [
        (.payload, 0, 0x31), (.frame, 0, 0x36), (.afterMagic, 1, 0x33), (.afterMagic, 3, 0x31),
    ]

    @Test("covers the payload, or the frame with zeros in its own place, and what the message adds", arguments: sums)
    func coverage(_ coverage: FrameFormat.Checksum.Coverage, magicSize: Int, sum: UInt8) throws {
        let format = Self.format(coverage, magicSize: magicSize)
        let frame = try FrameEncoder(format).encode(Chunk(data: [0x10, 0x20]))
        #expect(frame == [3, 2, 0, sum, 0x10, 0x20])
        var reader = ByteReader(frame)
        guard case .frame(let found) = FrameDecoder(format).next(in: &reader) else {
            Issue.record("no frame")
            return
        }
        #expect((found.code, found.payloadSize, found.headerSize) == (3, 2, 4))
    }

    @Test("of an end has the seed of that end")
    func seedOfServer() throws {
        let format = Self.format(.payload)
        let frame = try FrameEncoder(format, as: .server).encode(Chunk(data: [0x10, 0x20]))
        #expect(frame == [3, 2, 0, 0x33, 0x10, 0x20])
        var reader = ByteReader(frame)
        #expect(FrameDecoder(format, from: .client).next(in: &reader) == .skipped(.checksumMismatch))
    }

    @Test("that is wrong skips the frame, and the next one is found")
    func mismatch() {
        let format = Self.format(.payload, [.end([0x0A])])
        let decoder = FrameDecoder(format)
        var reader = ByteReader([1, 1, 0, 5, 6, 0x0A, 1, 1, 0, 6, 6, 0x0A, 1, 1, 0, 5, 6, 0x0B])
        #expect(decoder.next(in: &reader) == .skipped(.checksumMismatch))
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no frame")
            return
        }
        #expect(decoder.payload(of: found, in: &reader) { $0.readBytes(1) } == [6])
        // A wrong end is worse.
        #expect(decoder.next(in: &reader) == .broken(.malformedPayload))
    }

    @Test("in front of a checksum after the payload is covered by it")
    func twoChecksums() throws {
        let format = Self.format(.payload, [.checksum(.init(.sum8, covers: .frame))])
        #expect(try FrameEncoder(format).encode(Chunk(data: [7])) == [3, 1, 0, 8, 7, 3 + 1 + 8 + 7 + 1])
    }

    @Test("outside the header that a codec writes is an error")
    func outside() {
        for offset in [3, 4, 256] {
            let format = Self.format(.frame, at: offset)
            #expect(throws: PayloadError(.invalidLength, field: "header")) {
                try FrameEncoder(format).encode(Chunk(data: [7]))
            }
            var reader = ByteReader([3, 1, 0, 8, 7])
            #expect(FrameDecoder(format).next(in: &reader) == .skipped(.checksumMismatch))
        }
    }

    @Test("leaves out bytes at the start of the frame, in formats with and without a codec")
    func skipping() throws {
        let checksum = FrameFormat.Checksum(.sum8, covers: .frame, skipping: 1)
        let format = Self.format(.payload, [.checksum(checksum)])
        #expect(try FrameEncoder(format).encode(Chunk(data: [7])) == [3, 1, 0, 8, 7, 1 + 8 + 7 + 1])
        let header: [FrameFormat.Field] = [.type(.one), .length(.one)]
        let plain = FrameFormat(byteOrder: .big, header: header, checksum: checksum, maximumPayload: 255)
        let frame = try FrameEncoder(plain).encode(Chunk(data: [7]))
        #expect(frame == [3, 1, 7, 8])
        var reader = ByteReader(frame)
        guard case .frame = FrameDecoder(plain).next(in: &reader) else {
            Issue.record("no frame")
            return
        }
        // More than the header is the payload.
        let whole = FrameFormat.Checksum(.crc32, covers: .frame, skipping: 9)
        let other = FrameFormat(byteOrder: .big, header: header, checksum: whole, maximumPayload: 255)
        let payload = FrameFormat.Checksum(.crc32, covers: .payload)
        let same = FrameFormat(byteOrder: .big, header: header, checksum: payload, maximumPayload: 255)
        #expect(try FrameEncoder(other).encode(Chunk(data: [7])) == FrameEncoder(same).encode(Chunk(data: [7])))
    }

    @Test("makes formats different")
    func equality() {
        #expect(Self.format(.frame) == Self.format(.frame))
        #expect(Self.format(.frame) != Self.format(.payload))
        #expect(Self.format(.frame) != Self.format(.frame, at: 1))
    }
}
