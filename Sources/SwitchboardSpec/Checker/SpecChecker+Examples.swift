extension SpecChecker {
    /// Returns the layout of the frames of examples of `message`; `nil` if the frame is unknown.
    private func frameLayout(of message: MessageSpec) -> FrameLayout? {
        let version = spec.wireVersion ?? spec.version
        let number = spec.frame == nil ? spec.imports.first?.spec.wireVersion : version?.value
        return frame(of: message).map { FrameLayout($0, version: number ?? 0, plan) }
    }

    /// Checks that the bytes and the fields of each example match.
    mutating func checkExamples(of message: MessageSpec) {
        guard let frameLayout = frameLayout(of: message) else { return }
        let layout = plan.layout(of: message, frameLayout.frame)
        for example in message.examples where !diagnostics.isFull {
            if reportPayload(example.bytes.place, of: message, isPayload: example.isPayload) { continue }
            var reader = LiteralReader(table)
            let place = example.bytes.place
            let owner = "this `\(message.name.value)`"
            let values = reader.values(example.fields, of: message.fields, in: owner, at: place)
            let header = reader.values(example.header, of: frameLayout.header.specs, in: "the header", at: place)
            report(reader.problems)
            guard reader.problems.isEmpty, let values, let header else { continue }
            compare(Comparison(message: message, example: example, layout: layout, frame: frameLayout), values, header)
        }
    }

    /// Reports a payload of a message whose fields refer to the header; returns whether it is one.
    private mutating func reportPayload(_ place: Place, of message: MessageSpec, isPayload: Bool) -> Bool {
        guard isPayload, let name = message.fields.headerReferences.min() else { return false }
        let text = "a payload of `\(message.name.value)` depends on `\(name)`"
        diagnostics.error("\(text): replace `payload` by `frame`, with the bytes of the whole frame", at: place)
        return true
    }

    /// An example that is being checked, with its message.
    private struct Comparison {
        let message: MessageSpec
        let example: ExampleSpec
        let layout: Layout
        let frame: FrameLayout
    }

    private mutating func compare(_ comparison: Comparison, _ values: [Value], _ header: [Value]) {
        let (message, example) = (comparison.message, comparison.example)
        let place = example.bytes.place
        let correct: (bytes: [UInt8], parts: [(name: String, end: Int)], overhead: Int)
        do throws(PayloadProblem) {
            if example.isPayload {
                let writer = try PayloadWriter(values, comparison.layout, plan)
                correct = (writer.bytes, writer.parts, 0)
            } else {
                let writer = try FrameWriter(message, comparison.layout, values, header: header, comparison.frame)
                correct = (writer.bytes, writer.parts, writer.overhead)
            }
        } catch {
            diagnostics.error("the fields cannot be encoded as `\(message.name.value)`: \(error)", at: place)
            return
        }
        let frame = comparison.frame.frame
        let maximum = min(message.maximumPayload?.value ?? .max, frame.maximumPayload)
        let payloadSize = correct.bytes.count - correct.overhead
        guard payloadSize <= maximum else {
            let text = "the fields encode to a payload of more than \(maximum) bytes, the most allowed: shorten them"
            diagnostics.error(text, at: place)
            return
        }
        let what = example.isPayload ? "payload" : "frame"
        guard correct.bytes != example.bytes.value else {
            if isRead(comparison, as: values) { return }
            let text = "the fields encode to this \(what), which decodes to other values"
            diagnostics.error(text, at: place, notes: [reading(of: comparison, values, header)])
            return
        }
        diagnostics.error(
            "the \(what) does not match the fields: \(difference(example.bytes.value, (correct.bytes, correct.parts))); "
                + "the fields encode to \(correct.bytes.shownInHexadecimal)",
            at: place,
            notes: [reading(of: comparison, values, header)]
        )
    }

    /// Returns the text that says where `bytes` first differ from the correct bytes.
    private func difference(_ bytes: [UInt8], _ correct: (bytes: [UInt8], parts: [(name: String, end: Int)])) -> String
    {
        let common = zip(bytes, correct.bytes).prefix { $0 == $1 }.count
        guard common < correct.bytes.count else { return "it has \((bytes.count - common).bytes) too many at its end" }
        guard common < bytes.count else { return "it ends after \(bytes.count) of \(correct.bytes.count.bytes)" }
        let part = correct.parts.first { common < $0.end }.map { ", in its \($0.name)," } ?? ""
        let (found, expected) = (UInt64(bytes[common]).hexadecimal, UInt64(correct.bytes[common]).hexadecimal)
        return "the byte at offset \(common)\(part) is \(found) instead of \(expected)"
    }

    /// Returns whether the bytes decode to `values`.
    private func isRead(_ comparison: Comparison, as values: [Value]) -> Bool {
        let message = comparison.message
        guard
            let frame = try? frame(of: comparison),
            let found = try? PayloadReader.read(
                frame.payload,
                comparison.layout,
                plan,
                trailing: trailing(of: message),
                header: comparison.frame.named(frame.header)
            )
        else { return false }
        return found == values
    }

    /// Returns a note with the values that the bytes decode to.
    private func reading(of comparison: Comparison, _ values: [Value], _ header: [Value]) -> Diagnostic.Note {
        let (message, example) = (comparison.message, comparison.example)
        let place = example.bytes.place
        let frame: FrameReader.Content
        let found: [Value]
        do throws(FrameReader.Problem) {
            frame = try self.frame(of: comparison)
            for (field, (left, right)) in zip(comparison.frame.header.specs, zip(frame.header, header))
            where left != right && !field.isDerived {
                return note(field, left, example.header, place)
            }
        } catch {
            let text = "the bytes are not a frame of `\(message.name.value)`: \(error.message)"
            return Diagnostic.Note(message: text, place: place)
        }
        do throws(PayloadProblem) {
            found = try PayloadReader.read(
                frame.payload,
                comparison.layout,
                plan,
                trailing: trailing(of: message),
                header: comparison.frame.named(frame.header)
            )
        } catch {
            let what = example.isPayload ? "payload" : "frame"
            let text = "the bytes are not a \(what) of `\(message.name.value)`: \(error)"
            return Diagnostic.Note(message: text, place: place)
        }
        for (field, (left, right)) in zip(message.fields, zip(found, values)) where left != right {
            return note(field, left, example.fields, place)
        }
        return Diagnostic.Note(message: "the bytes decode to the same values in another encoding", place: place)
    }

    private func frame(of comparison: Comparison) throws(FrameReader.Problem) -> FrameReader.Content {
        if comparison.example.isPayload {
            return FrameReader.Content(header: [], payload: comparison.example.bytes.value, overhead: 0)
        }
        let bytes = comparison.example.bytes.value
        return try FrameReader.read(bytes, comparison.message, comparison.frame, trailing: .reject)
    }

    private func note(
        _ field: FieldSpec,
        _ found: Value,
        _ entries: [Literal.Entry],
        _ place: Place
    ) -> Diagnostic.Note {
        let literal = entries.first { $0.name.value == field.name.value }?.literal
        let text = ValueText(table: table).text(of: found, field)
        return Diagnostic.Note(
            message: "the bytes decode to `\(field.name.value)`: \(text)",
            place: literal?.place ?? place
        )
    }

    private func trailing(of message: MessageSpec) -> TrailingBytes {
        message.trailing?.value ?? spec.trailing?.value ?? .reject
    }

    /// Checks that the codec rejects each malformed example.
    mutating func checkMalformed(of message: MessageSpec) {
        guard let frameLayout = frameLayout(of: message) else { return }
        let layout = plan.layout(of: message, frameLayout.frame)
        for example in message.malformed where !diagnostics.isFull {
            if reportPayload(example.bytes.place, of: message, isPayload: example.isPayload) { continue }
            var payload = example.bytes.value
            var behind = 0
            var header: [(name: String, value: Value)] = []
            if !example.isPayload {
                // Ignore bytes after the frame: on a stream, they belong to the next frame.
                let frame = try? FrameReader.read(payload, message, frameLayout, trailing: .ignore)
                guard let frame else { continue }
                behind = payload.count - frame.payload.count - frame.overhead
                header = frameLayout.named(frame.header)
                payload = frame.payload
            }
            if UInt64(payload.count) > message.maximumPayload?.value ?? frameLayout.frame.maximumPayload { continue }
            let trailing = trailing(of: message)
            let values = try? PayloadReader.read(payload, layout, plan, trailing: trailing, header: header)
            guard let values else { continue }
            let texts = zip(message.fields, values).filter { $0.0.isVariable }.map { field, value in
                "\(field.name.value): \(ValueText(table: table).text(of: value, field))"
            }
            let meaning = texts.isEmpty ? "" : ", with \(texts.joined(separator: ", "))"
            let what = "this is a valid `\(message.name.value)`\(meaning)"
            guard behind == 0 else {
                let text = "\(what), and \(behind.bytes) follow it, which belong to the next frame: change its length"
                diagnostics.error(text, at: example.bytes.place)
                continue
            }
            diagnostics.error("\(what): change it, or move it to `examples`", at: example.bytes.place)
        }
    }
}
