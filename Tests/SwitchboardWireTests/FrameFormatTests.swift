import Testing

@testable import SwitchboardWire

@Suite("A frame format")
struct FrameFormatTests {
    static let headers: [[FrameFormat.Field]] = [
        [.type(.one), .length(.one)],
        [.length(.four), .type(.two)],
        [.magic(0x55, .one), .version(1, .one), .type(.two), .field(.two), .correlation(.four), .length(.one)],
        [.magic(0xDEAD_BEEF, .four), .version(1, .one), .type(.one), .length(.two)],
        [.correlation(.eight), .length(.two), .field(.one), .type(.one), .field(.two), .version(0x0203, .two)],
        [.type(.two), .length(.four), .magic(0xABCD, .two), .field(.eight)],
        [.field(.one), .field(.one), .field(.one), .type(.one), .correlation(.one), .length(.two), .field(.one)],
    ]
    static let lengths: [FrameFormat.LengthCoverage] = [
        .payload, .headerAndPayload, .frame, .rest, .lengthAndRest,
    ]
    static let coverages: [FrameFormat.Checksum.Coverage] = [.frame, .payload, .afterMagic]

    /// Every combination of header, byte order, checksum, and coverage of length and checksum.
    static let all: [FrameFormat] = headers.flatMap { header in
        lengths.flatMap { length in
            [ByteOrder.big, .little].flatMap { order in
                checksums.map { checksum in
                    FrameFormat(
                        byteOrder: order,
                        header: header.map { field in
                            guard case .length(let width, _) = field else { return field }
                            return .length(width, covers: length)
                        },
                        checksum: checksum,
                        maximumPayload: 200
                    )
                }
            }
        }
    }

    private static let checksums: [FrameFormat.Checksum?] =
        [nil]
        + algorithms.flatMap { algorithm in
            coverages.map { FrameFormat.Checksum(algorithm, covers: $0) }
        }
        + [ByteOrder.big, .little].flatMap { order in
            [.crc32, .crc24LTEA, .fletcher8].map { FrameFormat.Checksum($0, covers: .frame, byteOrder: order) }
        }

    /// Algorithms of every size, with and without functions and parameters of their own.
    private static let algorithms: [FrameFormat.Checksum.Algorithm] = [
        .crc32, .crc16Modbus, .crc24OpenPGP, .crc8,
        .crc(.init(width: 16, polynomial: 0x1021, initial: 0xB2AA, isReflected: true)),
        .sum(.init(width: 32, isNegated: true)),
    ]

    /// Returns frames with payloads of several sizes, and with various bits in their extra fields.
    private static func frames(_ format: FrameFormat) -> [ReferenceFrame] {
        [0, 1, 7, 33].map { size in
            ReferenceFrame(
                format: format,
                code: Message.code,
                payload: (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ size) },
                extra: (1...5).map { UInt64(size) &* 0x0101 &+ 0x8877_6655_4433_2211 &* $0 }
            )
        }
    }

    /// A message with any payload, whose code fits in one byte.
    struct Message: SwitchboardWire.Message {
        static var code: MessageCode { 0x9C }
        static var name: String { "Message" }
        static var sender: Sender { .both }

        var payload: Bytes

        init(_ payload: [UInt8]) {
            self.payload = Bytes(payload)
        }

        init(from reader: inout ByteReader) throws(PayloadError) {
            payload = try reader.bytes(field: "payload")
        }

        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.bytes(payload)
        }
    }

    @Test("with any fields, widths, order, coverage and checksum is written as it reads")
    func encode() throws {
        for format in Self.all {
            let encoder = FrameEncoder(format)
            for frame in Self.frames(format) {
                let bytes = try encoder.encode(Message(frame.payload), header: frame.header)
                #expect(bytes == frame.bytes, "\(format.header) \(String(describing: format.checksum))")
            }
        }
    }

    @Test("with any fields, widths, order, coverage and checksum is read back, with its header")
    func decode() {
        for format in Self.all {
            let decoder = FrameDecoder(format)
            for frame in Self.frames(format) {
                var reader = ByteReader(frame.bytes)
                var header = HeaderBytes()
                guard case .frame(let found) = decoder.next(in: &reader, header: &header) else {
                    Issue.record("no frame: \(format.header) \(String(describing: format.checksum))")
                    continue
                }
                #expect(found.code == frame.code)
                #expect(header == frame.header)
                let payload = decoder.payload(of: found, in: &reader) { $0.readBytes(found.payloadSize) }
                #expect(payload == Bytes(frame.payload))
                #expect(reader.remaining == 0)
            }
        }
    }

    @Test("is found however the stream is cut in two")
    func everySplit() {
        for format in Self.all {
            let decoder = FrameDecoder(format)
            let frame = Self.frames(format)[2]
            let bytes = frame.bytes
            for count in 0..<bytes.count {
                var reader = ByteReader(bytes[0..<count])
                // In a header, the decoder asks for no more than the next byte that can be wrong.
                let sizes = count < format.headerSize ? count + 1...format.headerSize : bytes.count...bytes.count
                guard case .incomplete(let size) = decoder.next(in: &reader), sizes.contains(size) else {
                    Issue.record("\(count) bytes of \(format.header)")
                    continue
                }
                #expect(reader.remaining == count)
            }
        }
    }

    @Test("has a checksum that sees every changed bit of what it covers, and nothing else")
    func coverage() {
        for format in Self.all {
            guard let checksum = format.checksum else { continue }
            let decoder = FrameDecoder(format)
            let frame = Self.frames(format)[2]
            // After the header, where every change is a fault of the checksum.
            for position in format.headerSize..<frame.bytes.count {
                var bytes = Array(frame.bytes)
                bytes[position] ^= 0x04
                var reader = ByteReader(Bytes(bytes))
                #expect(decoder.next(in: &reader) == .skipped(.checksumMismatch))
                #expect(reader.remaining == 0)
            }
            var other = frame
            other.extra = frame.extra.map { ~$0 }
            guard other.header != frame.header else { continue }
            let bytes = Array(other.bytes[0..<format.headerSize]) + Array(frame.bytes[format.headerSize...])
            var reader = ByteReader(Bytes(bytes))
            var header = HeaderBytes()
            let found = decoder.next(in: &reader, header: &header)
            if checksum.coverage == .payload {
                guard case .frame = found else {
                    Issue.record("the header is covered")
                    continue
                }
                #expect(header == other.header)
            } else {
                #expect(found == .skipped(.checksumMismatch))
            }
        }
    }

    @Test("has no frame where the length is smaller than what it counts beside the payload, or larger than allowed")
    func lengths() {
        for format in Self.all {
            let decoder = FrameDecoder(format)
            var frame = ReferenceFrame(format: format, code: 1)
            let excess = frame.lengthExcess
            for length in 0..<excess {
                frame.length = UInt64(length)
                var reader = ByteReader(frame.bytes)
                #expect(decoder.next(in: &reader) == .broken(.malformedPayload))
            }
            for (length, outcome) in [
                (excess + 200, FrameDecoder.Outcome.incomplete(size: format.overhead + 200)),
                (excess + 201, .broken(.payloadTooLarge)),
            ] where length <= frame.largestLength {
                frame.length = UInt64(length)
                var reader = ByteReader(frame.bytes[0..<format.headerSize])
                #expect(decoder.next(in: &reader) == outcome)
            }
            frame.length = UInt64(frame.largestLength)
            var reader = ByteReader(frame.bytes)
            #expect(decoder.next(in: &reader) == .broken(.payloadTooLarge))
        }
    }

    @Test("allows no larger payload than its length can say together with what else that counts")
    func largestPayload() {
        func largest(_ coverage: FrameFormat.LengthCoverage) -> Int {
            FrameFormat(
                byteOrder: .big,
                header: [.type(.two), .length(.one, covers: coverage), .field(.four)],
                checksum: .init(.crc16ARC, covers: .payload),
                maximumPayload: .max
            ).maximumPayload
        }
        #expect(largest(.payload) == 255)
        #expect(largest(.headerAndPayload) == 255 - 7)
        #expect(largest(.frame) == 255 - 9)
        #expect(largest(.rest) == 255 - 6)
        #expect(largest(.lengthAndRest) == 255 - 7)
    }

    @Test("keeps what a header says outside its extra fields out of the frame")
    func foreignBits() throws {
        var header = HeaderBytes()
        header.set(UInt64.max, at: 0, .big)
        header.set(UInt64.max, at: 8, .big)
        for format in Self.all {
            let frame = ReferenceFrame(format: format, code: Message.code, extra: Array(repeating: .max, count: 5))
            #expect(try FrameEncoder(format).encode(Message([]), header: header) == frame.bytes)
        }
    }

    @Test("equals another that describes the same frames, and no other")
    func equality() {
        func copy(_ format: FrameFormat, maximumPayload: Int) -> FrameFormat {
            FrameFormat(
                byteOrder: format.byteOrder,
                header: format.header,
                checksum: format.checksum,
                maximumPayload: maximumPayload
            )
        }
        let formats = Self.all
        #expect(formats.map { copy($0, maximumPayload: $0.maximumPayload) } == formats)
        #expect(Set(formats + formats.map { copy($0, maximumPayload: 100) }).count == 2 * formats.count)
    }

    @Test("with the CRC-32 of the frame in its own byte order has the usual checksum, and with the other order has not")
    func usualChecksum() {
        func layout(_ checksum: FrameFormat.Checksum) -> HeaderLayout {
            HeaderLayout([.type(.one), .length(.one)], .little, checksum)
        }
        #expect(layout(.crc32).hasUsualChecksum)
        #expect(layout(.init(.crc32, covers: .frame, byteOrder: .little)).hasUsualChecksum)
        #expect(!layout(.init(.crc32, covers: .frame, byteOrder: .big)).hasUsualChecksum)
        #expect(!layout(.init(.crc32, covers: .payload)).hasUsualChecksum)
    }

    @Test("survives any bytes")
    func anyBytes() {
        var generator = SystemRandomNumberGenerator()
        for format in Self.all {
            let decoder = FrameDecoder(format)
            for _ in 0..<50 {
                let bytes = (0..<Int.random(in: 0...64)).map { _ in UInt8.random(in: 0...255, using: &generator) }
                var reader = ByteReader(Bytes(bytes))
                switch decoder.next(in: &reader) {
                case .frame(let frame): #expect(frame.payloadSize <= reader.remaining)
                case .incomplete(let size): #expect(size > bytes.count)
                case .skipped: #expect(reader.remaining < bytes.count)
                case .broken: break
                }
            }
        }
    }
}
