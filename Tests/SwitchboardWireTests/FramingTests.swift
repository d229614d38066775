import SwitchboardWire
import TestSupport
import Testing

@Suite("Delimiters and escapes")
struct FramingTests {
    private static let hex = Framing.hex(begins: [0x3A], ends: [0x0D, 0x0A])
    private static let all: [Framing] = [.slip, .kiss, .hdlc, .cobs, hex, .hex(begins: [], ends: [0x0A])]

    /// Numbers that are the same in every run.
    private struct RandomNumbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 33)
        }
    }

    /// Returns the bytes of a text in which each character is a byte.
    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test("are those of the specifications")
    func forms() {
        let frame: [UInt8] = [0x00, 0xC0, 0xDB, 0x7E, 0x7D, 0x11]
        #expect(Framing.slip.encoded(frame) == [0x00, 0xDB, 0xDC, 0xDB, 0xDD, 0x7E, 0x7D, 0x11, 0xC0])
        #expect(Framing.kiss.encoded(frame) == [0xC0, 0x00, 0xDB, 0xDC, 0xDB, 0xDD, 0x7E, 0x7D, 0x11, 0xC0])
        #expect(Framing.hdlc.encoded(frame) == [0x7E, 0x00, 0xC0, 0xDB, 0x7D, 0x5E, 0x7D, 0x5D, 0x11, 0x7E])
        #expect(Framing.cobs.encoded(frame) == [0x01, 0x06, 0xC0, 0xDB, 0x7E, 0x7D, 0x11, 0x00])
        #expect(Self.hex.encoded(frame) == Self.bytes(":00C0DB7E7D11\r\n"))
    }

    /// The sizes and the CRC-32s of frames that the Python package `cobs` has made.
    private static let borders: [(count: Int, size: Int, plain: UInt32, zeroAfter: UInt32, zeroBefore: UInt32)] = [
        (1, 3, 3_856_546_877, 2_475_969_761, 2_204_589_398), (253, 255, 141_631_055, 762_508_243, 1_062_337_648),
        (254, 256, 1_885_699_946, 111_728_236, 3_325_326_005), (255, 258, 2_396_103_686, 586_459_741, 4_139_824_954),
        (508, 511, 2_920_161_789, 3_027_986_473, 348_303_154), (509, 513, 622_406_402, 624_076_491, 1_669_067_880),
    ]

    @Test("of COBS are right at the borders of blocks")
    func blocks() {
        for (count, size, plain, zeroAfter, zeroBefore) in Self.borders {
            let bytes = (0..<count).map { UInt8($0 % 255 + 1) }
            #expect(Framing.cobs.encoded(bytes).count == size)
            for (frame, expected) in [(bytes, plain), (bytes + [0], zeroAfter), ([0] + bytes, zeroBefore)] {
                let stream = Framing.cobs.encoded(frame)
                #expect(ChecksumAlgorithm.crc32.checksum(of: Bytes(stream)) == expected, "\(count) bytes")
                #expect(Framing.cobs.piece(of: stream, limit: frame.count) == .frame(frame, size: stream.count))
            }
        }
        // A block of 254 bytes with an empty block after it is not what senders write, and means the same.
        let full = (1...254).map { UInt8($0) }
        #expect(Framing.cobs.piece(of: [255] + full + [1, 0], limit: 300) == .frame(full, size: 257))
    }

    @Test("enclose every frame, of every size up to a limit", arguments: all)
    func sizes(_ framing: Framing) {
        var generator = RandomNumbers(state: 1)
        for size in 1...600 {
            // Many bytes need an escape.
            let special: [UInt8] = [0xC0, 0xDB, 0xDC, 0x7E, 0x7D, 0x5E, 0x00, 0xFF, 0x3A, 0x0D]
            let frame = (0..<size).map { _ in special.randomElement(using: &generator) ?? 0 }
            let stream = framing.encoded(frame)
            #expect(framing.piece(of: stream, limit: size) == .frame(frame, size: stream.count))
            #expect(stream.count - framing.delimiter.count <= framing.largestSize(of: size) + 1)
            #expect(framing.leastSize(of: stream.count - framing.delimiter.count) <= size)
            for count in [stream.count - 1, stream.count / 2, 1] {
                guard case .incomplete(let skipped, let least) = framing.piece(of: Array(stream[..<count]), limit: size)
                else {
                    Issue.record("\(count) bytes are a whole frame")
                    return
                }
                #expect(skipped < 2 && least <= size)
            }
        }
    }

    @Test("may come several times in a row", arguments: all)
    func emptyFrames(_ framing: Framing) {
        let delimiters = Array(repeatElement(framing.delimiter, count: 10_000).joined())
        let frame = framing.encoded([1, 2])
        let whole = Framing.Piece.frame([1, 2], size: delimiters.count + frame.count)
        #expect(framing.piece(of: delimiters + frame + delimiters, limit: 4) == whole)
        #expect(framing.piece(of: delimiters, limit: 4) == .incomplete(skipped: delimiters.count, size: 0))
        #expect(framing.piece(of: [], limit: 4) == .incomplete(skipped: 0, size: 0))
        let empty = framing.encoded([])
        let rest = Framing.Piece.frame([1, 2], size: 2 * empty.count + frame.count)
        #expect(framing.piece(of: empty + empty + frame, limit: 4) == rest)
    }

    @Test("missing in an endless frame are a fault, wherever the stream is split", arguments: all)
    func endlessFrames(_ framing: Framing) {
        let limit = 100
        let largest = framing.largestSize(of: limit) + framing.delimiter.count
        let stream = [UInt8](repeating: 0x3B, count: largest + 50)
        for count in 0...stream.count {
            let piece = framing.piece(of: Array(stream[..<count]), limit: limit)
            if count < largest {
                guard case .incomplete(0, let size) = piece, size <= limit else {
                    Issue.record("\(count) bytes are \(piece)")
                    return
                }
            } else {
                #expect(piece == .tooLarge)
            }
        }
        // The delimiter that comes too late changes nothing.
        #expect(framing.piece(of: stream + framing.delimiter, limit: limit) == .tooLarge)
    }

    @Test(
        "that are wrong spoil one frame only",
        arguments: [
            (.slip, [0x01, 0xDB, 0x01, 0xC0]), (.slip, [0x01, 0xDB, 0xC0]), (.slip, [0xDB, 0xDB, 0xDC, 0xC0]),
            (.kiss, [0xC0, 0x01, 0xDB, 0xC0]), (.hdlc, [0x7E, 0x01, 0x7D, 0x7E]), (.cobs, [0x03, 0x01, 0x00]),
            (.cobs, [0xFF, 0x01, 0x00]), (hex, bytes(":0\r\n")), (hex, bytes(":0G\r\n")), (hex, bytes("00\r\n")),
            (hex, bytes(": 00\r\n")),
        ] as [(Framing, [UInt8])]
    )
    func malformed(_ framing: Framing, _ bytes: [UInt8]) {
        let next = framing.encoded([7])
        #expect(framing.piece(of: bytes + next, limit: 100) == .malformed(size: bytes.count))
        #expect(framing.piece(of: next, limit: 100) == .frame([7], size: next.count))
    }

    @Test("have other forms that receivers accept")
    func otherForms() {
        // HDLC: every byte may have an escape, and one delimiter may be the end of a frame and the beginning of the next.
        let control = Framing.hdlc.piece(of: [0x7D, 0x31, 0x7D, 0x5E, 0x7E, 0x01, 0x7E], limit: 4)
        #expect(control == .frame([0x11, 0x7E], size: 5))
        // KISS: the delimiter before a frame may be missing.
        #expect(Framing.kiss.piece(of: [0x00, 0x01, 0xC0], limit: 4) == .frame([0x00, 0x01], size: 3))
        // Digits may be small letters, and a frame begins again with each mark.
        #expect(Self.hex.piece(of: Self.bytes(":fa\r\n"), limit: 4) == .frame([0xFA], size: 5))
        #expect(Self.hex.piece(of: Self.bytes("xy:01:FA\r\n"), limit: 4) == .frame([0xFA], size: 10))
    }
}
