import SwitchboardWire

// Messages as the generator writes them, of a protocol for these tests.

struct Reading: Message, Hashable {
    static var code: MessageCode { 0x07 }
    static var name: String { "Reading" }
    static var sender: Sender { .both }
    static var maximumPayload: Int? { 64 }

    var sensor: UInt16
    var unit: String
    var raw: Bytes

    init(sensor: UInt16, unit: String, raw: Bytes) {
        self.sensor = sensor
        self.unit = unit
        self.raw = raw
    }

    init(from reader: inout ByteReader) throws(PayloadError) {
        sensor = try reader.integer(.little, field: "sensor")
        unit = try reader.string(length: UInt8.self, .little, field: "unit")
        raw = try reader.bytes(field: "raw")
    }

    func encode(into writer: inout ByteWriter) throws(PayloadError) {
        writer.integer(sensor, .little)
        try writer.string(unit, length: UInt8.self, .little, field: "unit")
        writer.bytes(raw)
    }
}

struct Blob: Message, Hashable {
    static var code: MessageCode { 0x0102 }
    static var name: String { "Blob" }
    static var sender: Sender { .client }

    var data: Bytes

    init(data: Bytes) {
        self.data = data
    }

    init(from reader: inout ByteReader) throws(PayloadError) {
        data = try reader.bytes(field: "data")
    }

    func encode(into writer: inout ByteWriter) throws(PayloadError) {
        writer.bytes(data)
    }
}

extension FrameFormat {
    /// The frame format of NET-001.
    static let sample = FrameFormat(
        byteOrder: .big,
        header: [.magic(0xDEAD_BEEF, .four), .version(1, .one), .type(.one), .length(.two)],
        checksum: .crc32,
        maximumPayload: 65_535
    )

    /// A frame format that differs from it in every respect.
    static let bare = FrameFormat(
        byteOrder: .little,
        header: [.length(.four), .type(.two)],
        checksum: nil,
        maximumPayload: 100_000
    )
}

extension Bytes {
    /// The bytes of a hexadecimal text.
    init(hexadecimal: String) {
        let digits = hexadecimal.compactMap { $0.hexDigitValue }
        self.init(stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) })
    }
}
