extension SpecChecker {
    /// Checks that the frame and the fields of each example say the same.
    mutating func checkExamples(of message: MessageSpec) {
        let types = message.fields.map(\.type.value)
        guard let frame = spec.frame, !types.contains(where: isUnsound) else { return }
        let layout = ExampleLayout(
            message: message,
            frame: frame,
            byteOrder: spec.byteOrder,
            version: spec.version?.value ?? 0,
            enums: enums
        )
        for example in message.examples where !diagnostics.isFull {
            if let values = values(of: example, layout) { compare(example, values, layout) }
        }
    }

    private func isUnsound(_ type: FieldType) -> Bool {
        if case .enumeration(let name) = type { unsound.contains(name) } else { false }
    }

    /// The values of an example's fields in the order of the layout, or `nil` when some are missing or wrong.
    private mutating func values(of example: ExampleSpec, _ layout: ExampleLayout) -> [ExampleLayout.Value]? {
        let fields = layout.message.fields
        let names = fields.map(\.name.value)
        for value in example.fields where !names.contains(value.name.value) {
            let advice = nearMiss(of: value.name.value, among: names).map { "did you mean `\($0)`?" } ?? "remove it"
            let text = "message `\(layout.message.name.value)` has no field `\(value.name.value)`; \(advice)"
            diagnostics.error(text, at: value.name.place)
        }
        var values: [ExampleLayout.Value] = []
        for field in fields {
            guard let literal = example.fields.first(where: { $0.name.value == field.name.value })?.literal else {
                diagnostics.error("the example has no value for `\(field.name.value)`: add it", at: example.frame.place)
                continue
            }
            if let value = value(literal, of: field) { values.append(value) }
        }
        return values.count == fields.count ? values : nil
    }

    private mutating func compare(_ example: ExampleSpec, _ values: [ExampleLayout.Value], _ layout: ExampleLayout) {
        let correct = ExampleWriter(layout, values)
        let maximum = min(layout.message.maximumPayload?.value ?? .max, layout.frame.maximumPayload)
        let overhead = ExampleWriter(layout, []).bytes.count
        guard correct.bytes.count - overhead <= maximum else {
            let text = "the fields make a payload of more than \(maximum) bytes, the most allowed: shorten them"
            diagnostics.error(text, at: example.frame.place)
            return
        }
        guard correct.bytes != example.frame.value else { return }
        diagnostics.error(
            "the frame is not that of the fields: \(difference(example.frame.value, correct)); "
                + "the fields make \(correct.bytes.shownInHexadecimal)",
            at: example.frame.place,
            notes: [reading(of: example, values, layout)]
        )
    }

    /// Says where `frame` first differs from the correct one.
    private func difference(_ frame: [UInt8], _ correct: ExampleWriter) -> String {
        let common = zip(frame, correct.bytes).prefix { $0 == $1 }.count
        guard common < correct.bytes.count else { return "it has \((frame.count - common).bytes) too many at its end" }
        guard common < frame.count else { return "it ends after \(frame.count) of \(correct.bytes.count.bytes)" }
        let part = correct.part(at: common).map { ", in its \($0)," } ?? ""
        let (found, expected) = (UInt64(frame[common]).hexadecimal, UInt64(correct.bytes[common]).hexadecimal)
        return "the byte at offset \(common)\(part) is \(found) instead of \(expected)"
    }

    /// Says what the frame means as it stands.
    private func reading(
        of example: ExampleSpec,
        _ values: [ExampleLayout.Value],
        _ layout: ExampleLayout
    ) -> Diagnostic.Note {
        let found: [ExampleLayout.Value]
        do throws(ExampleReader.Problem) {
            found = try ExampleReader.read(example.frame.value, layout)
        } catch {
            let message = "as it stands, this is no frame of `\(layout.message.name.value)`: \(error.message)"
            return Diagnostic.Note(message: message, place: example.frame.place)
        }
        for (index, field) in layout.message.fields.enumerated() where found[index] != values[index] {
            let literal = example.fields.first { $0.name.value == field.name.value }?.literal
            return Diagnostic.Note(
                message: "the frame says `\(field.name.value)` is \(text(of: found[index], field))",
                place: literal?.place ?? example.frame.place
            )
        }
        return Diagnostic.Note(message: "the frame says the same in other bytes", place: example.frame.place)
    }

    private func text(of value: ExampleLayout.Value, _ field: FieldSpec) -> String {
        switch (value, field.type.value) {
        case (.number(let number), .boolean) where number.magnitude < 2: number.magnitude == 1 ? "true" : "false"
        case (.number(let number), .enumeration(let name)):
            enums[name]?.cases.first { $0.value.value == number }?.name.value ?? "\(number)"
        case (.number(let number), _): "\(number)"
        case (.bytes(let bytes), .string):
            String(validating: bytes, as: UTF8.self).map { "\"\($0.visible)\"" } ?? "not UTF-8"
        case (.bytes(let bytes), _): bytes.isEmpty ? "empty" : bytes.shownInHexadecimal
        }
    }
}

extension [UInt8] {
    /// The bytes in hexadecimal, cut off when there are many.
    var shownInHexadecimal: String {
        let digits = prefix(SpecLimits.shownFrameBytes).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return digits.joined() + (count > SpecLimits.shownFrameBytes ? "… (\(count) bytes)" : "")
    }
}
