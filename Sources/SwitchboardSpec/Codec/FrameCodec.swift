/// Decodes a frame by its spec.
package struct FrameReader {
    /// The reason why bytes are not a frame of a message.
    package struct Problem: Error {
        /// The problem in words.
        package let message: String
    }

    private let layout: FrameLayout
    private var rest: ArraySlice<UInt8>
    private var header: [Value] = []

    /// Returns the values of the header fields and the payload of a frame of `message`.
    ///
    /// - Parameter trailing: How to treat bytes after the frame; on a stream, the next frame begins there.
    package static func read(
        _ bytes: [UInt8],
        _ message: MessageSpec,
        _ layout: FrameLayout,
        trailing: TrailingBytes
    ) throws(Problem) -> (header: [Value], payload: [UInt8]) {
        var reader = FrameReader(layout: layout, rest: bytes[...])
        let counted = try reader.readHeader(message)
        let headerSize = layout.frame.headerSize
        let trailerSize = layout.frame.trailerSize
        let overhead = UInt64(clamping: layout.frame.coveredOverhead)
        guard counted >= overhead else {
            let text = "less than the \(overhead) bytes that the length counts besides the payload"
            throw Problem(message: "its length is \(counted), \(text)")
        }
        let size = Int(clamping: counted - overhead)
        let found = reader.rest.count - trailerSize
        guard size == found || size < found && trailing == .ignore else {
            throw Problem(message: "its length announces \(size.bytes) of payload, and the frame has \(max(0, found))")
        }
        let payload = reader.rest.prefix(size)
        if let checksum = layout.frame.checksum {
            let trailer = reader.rest.dropFirst(size).prefix(trailerSize)
            let expected = checksum.algorithm.definition.checksum(
                of: layout.covered(Array(bytes.prefix(headerSize + size)))
            )
            guard layout.plan.byteOrder.number(Array(trailer)) == expected else {
                throw Problem(message: "its checksum does not match the bytes that it covers")
            }
        }
        return (reader.header, Array(payload))
    }

    /// Reads the header; returns its length.
    private mutating func readHeader(_ message: MessageSpec) throws(Problem) -> UInt64 {
        var length: UInt64 = 0
        for step in layout.steps {
            let found = try number(step)
            switch step.role {
            case .constant(let value): try expect(value, found, step.name)
            case .code: try expect(message.code.value, found, step.name)
            case .length: length = found
            case .value: header.append(.number(SpecInteger(bits: found, of: step.type)))
            }
        }
        return length
    }

    private func expect(_ value: UInt64, _ found: UInt64, _ name: String) throws(Problem) {
        guard found == value else {
            throw Problem(message: "its \(name) is \(found.hexadecimal), and must be \(value.hexadecimal)")
        }
    }

    private mutating func number(_ step: FrameLayout.Step) throws(Problem) -> UInt64 {
        guard step.type.size <= rest.count else { throw Problem(message: "it ends within its \(step.name)") }
        defer { rest = rest.dropFirst(step.type.size) }
        return step.order.number(Array(rest.prefix(step.type.size)))
    }
}

/// Encodes a message as a frame by its spec.
package struct FrameWriter {
    /// The frame.
    package private(set) var bytes: [UInt8] = []
    /// The parts of the frame with the offsets of their ends, in order.
    private(set) var parts: [(name: String, end: Int)] = []

    /// Encodes a message.
    ///
    /// The message has the layout `payload` and the field values `values`. The values of the header fields are in
    /// `header`, in order.
    package init(
        _ message: MessageSpec,
        _ payload: Layout,
        _ values: [Value],
        header: [Value],
        _ layout: FrameLayout
    ) throws(PayloadProblem) {
        let payload = try PayloadWriter(values, payload, layout.plan)
        var header = header[...]
        for step in layout.steps {
            let value: UInt64 =
                switch step.role {
                case .constant(let value): value
                case .code: message.code.value
                case .length: UInt64(clamping: payload.bytes.count + layout.frame.coveredOverhead)
                case .value: header.popFirst()?.number.bits(of: step.type) ?? 0
                }
            bytes += step.order.bytes(value, count: step.type.size)
            parts.append((step.name, bytes.count))
        }
        parts += payload.parts.map { ($0.name, $0.end + bytes.count) }
        bytes += payload.bytes
        if let checksum = layout.frame.checksum {
            let value = UInt64(checksum.algorithm.definition.checksum(of: layout.covered(bytes)))
            bytes += layout.plan.byteOrder.bytes(value, count: checksum.algorithm.size)
            parts.append(("checksum", bytes.count))
        }
    }
}
