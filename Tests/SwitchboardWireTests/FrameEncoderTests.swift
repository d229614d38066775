import SwitchboardWire
import Testing

@Suite("A frame encoder")
struct FrameEncoderTests {
    let encoder = FrameEncoder(.sample)

    @Test("writes header, payload and checksum behind what is there")
    func encode() throws {
        var writer = ByteWriter()
        writer.append("before")
        try encoder.encode(Reading(sensor: 0x0102, unit: "K", raw: [0xFF]), into: &writer)
        let bytes = writer.takeBytes()
        let frame = bytes[6..<bytes.count]
        #expect(frame[0..<13] == Bytes(hexadecimal: "deadbeef 01 07 0005 0201 014b ff"))
        let checksum = FrameFormat.Checksum.Algorithm.crc32.checksum(of: frame[0..<13])
        var reader = ByteReader(frame[13..<17])
        #expect(reader.readInteger(.big) == checksum)
    }

    @Test("refuses a value that does not fit, says which, and leaves the output as it was")
    func refusal() {
        var writer = ByteWriter()
        writer.append("before")
        let long = String(repeating: "x", count: 256)
        #expect(throws: PayloadError(.invalidLength, field: "unit")) {
            try encoder.encode(Reading(sensor: 1, unit: long, raw: ""), into: &writer)
        }
        #expect(throws: PayloadError(.payloadTooLarge, field: "payload")) {
            try encoder.encode(Reading(sensor: 1, unit: "", raw: Bytes(repeatElement(0, count: 62))), into: &writer)
        }
        #expect(throws: PayloadError(.payloadTooLarge, field: "payload")) {
            try encoder.encode(Blob(data: Bytes(repeatElement(0, count: 65_536))), into: &writer)
        }
        #expect(writer.takeBytes() == "before")
    }
}
