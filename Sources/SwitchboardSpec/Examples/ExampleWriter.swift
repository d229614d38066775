/// Makes the frame of an example from the values of its fields.
struct ExampleWriter {
    private let layout: ExampleLayout
    private(set) var bytes: [UInt8] = []
    /// Where each part of the frame ends, in order.
    private(set) var parts: [(name: String, end: Int)] = []

    /// The frame of a message whose fields have `values`, in order.
    init(_ layout: ExampleLayout, _ values: [ExampleLayout.Value]) {
        self.layout = layout
        var payload = ExampleWriter(layout: layout)
        for (field, value) in zip(layout.message.fields, values) { payload.append(value, for: field) }
        let headerFields = layout.frame.header.map(\.value)
        for field in headerFields { append(field, payloadSize: payload.bytes.count) }
        parts += payload.parts.map { ($0.name, $0.end + bytes.count) }
        bytes += payload.bytes
        if layout.frame.checksum != nil {
            append(UInt64(CRC32.checksum(of: bytes)), .uint32, layout.byteOrder)
            parts.append(("checksum", bytes.count))
        }
    }

    private init(layout: ExampleLayout) {
        self.layout = layout
    }

    /// The name of the part of the frame that has the byte at `offset`.
    func part(at offset: Int) -> String? {
        parts.first { offset < $0.end }?.name
    }

    private mutating func append(_ field: FrameSpec.HeaderField, payloadSize: Int) {
        switch field {
        case .magic(let value, let type):
            append(value, type, layout.byteOrder)
            parts.append(("magic", bytes.count))
        case .version(let type):
            append(layout.version, type, layout.byteOrder)
            parts.append(("version", bytes.count))
        case .type(let type):
            append(layout.message.code.value, type, layout.byteOrder)
            parts.append(("type", bytes.count))
        case .length(let type):
            append(UInt64(clamping: payloadSize), type, layout.byteOrder)
            parts.append(("length", bytes.count))
        }
    }

    private mutating func append(_ value: ExampleLayout.Value, for field: FieldSpec) {
        let order = layout.byteOrder(of: field)
        switch value {
        case .number(let number):
            if let type = layout.numberType(of: field) { append(number.bits(of: type) ?? 0, type, order) }
        case .bytes(let content):
            if case .prefixed(let prefix) = field.type.value.extent {
                append(UInt64(clamping: content.count), prefix, order)
            }
            bytes += content
        }
        parts.append(("`\(field.name.value)`", bytes.count))
    }

    private mutating func append(_ bits: UInt64, _ type: IntegerType, _ order: ByteOrderSpec) {
        let little = (0..<type.size).map { UInt8(truncatingIfNeeded: bits >> UInt64($0 * 8)) }
        bytes += order == .little ? little : little.reversed()
    }
}
