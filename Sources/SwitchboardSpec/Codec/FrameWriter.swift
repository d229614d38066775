/// Makes the frame of a message by its spec.
package struct FrameWriter {
    private let layout: FrameLayout
    /// The frame.
    package private(set) var bytes: [UInt8] = []
    /// Where each part of the frame ends, in order.
    private(set) var parts: [(name: String, end: Int)] = []

    /// The frame of `message` whose fields have `values`, and whose header fields have those of `header`, each in order.
    package init(
        _ message: MessageSpec,
        _ values: [Value],
        header: [Value],
        _ layout: FrameLayout
    ) throws(PayloadProblem) {
        self.layout = layout
        let payload = try PayloadWriter(values, message.fields, layout.payloads)
        var header = header[...]
        for field in layout.frame.header.map(\.value) {
            append(field, message, payloadSize: payload.bytes.count, &header)
        }
        parts += payload.parts.map { ($0.name, $0.end + bytes.count) }
        bytes += payload.bytes
        if let checksum = layout.frame.checksum {
            let value = UInt64(checksum.algorithm.definition.checksum(of: layout.covered(bytes)))
            bytes += layout.byteOrder.bytes(value, count: checksum.algorithm.size)
            parts.append(("checksum", bytes.count))
        }
    }

    /// The name of the part of the frame that has the byte at `offset`.
    func part(at offset: Int) -> String? {
        parts.first { offset < $0.end }?.name
    }

    private mutating func append(
        _ field: FrameSpec.HeaderField,
        _ message: MessageSpec,
        payloadSize: Int,
        _ header: inout ArraySlice<Value>
    ) {
        let (name, value): (String, UInt64)
        switch field {
        case .magic(let magic, _): (name, value) = ("magic", magic)
        case .version: (name, value) = ("version", layout.version)
        case .type: (name, value) = ("type", message.code.value)
        case .length: (name, value) = ("length", UInt64(clamping: payloadSize + layout.frame.coveredOverhead))
        case .field(let own, let type): (name, value) = ("`\(own.name.value)`", bits(header.popFirst(), type))
        case .correlation(let own, let type): (name, value) = ("`\(own.value)`", bits(header.popFirst(), type))
        }
        // A magic is bytes as they travel, whatever the order of numbers is.
        let order = if case .magic = field { ByteOrder.big } else { layout.byteOrder }
        bytes += order.bytes(value, count: field.size)
        parts.append((name, bytes.count))
    }

    private func bits(_ value: Value?, _ type: IntegerType) -> UInt64 {
        if case .number(let number)? = value { number.bits(of: type) ?? 0 } else { 0 }
    }
}
