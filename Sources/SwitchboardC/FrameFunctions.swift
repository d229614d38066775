internal import SwitchboardSpec
internal import SwitchboardVocabulary

/// Writes the C functions that decode and encode frames.
struct FrameFunctions {
    let codec: Codec
    let needs: RuntimeNeeds
    let reader: LayoutReader
    let writer: LayoutWriter

    var names: CNames { codec.names }
    var prefix: String { codec.names.prefix }
    var spec: CheckedSpec { codec.spec }

    func suffix(_ frame: FrameSpec) -> String { frame.name.map { "_\(CNames.snake($0.value))" } ?? "" }

    func kind(_ message: MessageSpec) -> String { codec.kind(message) }

    func fail(_ status: String) -> String {
        return "return fail(r, \(names.constant(status)));"
    }

    // MARK: Decoding

    /// Adds the functions that decode frames of the form `frame`.
    func addDecoder(_ frame: FrameSpec, _ text: inout CText) {
        let layout = spec.layout(of: frame)
        let expected = frame.isOfReplies ? "\(prefix)_kind expected, " : ""
        text.function(
            """
            static bool decode_frame\(suffix(frame))(struct reader *r, \(prefix)_sender from, \(expected)\
            \(prefix)_message *message)
            """
        ) { text in readFrame(frame, layout, &text) }
        text.function(codec.decodeHead(frame)) { text in
            text.line("\(prefix)_status status = \(names.constant("ok"));")
            if frame.framing == nil {
                text.line("const uint8_t *start = data;")
                text.line("struct reader r = { .at = start, .end = start + size, .partial = true, .status = &status };")
            } else {
                text.line("struct reader r = { .status = &status };")
                text.require("unwrap(&r, data, size, \(frame.maximumSize), frame_size)", otherwise: "return status;")
            }
            text.line("if (memory != NULL) r.memory = *memory;")
            let argument = frame.isOfReplies ? "expected, " : ""
            let call = "decode_frame\(suffix(frame))(&r, from, \(argument)message)"
            text.require(call, otherwise: "return status;")
            text.line("if (memory != NULL) *memory = r.memory;")
            if frame.framing == nil { text.line("*frame_size = (size_t)(r.at - start);") }
            text.line("return status;")
        }
    }

    func places(_ layout: FrameLayout, _ fields: Layout) -> FieldPlaces {
        var places = FieldPlaces(codec, fields, base: "message->header.")
        for item in layout.items + layout.trailerItems where !item.isSettableOrCorrelation {
            places.makeLocal(item.plan.name)
        }
        return places
    }

    private func readFrame(_ frame: FrameSpec, _ layout: FrameLayout, _ text: inout CText) {
        let places = places(layout, layout.ends)
        text.line("const uint8_t *frame = r->at;")
        var uncovered = frame.uncoveredItems
        let needsMark = frame.hasLength && uncovered > 0 && uncovered < layout.items.count
        if needsMark { text.line("const uint8_t *covered = NULL;") }
        reader.read(layout.whole, places, &text) { item, text in
            uncovered -= item.fields.count
            if needsMark, uncovered <= 0, uncovered > -item.fields.count { text.line("covered = r->at;") }
        }
        checkItems(layout, places, &text)
        findKind(frame, layout, places, &text)
        text.line("const uint8_t *payload = r->at;")
        if frame.delimitsPayload {
            readLimited(
                frame,
                layout,
                places,
                needsMark ? "covered" : frame.uncoveredItems == 0 ? "frame" : "payload",
                &text
            )
        } else {
            readPayloads(frame, layout, places, &text)
            let limit = frame.maximumPayload
            text.line(
                "if ((uint64_t)(r->at - payload) > \(codec.literal(SpecInteger(magnitude: limit)))) \(fail("too_large"))"
            )
        }
        text.line("const uint8_t *payload_end = r->at;")
        readTrailer(frame, layout, &text)
        if let checksum = frame.headerChecksum?.spec, let offset = frame.headerChecksumOffset {
            check(checksum, frame, layout, at: "frame + \(offset)", offset: offset, &text)
        }
        text.line("(void)frame;")
        if frame.framing != nil, !frame.hasLength { text.line("(void)payload;") }
        text.line("(void)payload_end;")
        text.line("return true;")
    }

    /// Adds the checks of the items of the header that have no value of their own.
    private func checkItems(_ layout: FrameLayout, _ places: FieldPlaces, _ text: inout CText) {
        for item in layout.items {
            let value = places.value(item.plan)
            switch item.spec.role {
            case .magic(let magic):
                let size = magic.client.count
                let expected =
                    magic.client == magic.server
                    ? magic.client.bytesInC
                    : "from == \(names.constant("client")) ? \(magic.client.bytesInC) : \(magic.server.bytesInC)"
                let bytes = codec.arraySize(item.plan.step.unwrapped) == nil ? "\(value).data" : value
                text.line("if (memcmp(\(bytes), \(expected), \(size)) != 0) \(fail("malformed_frame"))")
            case .version: text.line("if (\(value) != \(layout.version)) \(fail("malformed_frame"))")
            case .code, .length, .checksum, .presence, .correlation, .field: break
            }
        }
    }

    /// Adds the statements that find the message by its code.
    private func findKind(_ frame: FrameSpec, _ layout: FrameLayout, _ places: FieldPlaces, _ text: inout CText) {
        let messages = codec.messages.filter { spec.frame(of: $0).key == frame.key }
        let codes = layout.items.filter(\.spec.role.isCode)
        var isFirst = true
        for message in messages {
            var tests: [String] = []
            for (item, value) in zip(codes, message.codeValues) {
                let found = places.value(item.plan)
                let has = places.presence(item.plan)
                guard value != .nothing else {
                    if let has { tests.append("!\(has)") }
                    continue
                }
                if let has { tests.append(has) }
                switch item.plan.step.unwrapped {
                case .text, .bytes:
                    let content = codec.wireBytes(of: value, item.plan.step.unwrapped)
                    if codec.arraySize(item.plan.step.unwrapped) != nil {
                        tests.append("memcmp(\(found), \(content.bytesInC), \(content.count)) == 0")
                    } else {
                        tests.append("\(found).size == \(content.count)")
                        tests.append("memcmp(\(found).data, \(content.bytesInC), \(content.count)) == 0")
                    }
                default: tests.append("\(found) == \(codec.literal(value.number))")
                }
            }
            switch message.sender {
            case .client: tests.append("from == \(names.constant("client"))")
            case .server: tests.append("from == \(names.constant("server"))")
            case .both: break
            }
            if frame.isOfReplies { tests.append("expected == \(kind(message))") }
            let test = tests.isEmpty ? "true" : tests.joined(separator: " && ")
            text.line("\(isFirst ? "if" : "else if") (\(test)) message->kind = \(kind(message));")
            isFirst = false
        }
        if isFirst {
            text.line("\(fail("unknown_message"))")
        } else {
            text.line("else \(fail("unknown_message"))")
        }
        if !frame.hasMagicOfEnds, messages.allSatisfy({ $0.sender == .both }) { text.line("(void)from;") }
    }

    /// Adds the statements that read a payload whose size the header or the framing says.
    private func readLimited(
        _ frame: FrameSpec,
        _ layout: FrameLayout,
        _ places: FieldPlaces,
        _ covered: String,
        _ text: inout CText
    ) {
        needs.use(.window)
        var sent = places
        for item in layout.items where !item.plan.presenceBits.isEmpty {
            sent.replace(item.plan.name, by: "\(CNames.snake(item.plan.name))_bits")
        }
        let trailer = trailerSize(layout, sent)
        if frame.hasLength {
            readLength(frame, layout, places, covered, &text)
            if frame.framing == nil { text.line("uint64_t payload_size = counted - overhead;") }
        }
        if frame.framing != nil {
            // The delimiters say where the payload ends. A length must agree.
            if trailer != "0u" {
                text.line("if ((uint64_t)(r->end - r->at) < \(trailer)) \(fail("malformed_frame"))")
            }
            text.line("uint64_t payload_size = (uint64_t)(r->end - r->at)\(trailer == "0u" ? "" : " - (\(trailer))");")
            if frame.hasLength {
                text.line("if (payload_size != counted - overhead) \(fail("malformed_frame"))")
            }
        }
        let limit = SpecInteger(magnitude: frame.maximumPayload)
        if limit.magnitude < UInt64.max {
            text.line("if (payload_size > \(codec.literal(limit))) \(fail("too_large"))")
        }
        limits(frame, &text)
        if frame.framing == nil {
            text.line("if (payload_size > (uint64_t)(r->end - r->at)) \(fail("incomplete"))")
            if trailer != "0u" {
                text.line("if ((uint64_t)(r->end - r->at) - payload_size < \(trailer)) \(fail("incomplete"))")
            }
        }
        text.line("struct window behind;")
        text.require("enter(r, payload_size, &behind)")
        let messages = codec.messages.filter { spec.frame(of: $0).key == frame.key }
        let fills = messages.contains { spec.layout(of: $0).filledSize != nil }
        if fills { text.line("const uint8_t *filled = r->end;") }
        readPayloads(frame, layout, places, &text)
        let ignoring = messages.filter { spec.trailing(of: $0) == .ignore }
        if !ignoring.isEmpty {
            if ignoring.count == messages.count {
                text.line("r->at = r->end;")
            } else {
                for message in ignoring { text.line("if (message->kind == \(kind(message))) r->at = r->end;") }
            }
        }
        if fills {
            text.line("if (r->at == r->end) r->at = r->end = filled;")
        }
        text.require("leave(r, &behind)")
    }

    /// Adds variables with the number of bytes that the length counts, and with those of them that are no payload.
    private func readLength(
        _ frame: FrameSpec,
        _ layout: FrameLayout,
        _ places: FieldPlaces,
        _ covered: String,
        _ text: inout CText
    ) {
        let lengths = layout.items.filter(\.spec.role.isLength)
        let longest = frame.length.type
        var expression = "0"
        for item in lengths.reversed() {
            let value = places.value(item.plan)
            expression = places.presence(item.plan).map { "\($0) ? \(value) : \(expression)" } ?? value
        }
        text.line("uint64_t counted = \(expression);")
        if let largest = frame.largestShortLength,
            let item = lengths.first(where: { $0.spec.number == longest }), let has = places.presence(item.plan)
        {
            text.line(
                "if (\(has) && counted <= \(codec.literal(SpecInteger(magnitude: largest)))) \(fail("malformed_frame"))"
            )
        }
        text.line("uint64_t overhead = (uint64_t)(payload - \(covered)) + \(frame.coveredTrailer);")
        text.line("if (counted < overhead) \(fail("malformed_frame"))")
    }

    /// Adds the checks of the messages that allow smaller payloads than the frame.
    private func limits(_ frame: FrameSpec, _ text: inout CText) {
        for message in codec.messages where spec.frame(of: message).key == frame.key {
            guard let limit = message.maximumPayload?.value else { continue }
            let size = codec.literal(SpecInteger(magnitude: limit))
            text.line("if (message->kind == \(kind(message)) && payload_size > \(size)) \(fail("too_large"))")
        }
    }

    /// The expression of the number of bytes of the trailer.
    func trailerSize(_ layout: FrameLayout, _ places: FieldPlaces) -> String {
        var bits = 0
        var conditional: [String] = []
        for item in layout.frame.trailer {
            guard case .field(let field) = item, field.value.field.condition != nil else {
                if case .field(let field) = item { bits += field.value.bits ?? 0 } else { bits += 8 * item.size }
                continue
            }
            guard let plan = layout.trailerItems.first(where: { $0.plan.name == field.value.field.name.value })?.plan,
                case .when(let condition) = plan.presence
            else { continue }
            conditional.append("(\(places.expression(condition)) ? \(field.value.wireSize)u : 0u)")
        }
        return (["\(bits / 8)u"] + conditional).joined(separator: " + ")
    }

    /// Adds the statements that read the payload of the message that was found.
    private func readPayloads(
        _ frame: FrameSpec,
        _ layout: FrameLayout,
        _ places: FieldPlaces,
        _ text: inout CText
    ) {
        let messages = codec.messages.filter {
            spec.frame(of: $0).key == frame.key && !spec.layout(of: $0).fields.isEmpty
        }
        guard !messages.isEmpty else { return }
        text.line("switch ((int)message->kind) {")
        for message in messages {
            text.line("case \(kind(message)):")
            let payload = spec.layout(of: message)
            if let size = payload.filledSize {
                needs.use(.fill)
                needs.use(.allocate)
                text.line("    if (!fill(r, \(size))) return false;")
            }
            text.line("    if (!read_\(call(message, payload, layout, places, "r", isReading: true))) return false;")
            text.line("    break;")
        }
        text.line("default:")
        text.line("    break;")
        text.line("}")
    }

    /// The call of the function that reads or writes the payload of `message`, without `read_`.
    func call(
        _ message: MessageSpec,
        _ payload: Layout,
        _ layout: FrameLayout,
        _ places: FieldPlaces?,
        _ stream: String,
        isReading: Bool
    ) -> String {
        let headers = payload.header.filter {
            payload.headerReferences.contains($0.name) && (isReading || !$0.field.isDerived)
        }
        let arguments = headers.map { header -> String in
            let name = String(header.name.dropFirst(ReferenceSpec.header("").count))
            guard let item = layout.items.first(where: { $0.plan.name == name }) else { return "0" }
            if let places { return places.value(item.plan) }
            if let constant = item.plan.constant { return codec.literal(constant.number) }
            return "message->header.\(names.member(name))"
        }
        let value = codec.members(payload).isEmpty ? [] : ["&message->as.\(names.member(message.name.value))"]
        return "\(CNames.snake(message.name.value))(\(([stream] + arguments + value).joined(separator: ", ")))"
    }
}
