/// Makes the frame of a message by its spec.
package struct FrameWriter {
    /// The frame.
    package private(set) var bytes: [UInt8] = []
    /// Where each part of the frame ends, in order.
    private(set) var parts: [(name: String, end: Int)] = []

    /// The frame of `message` with the layout `payload`, whose fields have `values`, and whose header fields have those of
    /// `header`, each in order.
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
