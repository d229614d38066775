internal import SwitchboardSpec
internal import SwitchboardVocabulary

extension FrameFunctions {
    /// Adds the functions that encode messages.
    func addEncoder(_ text: inout CText) {
        for frame in spec.allFrames { addEncoder(frame, &text) }
        let hasForms = spec.allFrames.count > 1
        if hasForms { addChoice(&text) }
        let encode = hasForms ? "encode_any" : "encode_frame"
        text.function(codec.encodeHead) { text in
            text.line("\(prefix)_status status = \(names.constant("ok"));")
            guard spec.frame.framing != nil else {
                text.line("struct writer w = { buffer, capacity, 0, &status };")
                text.require("\(encode)(&w, from, message)", otherwise: "return status;")
                text.line("*size = w.size;")
                return text.line("return status;")
            }
            text.line("struct writer probe = { NULL, 0, 0, &status };")
            text.require("\(encode)(&probe, from, message)", otherwise: "return status;")
            text.line("if (probe.size == 0) return \(names.constant("invalid_length"));")
            text.block("if (buffer == NULL)") { text in
                text.line("*size = wrapped_size(probe.size);")
                text.line("return status;")
            }
            text.line("if (probe.size > capacity) return \(names.constant("no_room"));")
            text.line("/* The frame goes to the end of the buffer, and from there to its start, with escapes. */")
            text.line("uint8_t *end = (uint8_t *)buffer + capacity;")
            text.line("struct writer w = { end - probe.size, probe.size, 0, &status };")
            text.require("\(encode)(&w, from, message)", otherwise: "return status;")
            if codec.messages.contains(where: { spec.layout(of: $0).filledSize != nil }) {
                text.line("if (w.size < probe.size) memmove(end - w.size, w.data, w.size);")
            }
            text.require("wrap(buffer, capacity, w.size, size)", otherwise: "return \(names.constant("no_room"));")
            text.line("return status;")
        }
    }

    /// Adds the function that encodes messages in frames of several forms.
    private func addChoice(_ text: inout CText) {
        let head = "(struct writer *w, \(prefix)_sender from, const \(prefix)_message *message)"
        text.function("static bool encode_any\(head)") { text in
            text.line("switch ((int)message->kind) {")
            for frame in spec.allFrames {
                let messages = codec.messages.filter { spec.frame(of: $0).key == frame.key }
                guard !messages.isEmpty else { continue }
                for message in messages { text.line("case \(kind(message)):") }
                text.line("    return encode_frame\(suffix(frame))(w, from, message);")
            }
            text.line("default:")
            text.line("    \(failWriting("unknown_message"))")
            text.line("}")
        }
    }

    private func addEncoder(_ frame: FrameSpec, _ text: inout CText) {
        let layout = spec.layout(of: frame)
        let messages = codec.messages.filter { spec.frame(of: $0).key == frame.key }
        guard !messages.isEmpty else { return }
        addPayloadWriter(frame, layout, messages, &text)
        addHeaderWriter(frame, layout, messages, &text)
        let head = "(struct writer *w, \(prefix)_sender from, const \(prefix)_message *message)"
        text.function("static bool encode_frame\(suffix(frame))\(head)") { text in
            let fills = messages.contains { spec.layout(of: $0).filledSize != nil }
            text.line("size_t frame_start = w->size;")
            text.line("struct writer probe = { NULL, 0, 0, w->status };")
            text.require("write_payload\(suffix(frame))(&probe, message)")
            text.line("uint64_t payload_size = probe.size;")
            let limit = SpecInteger(magnitude: frame.maximumPayload)
            if limit.magnitude < UInt64.max {
                text.line("if (payload_size > \(codec.literal(limit))) \(failWriting("too_large"))")
            }
            for message in messages {
                guard let limit = message.maximumPayload?.value else { continue }
                let size = codec.literal(SpecInteger(magnitude: limit))
                text.line(
                    "if (message->kind == \(kind(message)) && payload_size > \(size)) \(failWriting("too_large"))"
                )
            }
            let call = "write_header\(suffix(frame))"
            if frame.hasLength {
                text.line("uint64_t overhead = \(frame.coveredOverhead);")
                if frame.coversVariableItems {
                    text.line("size_t covered = 0;")
                    text.line("struct writer head = { NULL, 0, 0, w->status };")
                    text.require("\(call)(&head, from, message, payload_size + overhead, &covered)")
                    text.line("overhead = head.size - covered + \(frame.coveredTrailer);")
                }
                let covered = frame.coversVariableItems ? ", &covered" : ""
                text.require("\(call)(w, from, message, payload_size + overhead\(covered))")
                text.line("size_t header_end = w->size;")
                text.require("write_payload\(suffix(frame))(w, message)")
                if fills {
                    // Zeros at the end of the payload are not sent, but its first byte is.
                    text.block("if (w->data != NULL)") { text in
                        text.line("while (w->size > header_end + 1 && w->data[w->size - 1] == 0) w->size--;")
                        text.line(
                            "struct writer again = { w->data + frame_start, header_end - frame_start, 0, w->status };"
                        )
                        text.require("\(call)(&again, from, message, w->size - header_end + overhead\(covered))")
                    }
                }
            } else {
                text.require("\(call)(w, from, message)")
                text.line("size_t header_end = w->size;")
                text.require("write_payload\(suffix(frame))(w, message)")
            }
            text.line("size_t payload_end = w->size;")
            writeHeaderChecksum(frame, layout, &text)
            writeTrailer(frame, layout, &text)
            text.line("(void)frame_start;")
            text.line("(void)header_end;")
            text.line("(void)payload_end;")
            text.line("return true;")
        }
    }

    private func failWriting(_ status: String) -> String {
        return "return fail_writing(w, \(names.constant(status)));"
    }

    private func addPayloadWriter(
        _ frame: FrameSpec,
        _ layout: FrameLayout,
        _ messages: [MessageSpec],
        _ text: inout CText
    ) {
        let head = "(struct writer *w, const \(prefix)_message *message)"
        text.function("static bool write_payload\(suffix(frame))\(head)") { text in
            text.line("switch ((int)message->kind) {")
            for message in messages {
                text.line("case \(kind(message)):")
                let payload = spec.layout(of: message)
                if payload.fields.isEmpty {
                    text.line("    return true;")
                } else {
                    text.line("    return write_\(call(message, payload, layout, nil, "w", isReading: false));")
                }
            }
            text.line("default:")
            text.line("    \(failWriting("unknown_message"))")
            text.line("}")
        }
    }

    private func addHeaderWriter(
        _ frame: FrameSpec,
        _ layout: FrameLayout,
        _ messages: [MessageSpec],
        _ text: inout CText
    ) {
        var parameters = "struct writer *w, \(prefix)_sender from, const \(prefix)_message *message"
        if frame.hasLength { parameters += ", uint64_t counted" }
        if frame.coversVariableItems { parameters += ", size_t *covered" }
        text.function("static bool write_header\(suffix(frame))(\(parameters))") { text in
            var places = places(layout, layout.ends)
            if layout.items.isEmpty { text.line("(void)w;") }
            text.line("(void)from;")
            text.line("(void)message;")
            declareCodes(layout, messages, &places, &text)
            declareDerived(layout, messages, &places, &text)
            for item in layout.items {
                let name = item.plan.name
                switch item.spec.role {
                case .magic(let magic):
                    let bytes =
                        magic.client == magic.server
                        ? magic.client.bytesInC
                        : "(from == \(names.constant("client")) ? \(magic.client.bytesInC) : \(magic.server.bytesInC))"
                    places.makeLocal(name)
                    places.replace(name, by: bytes)
                case .version:
                    places.makeLocal(name)
                    places.replace(name, by: "\(layout.version)")
                case .length: declareLength(item, frame, layout, &places, &text)
                case .code, .checksum, .presence: places.makeLocal(name)
                case .correlation, .field:
                    guard let condition = item.codeCondition, let has = places.presence(item.plan) else { continue }
                    places.replacePresence(name, by: "(\(has) && \(places.expression(condition)))")
                }
            }
            if frame.coversVariableItems, frame.uncoveredItems == 0 { text.line("*covered = w->size;") }
            var uncovered = frame.uncoveredItems
            writer.write(layout.whole, places, &text, context: layout.ends) { item, text in
                uncovered -= item.fields.count
                if frame.coversVariableItems, uncovered <= 0, uncovered > -item.fields.count {
                    text.line("*covered = w->size;")
                }
            }
            text.line("return true;")
        }
    }

    /// Adds variables with the parts of the code of the message.
    private func declareCodes(
        _ layout: FrameLayout,
        _ messages: [MessageSpec],
        _ places: inout FieldPlaces,
        _ text: inout CText
    ) {
        let codes = layout.items.filter(\.spec.role.isCode)
        guard !codes.isEmpty else { return }
        for item in codes {
            places.makeLocal(item.plan.name)
            let step = item.plan.step.unwrapped
            let value = places.value(item.plan)
            text.line(codec.variable(value, step))
            if let has = places.presence(item.plan) { text.line("bool \(has) = true;") }
        }
        text.line("switch ((int)message->kind) {")
        for message in messages {
            text.line("case \(kind(message)):")
            for (item, code) in zip(codes, message.codeValues) {
                let value = places.value(item.plan)
                let step = item.plan.step.unwrapped
                guard code != .nothing else {
                    if let has = places.presence(item.plan) { text.line("    \(has) = false;") }
                    continue
                }
                let content = codec.wireBytes(of: code, step)
                if case .text = step {
                    text.line("    \(value).data = \(content.bytesInC);")
                    text.line("    \(value).size = \(content.count);")
                } else if case .bytes = step {
                    if codec.arraySize(step) != nil {
                        text.line("    memcpy(\(value), \(content.bytesInC), \(content.count));")
                    } else {
                        text.line("    \(value).data = (const uint8_t *)\(content.bytesInC);")
                        text.line("    \(value).size = \(content.count);")
                    }
                } else {
                    text.line("    \(value) = \(codec.literal(code.number));")
                }
            }
            text.line("    break;")
        }
        text.line("default:")
        text.line("    break;")
        text.line("}")
    }

    /// Adds variables with the values of header fields that follow from the fields of the message.
    private func declareDerived(
        _ layout: FrameLayout,
        _ messages: [MessageSpec],
        _ places: inout FieldPlaces,
        _ text: inout CText
    ) {
        for item in layout.items where item.spec.role.isOwn && item.spec.field.isDerived {
            places.makeLocal(item.plan.name)
            let value = places.value(item.plan)
            let reference = ReferenceSpec.header(item.plan.name)
            text.line("\(codec.type(of: item.plan.step)) \(value) = 0;")
            for message in messages {
                let payload = spec.layout(of: message)
                guard let field = payload[reference], field.derivation != nil else { continue }
                text.block("if (message->kind == \(kind(message)))") { text in
                    var inner = FieldPlaces(codec, payload, base: "message->as.\(names.member(message.name.value)).")
                    writer.derive(field, payload, &inner, &text)
                    text.line("\(value) = \(names.variable(reference));")
                }
            }
        }
    }

    /// Adds a variable with a length.
    private func declareLength(
        _ item: FrameLayout.Item,
        _ frame: FrameSpec,
        _ layout: FrameLayout,
        _ places: inout FieldPlaces,
        _ text: inout CText
    ) {
        places.makeLocal(item.plan.name)
        let value = places.value(item.plan)
        let type = item.spec.number ?? .uint32
        let largest = codec.literal(SpecInteger(magnitude: type.largest))
        var isSent = "true"
        if let short = frame.largestShortLength {
            let limit = codec.literal(SpecInteger(magnitude: short))
            isSent = type == frame.length.type ? "counted > \(limit)" : "counted <= \(limit)"
        } else if frame.choosesLengthByItems, case .when(let condition) = item.plan.presence {
            isSent = places.expression(condition, isWriting: true)
        }
        if let has = places.presence(item.plan) { text.line("bool \(has) = \(isSent);") }
        // A shorter length is sent only if it suffices.
        if type.bitWidth < 64, frame.largestShortLength.map({ $0 < type.largest }) ?? true {
            let test = isSent == "true" ? "" : "(\(isSent)) && "
            text.line("if (\(test)counted > \(largest)) \(failWriting("too_large"))")
        }
        text.line("\(codec.integer(type)) \(value) = (\(codec.integer(type)))counted;")
    }

    private func writeHeaderChecksum(_ frame: FrameSpec, _ layout: FrameLayout, _ text: inout CText) {
        guard let checksum = frame.headerChecksum?.spec, let offset = frame.headerChecksumOffset else { return }
        text.block("if (w->data != NULL)") { text in
            text.line("uint8_t *frame = w->data + frame_start;")
            compute(
                checksum,
                frame,
                layout,
                offset: offset,
                start: "frame",
                header: "(w->data + header_end)",
                end: "(w->data + payload_end)",
                &text
            )
            text.line("memcpy(frame + \(offset), expected, \(checksum.algorithm.size));")
        }
    }

    private func writeTrailer(_ frame: FrameSpec, _ layout: FrameLayout, _ text: inout CText) {
        let fields = layout.trailerItems.map(\.plan)
        for part in frame.trailerParts {
            switch part {
            case .fields(let range):
                let places = places(layout, layout.ends)
                writer.write(Layout(fields: Array(fields[range])), places, &text)
            case .item(.end(let bytes)):
                text.require("put(w, \(bytes.bytesInC), \(bytes.count))")
            case .item(.checksum(let checksum)):
                needs.use(.zeros)
                text.block("if (w->data == NULL)") { text in text.require("put_zeros(w, \(checksum.algorithm.size))") }
                text.block("else") { text in
                    text.line("const uint8_t *frame = w->data + frame_start;")
                    text.line("(void)frame;")
                    compute(
                        checksum,
                        frame,
                        layout,
                        offset: nil,
                        start: "frame",
                        header: "(w->data + header_end)",
                        end: "(w->data + payload_end)",
                        &text
                    )
                    text.require("put(w, expected, \(checksum.algorithm.size))")
                }
            case .item(.field): break
            }
        }
    }
}
