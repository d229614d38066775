/// An example of a message: its bytes and its values.
package struct CheckedExample: Sendable {
    /// The values of the header fields, in order.
    package let header: [Value]
    /// The values of the fields of the message, in order.
    package let values: [Value]
    /// The payload.
    package let payload: [UInt8]
    /// The whole frame.
    package let frame: [UInt8]
}

/// An example of bytes that a receiver must reject.
package struct CheckedMalformed: Sendable {
    /// The bytes.
    package let bytes: [UInt8]
    /// Whether the bytes are a payload without a frame.
    package let isPayload: Bool
    /// Why the bytes are rejected: the text of the spec or, without one, the error of the codec.
    package let reason: String
}

extension CheckedSpec {
    /// The layout of frames.
    package var frameLayout: FrameLayout { layout(of: frame) }

    /// Returns the layout of frames of the form `frame`.
    package func layout(of frame: FrameSpec) -> FrameLayout { FrameLayout(frame, version: wireVersion ?? 0, plan) }

    /// Returns the examples of `message`, in the order of the file.
    package func examples(of message: MessageSpec) -> [CheckedExample] {
        let (frameLayout, layout) = (layout(of: frame(of: message)), layout(of: message))
        return message.examples.compactMap { example in
            var reader = LiteralReader(plan.table)
            let place = example.bytes.place
            guard
                let values = reader.values(example.fields, of: message.fields, in: "", at: place),
                let header = reader.values(example.header, of: frameLayout.header.specs, in: "", at: place),
                let frame = try? FrameWriter(message, layout, values, header: header, frameLayout)
            else { return nil }
            return CheckedExample(header: header, values: values, payload: frame.payload, frame: frame.bytes)
        }
    }

    /// Returns the malformed examples of `message`, in the order of the file.
    package func malformed(of message: MessageSpec) -> [CheckedMalformed] {
        message.malformed.map { example in
            let reason = example.doc ?? problem(in: example, of: message) ?? "It is malformed."
            return CheckedMalformed(bytes: example.bytes.value, isPayload: example.isPayload, reason: reason)
        }
    }

    private func problem(in example: MalformedSpec, of message: MessageSpec) -> String? {
        let layout = layout(of: frame(of: message))
        var payload = example.bytes.value
        var header: [(name: String, value: Value)] = []
        do throws(FrameReader.Problem) {
            if !example.isPayload {
                let frame = try FrameReader.read(payload, message, layout, trailing: .ignore)
                (payload, header) = (frame.payload, layout.named(frame.header))
            }
        } catch {
            return error.message
        }
        let maximum = message.maximumPayload?.value ?? layout.frame.maximumPayload
        guard UInt64(payload.count) <= maximum else { return "its payload has more than \(maximum) bytes" }
        do throws(PayloadProblem) {
            let trailing = trailing(of: message)
            _ = try PayloadReader.read(payload, self.layout(of: message), plan, trailing: trailing, header: header)
        } catch {
            return "\(error)"
        }
        return nil
    }
}
