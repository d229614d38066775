import SwitchboardWire
import Testing

@Suite("A frame decoder")
struct FrameDecoderTests {
    let decoder = FrameDecoder(.sample)
    let encoder = FrameEncoder(.sample)

    /// PING 1700000000000, from the specification of NET-001.
    let golden = Bytes(hexadecimal: "deadbeef010100080000018bcfe56800c8bc9ec8")

    /// Returns the frames and faults in `bytes`, until the decoder needs more bytes or finds a broken
    /// frame.
    private func decode(_ bytes: Bytes, with decoder: FrameDecoder) -> (found: [Found], left: Bytes) {
        var reader = ByteReader(bytes)
        var found: [Found] = []
        while true {
            switch decoder.next(in: &reader) {
            case .frame(let frame):
                let payload = decoder.payload(of: frame, in: &reader) { $0.readBytes(frame.payloadSize) }
                found.append(.frame(frame.code, payload ?? Bytes()))
            case .skipped(let fault): found.append(.skipped(fault))
            case .broken(let fault): return (found + [.broken(fault)], Bytes())
            case .incomplete: return (found, reader.readBytes(reader.remaining) ?? Bytes())
            }
        }
    }

    enum Found: Hashable {
        case frame(MessageCode, Bytes)
        case skipped(Fault)
        case broken(Fault)
    }

    @Test("finds a frame where it lies")
    func wholeFrame() {
        var reader = ByteReader(golden)
        guard case .frame(let frame) = decoder.next(in: &reader) else {
            Issue.record("no frame")
            return
        }
        #expect(frame.code == 1)
        #expect(frame.payloadSize == 8)
        let timestamp = decoder.payload(of: frame, in: &reader) { payload in
            payload.readInteger(.big, as: UInt64.self)
        }
        #expect(timestamp == 1_700_000_000_000)
        #expect(reader.remaining == 0)
    }

    @Test("asks for the next byte as long as that can be wrong, then for the header, then for the frame")
    func everyPrefix() {
        for count in 0..<golden.count {
            var reader = ByteReader(golden[0..<count])
            // The magic and the version have five bytes.
            #expect(decoder.next(in: &reader) == .incomplete(size: count < 5 ? count + 1 : count < 8 ? 8 : 20))
            #expect(reader.remaining == count)
        }
    }

    @Test("finds the same frames however the stream is cut in two")
    func everySplit() throws {
        var stream = ByteWriter()
        for size in [0, 1, 40] {
            try encoder.encode(Reading(sensor: 9, unit: "mV", raw: Bytes(repeatElement(7, count: size))), into: &stream)
        }
        stream.append(golden)
        let bytes = stream.takeBytes()
        let whole = decode(bytes, with: decoder).found
        #expect(whole.count == 4)
        for cut in 0...bytes.count {
            let first = decode(bytes[0..<cut], with: decoder)
            let second = decode(Bytes(Array(first.left) + Array(bytes[cut...])), with: decoder)
            #expect(first.found + second.found == whole)
            #expect(second.left.isEmpty)
        }
    }

    @Test("says the same of a header that is wrong twice, however much of it has come")
    func twiceWrong() {
        let version = FrameFormat.Field.version(1, .one)
        let magic = FrameFormat.Field.magic(0xAB, .one)
        for (fields, fault) in [([version, magic], Fault.unsupportedVersion), ([magic, version], .invalidMagic)] {
            let header = fields + [.type(.one), .length(.one)]
            let decoder = FrameDecoder(
                FrameFormat(byteOrder: .big, header: header, checksum: nil, maximumPayload: 255)
            )
            for count in 1...5 {
                var reader = ByteReader(Bytes(repeatElement(7, count: count)))
                #expect(decoder.next(in: &reader) == .broken(fault))
            }
        }
    }

    @Test("passes over a frame whose checksum is wrong, whichever byte is changed behind the header")
    func checksum() {
        for position in 8..<golden.count {
            var bytes = Array(golden)
            bytes[position] ^= 0x10
            let (found, left) = decode(Bytes(bytes + Array(golden)), with: decoder)
            #expect(found.first == .skipped(.checksumMismatch))
            #expect(found.count == 2)
            #expect(left.isEmpty)
        }
    }

    @Test("gives up at the first wrong byte of the magic number or the version, without waiting for the rest")
    func brokenHeader() {
        for (position, fault) in [(0, Fault.invalidMagic), (3, .invalidMagic), (4, .unsupportedVersion)] {
            var bytes = Array(golden)
            bytes[position] ^= 0x01
            for count in (position + 1)...bytes.count {
                #expect(decode(Bytes(bytes[..<count]), with: decoder).found == [.broken(fault)])
            }
        }
        #expect(decode("GET / HTTP/1.1\r\n", with: decoder).found == [.broken(.invalidMagic)])
    }

    @Test("takes payloads up to the largest that the length can say")
    func largest() throws {
        let data = Bytes((0..<65_535).map { UInt8(truncatingIfNeeded: $0) })
        let frame = try encoder.encode(Blob(data: data))
        #expect(frame.count == 65_535 + 12)
        #expect(decode(frame, with: decoder).found == [.frame(0x02, data)])
    }

    @Test("follows a format with other fields, widths and byte order")
    func otherFormat() throws {
        let decoder = FrameDecoder(.bare)
        let frame = try FrameEncoder(.bare).encode(Blob(data: "abc"))
        #expect(frame == [3, 0, 0, 0, 0x02, 0x01, 0x61, 0x62, 0x63])
        #expect(decode(frame, with: decoder).found == [.frame(0x0102, "abc")])
    }

    @Test("does not wait for a payload that is larger than the format allows")
    func tooLarge() {
        let header: Bytes = [0xFF, 0xFF, 0xFF, 0xFF, 0x02, 0x01]
        #expect(decode(header, with: FrameDecoder(.bare)).found == [.broken(.payloadTooLarge)])
    }

    @Test("survives any bytes")
    func anyBytes() {
        var generator = SystemRandomNumberGenerator()
        for format in [FrameFormat.sample, .bare] {
            let decoder = FrameDecoder(format)
            for _ in 0..<20_000 {
                var bytes = (0..<Int.random(in: 0...64)).map { _ in UInt8.random(in: 0...255, using: &generator) }
                if Bool.random(), bytes.count > 4 { bytes.replaceSubrange(0..<4, with: [0xDE, 0xAD, 0xBE, 0xEF]) }
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
