internal import SwitchboardSpec
internal import SwitchboardVocabulary

/// Writes the C functions that decode and encode frames.
struct FrameFunctions {
    let codec: Codec
    let needs: RuntimeNeeds
    let reader: LayoutReader
    let writer: LayoutWriter

    private var names: CNames { codec.names }
    private var prefix: String { codec.names.prefix }
    private var spec: CheckedSpec { codec.spec }

    private func suffix(_ frame: FrameSpec) -> String { frame.name.map { "_\(CNames.snake($0.value))" } ?? "" }

    private func kind(_ message: MessageSpec) -> String { codec.kind(message) }

    private func fail(_ status: String) -> String {
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
            text.line("const uint8_t *start = data;")
            text.line("struct reader r = { start, start + size, true, { NULL, 0, 0 }, &status };")
            text.line("if (memory != NULL) r.memory = *memory;")
            let argument = frame.isOfReplies ? "expected, " : ""
            text.line("if (!decode_frame\(suffix(frame))(&r, from, \(argument)message)) return status;")
            text.line("if (memory != NULL) *memory = r.memory;")
            text.line("*frame_size = (size_t)(r.at - start);")
            text.line("return status;")
        }
    }

    private func places(_ layout: FrameLayout, _ fields: Layout) -> FieldPlaces {
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
        if frame.hasLength {
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

    /// Adds the statements that read a payload whose size the header says.
    private func readLimited(
        _ frame: FrameSpec,
        _ layout: FrameLayout,
        _ places: FieldPlaces,
        _ covered: String,
        _ text: inout CText
    ) {
        needs.use(.window)
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
        text.line("uint64_t payload_size = counted - overhead;")
        let limit = SpecInteger(magnitude: frame.maximumPayload)
        if limit.magnitude < UInt64.max {
            text.line("if (payload_size > \(codec.literal(limit))) \(fail("too_large"))")
        }
        limits(frame, &text)
        text.line("if (payload_size > (uint64_t)(r->end - r->at)) \(fail("incomplete"))")
        var sent = places
        for item in layout.items where !item.plan.presenceBits.isEmpty {
            sent.replace(item.plan.name, by: "\(CNames.snake(item.plan.name))_bits")
        }
        let trailer = trailerSize(layout, sent)
        if trailer != "0u" {
            text.line("if ((uint64_t)(r->end - r->at) - payload_size < \(trailer)) \(fail("incomplete"))")
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

    /// Adds the checks of the messages that allow smaller payloads than the frame.
    private func limits(_ frame: FrameSpec, _ text: inout CText) {
        for message in codec.messages where spec.frame(of: message).key == frame.key {
            guard let limit = message.maximumPayload?.value else { continue }
            let size = codec.literal(SpecInteger(magnitude: limit))
            text.line("if (message->kind == \(kind(message)) && payload_size > \(size)) \(fail("too_large"))")
        }
    }

    /// The expression of the number of bytes of the trailer.
    private func trailerSize(_ layout: FrameLayout, _ places: FieldPlaces) -> String {
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
    private func call(
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

    // MARK: Trailers and checksums

    private func readTrailer(_ frame: FrameSpec, _ layout: FrameLayout, _ text: inout CText) {
        let fields = layout.trailerItems.map(\.plan)
        for part in frame.trailerParts {
            switch part {
            case .fields(let range):
                // Conditions may test items of the header.
                let trailer = Layout(fields: Array(fields[range]))
                var places = places(layout, layout.ends)
                for item in layout.items where !item.plan.presenceBits.isEmpty {
                    places.replace(item.plan.name, by: "\(CNames.snake(item.plan.name))_bits")
                }
                reader.read(trailer, places, &text)
            case .item(.end(let bytes)):
                text.block("") { text in
                    text.line("const uint8_t *end;")
                    text.require("take(r, \(bytes.count), &end)")
                    text.line(
                        "if (memcmp(end, \(bytes.bytesInC), \(bytes.count)) != 0) \(self.fail("malformed_frame"))"
                    )
                }
            case .item(.checksum(let checksum)):
                text.block("") { text in
                    text.line("const uint8_t *sent;")
                    text.require("take(r, \(checksum.algorithm.size), &sent)")
                    check(checksum, frame, layout, at: "sent", offset: nil, &text)
                }
            case .item(.field): break
            }
        }
    }

    /// Adds the statements that compare a checksum with the bytes at `place`.
    private func check(
        _ checksum: ChecksumSpec,
        _ frame: FrameSpec,
        _ layout: FrameLayout,
        at place: String,
        offset: Int?,
        _ text: inout CText
    ) {
        text.block("") { text in
            compute(
                checksum,
                frame,
                layout,
                offset: offset,
                start: "frame",
                header: "payload",
                end: "payload_end",
                &text
            )
            text.line(
                "if (memcmp(\(place), expected, \(checksum.algorithm.size)) != 0) \(self.fail("malformed_frame"))"
            )
        }
    }

    /// Adds the statements that compute a checksum into the array `expected`.
    private func compute(
        _ checksum: ChecksumSpec,
        _ frame: FrameSpec,
        _ layout: FrameLayout,
        offset: Int?,
        start: String,
        header: String,
        end: String,
        _ text: inout CText
    ) {
        let size = checksum.algorithm.size
        var (from, to) = (start, end)
        switch checksum.coverage {
        case .word(.payload): from = header
        case .word(.afterMagic): from = plus(start, frame.magicSize)
        case .word(.frame): break
        case .word(.header): to = offset.map { plus(start, $0) } ?? header
        case .part(let part):
            from = plus(start, frame.offset(of: part))
            if let last = frame.end(of: part) { to = plus(start, last) }
        }
        let seeds = codec.messages.filter { spec.frame(of: $0).key == frame.key && $0.checksumSeed != nil }
        if !seeds.isEmpty {
            text.line("const char *seed = \"\";")
            text.line("size_t seed_size = 0;")
            text.line("switch ((int)message->kind) {")
            for message in seeds {
                let seed = message.checksumSeed?.value ?? []
                text.line("case \(kind(message)):")
                text.line("    seed = \(seed.bytesInC);")
                text.line("    seed_size = \(seed.count);")
                text.line("    break;")
            }
            text.line("default:")
            text.line("    break;")
            text.line("}")
        }
        var parts: [String] = []
        func part(_ from: String, _ to: String) { parts.append("{ \(from), (size_t)(\(to) - (\(from))) }") }
        let isInside = offset.map { _ in checksum.coverage.covers(offset ?? 0, frame) } ?? false
        if let offset, isInside {
            // The bytes of the checksum itself count as zeros.
            text.line("static const uint8_t zeros[\(size)] = { 0 };")
            part(from, plus(start, offset))
            parts.append("{ zeros, sizeof zeros }")
            part(plus(start, offset + size), to)
        } else {
            part(from, to)
        }
        if !seeds.isEmpty { parts.append("{ (const uint8_t *)seed, seed_size }") }
        text.block("const struct part parts[] =", ";") { text in for part in parts { text.line(part + ",") } }
        let function = needs.checksum(checksum.algorithm)
        guard !checksum.algorithm.isHash else {
            text.line("uint8_t expected[32];")
            return text.line("\(function)(parts, sizeof parts / sizeof *parts, expected);")
        }
        text.line("uint32_t sum = \(function)(parts, sizeof parts / sizeof *parts);")
        let order = checksum.byteOrder ?? codec.plan.byteOrder
        let bytes = (0..<size).map { index in
            let shift = 8 * (order == .big ? size - 1 - index : index)
            return shift == 0 ? "(uint8_t)sum" : "(uint8_t)(sum >> \(shift))"
        }
        text.line("const uint8_t expected[] = { \(bytes.joined(separator: ", ")) };")
    }

    private func plus(_ start: String, _ offset: Int) -> String { offset == 0 ? start : "\(start) + \(offset)" }

    // MARK: Encoding

    /// Adds the functions that encode messages.
    func addEncoder(_ text: inout CText) {
        for frame in spec.allFrames { addEncoder(frame, &text) }
        text.function(codec.encodeHead) { text in
            text.line("\(prefix)_status status = \(names.constant("ok"));")
            text.line("struct writer w = { buffer, capacity, 0, &status };")
            if spec.allFrames.count == 1 {
                text.line("if (!encode_frame(&w, from, message)) return status;")
            } else {
                text.line("bool is_encoded = false;")
                text.line("switch ((int)message->kind) {")
                for frame in spec.allFrames {
                    let messages = codec.messages.filter { spec.frame(of: $0).key == frame.key }
                    guard !messages.isEmpty else { continue }
                    for message in messages { text.line("case \(kind(message)):") }
                    text.line("    is_encoded = encode_frame\(suffix(frame))(&w, from, message);")
                    text.line("    break;")
                }
                text.line("default:")
                text.line("    return \(names.constant("unknown_message"));")
                text.line("}")
                text.line("if (!is_encoded) return status;")
            }
            text.line("*size = w.size;")
            text.line("return status;")
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
            if case .text = step {
                text.line("\(prefix)_text \(value) = { NULL, 0 };")
            } else if case .bytes = step {
                text.line(
                    codec.declaration(value, step) + (codec.arraySize(step) == nil ? " = { NULL, 0 };" : " = { 0 };")
                )
            } else {
                text.line("\(codec.type(of: step)) \(value) = 0;")
            }
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

extension CoverageSpec<ChecksumCoverage> {
    /// Whether the bytes at `offset` of the header are covered.
    fileprivate func covers(_ offset: Int, _ frame: FrameSpec) -> Bool {
        switch self {
        case .word(.payload), .word(.header): false
        case .word(.afterMagic): offset >= frame.magicSize
        case .word(.frame): true
        case .part(let part): offset >= frame.offset(of: part) && offset < frame.end(of: part) ?? .max
        }
    }
}
