extension SpecParser {
    /// Reads `messages`.
    mutating func messages(_ node: Node) -> [MessageSpec] {
        var messages: [MessageSpec] = []
        if case .mapping(let entries) = node.content, entries.isEmpty {
            diagnostics.error("`messages` has no message: add one", at: node.place)
        }
        let (limit, example) = (SpecLimits.messages, "Ping: \(KeySchema.message.example)")
        for (name, value) in named(node, "`messages`", "a message", limit: limit, example: example) {
            if let message = message(name, value) { messages.append(message) } else { incomplete.insert(name.value) }
        }
        return messages
    }

    /// Reads a message.
    ///
    /// A message without a valid code or sender is kept as incomplete, so that the rest of it is checked.
    private mutating func message(_ name: Located<String>, _ node: Node) -> MessageSpec? {
        let errors = diagnostics.errorCount
        guard let values = keys(of: node, "message `\(name.value)`", at: name.place, .message) else { return nil }
        let ownFrame = values["frame"].flatMap { self.name($0, "`frame`") }
        let frame = frame(named: ownFrame)
        // The checker reports a frame that does not exist.
        let code = frame == nil && ownFrame != nil ? nil : code(values, of: name, in: frame)
        let sender: Sender? = values["from"].flatMap { choice($0, "`from`") }
        var message = MessageSpec(
            name: name,
            code: code?.number ?? Located(value: 0, place: name.place),
            codeValues: code?.values ?? [],
            codeText: code?.text ?? "",
            lacksCode: code == nil,
            sender: sender ?? .both
        )
        message.lacksSender = sender == nil
        message.frame = ownFrame.flatMap { $0.value == FrameSpec.mainName ? nil : $0 }
        message.then = values["then"].map { nextFrames($0) } ?? []
        message.doc = values["doc"].flatMap { text($0, "`doc`") }
        message.reply = values["reply"].flatMap { self.name($0, "`reply`") }
        message.requirement = values["requires"].flatMap { requirement($0) }
        message.maximumPayload = values["max-payload"].flatMap { unsigned($0, "`max-payload`") }
        message.deprecated = values["deprecated"].flatMap { text($0, "`deprecated`, which says why,") }
        message.trailing = values["trailing"].flatMap { locatedChoice($0, "`trailing`") }
        message.since = values["since"].flatMap { unsigned($0, "`since`") }
        message.checksumSeed = values["checksum-seed"].flatMap { checksumSeed($0) }
        message.fields = values["fields"].map { self.fields($0, .field, header: frame?.referenced ?? []) } ?? []
        if diagnostics.errorCount > errors { incomplete.insert(name.value) }
        message.examples = values["examples"].map { self.examples($0) } ?? []
        message.malformed = values["malformed"].map { self.malformed($0) } ?? []
        return message
    }

    /// The code of a message as a number, its values and as text.
    private typealias Code = (number: Located<UInt64>, values: [Value], text: String)

    /// Returns the frame with the name `name`, or that of messages without a name; `nil` if there is none.
    private func frame(named name: Located<String>?) -> FrameSpec? {
        guard let name, name.value != FrameSpec.mainName else { return frame }
        return frames.first { $0.key == name.value }
    }

    /// Reads `then`: the name of the frame that follows, or that of each end.
    private mutating func nextFrames(_ node: Node) -> [NextFrame] {
        guard case .mapping = node.content else {
            return name(node, "`then`").map { [NextFrame(frame: $0, end: nil)] } ?? []
        }
        guard let values = keys(of: node, "`then`", at: node.place, .nextFrames) else { return [] }
        return Sender.ends.compactMap { end in
            values[end.rawValue].flatMap { name($0, "`\(end.rawValue)` of `then`") }.map {
                NextFrame(frame: $0, end: end)
            }
        }
    }

    /// Reads `code`, which the messages of a frame without a code do not have.
    private mutating func code(_ values: KeyedNodes, of message: Located<String>, in frame: FrameSpec?) -> Code? {
        if let node = values["code"] { return code(node, in: frame) }
        if let frame, frame.hasNoCode { return (Located(value: 0, place: message.place), [], "") }
        // A header that is missing may have a code or none.
        if !values.hasUnknown, frame?.lacksParts != true || frame?.header.isEmpty != true {
            diagnostics.error("message `\(message.value)` needs `code`: add it", at: message.place)
        }
        return nil
    }

    /// Reads `code`: a number, or the value or values of the header's fields that are the code.
    private mutating func code(_ node: Node, in frame: FrameSpec?) -> Code? {
        let fields = frame?.codeFields.map(\.field) ?? []
        // Reported once for all messages.
        if frame?.hasNoCode == true, node.scalar?.isNumberOrTruth != true { return nil }
        if let frame, frame.lacksParts, frame.codeNames != nil || fields.isEmpty && node.scalar?.isNumberOrTruth != true
        {
            return nil
        }
        guard let frame, frame.codeNames != nil || frame.codeType == nil, !fields.isEmpty else {
            return unsigned(node, "`code`").map { number in
                (number, [.number(SpecInteger(magnitude: number.value))], number.value.hexadecimal)
            }
        }
        guard !frame.lacksParts, let literal = literal(node) else { return nil }
        var reader = LiteralReader(table, subject: "`code`")
        var values: [Value]?
        if frame.codeNames == nil {
            values = reader.value(literal, of: table.step(of: fields[0])).map { [$0] }
        } else if case .mapping(let entries) = literal.value {
            values = reader.values(entries, of: fields, in: "`code`", at: node.place)
        } else {
            let example = fields.map { "\($0.name.value): …" }.joined(separator: ", ")
            diagnostics.error("`code` must be a mapping such as `{ \(example) }`, not \(node.kind)", at: node.place)
        }
        for problem in reader.problems { diagnostics.error(problem.message, at: problem.place) }
        guard let values, reader.problems.isEmpty else { return nil }
        let limit = SpecLimits.codeBytes
        if let long = values.first(where: { $0.content.count > limit }) {
            diagnostics.error("`code` has \(long.content.count.bytes): use at most \(limit)", at: node.place)
            return nil
        }
        let number = codeNumbers[values] ?? UInt64(clamping: codeNumbers.count)
        codeNumbers[values] = number
        let texts = zip(fields, values).map { ValueText(table: table).text(of: $1, $0) }
        let given = zip(zip(fields, texts), values).filter { $0.1 != .nothing }.map(\.0)
        let named = given.map { "\($0.name.value): \($1)" }.joined(separator: ", ")
        return (Located(value: number, place: node.place), values, frame.codeNames == nil ? texts[0] : "{ \(named) }")
    }

    /// Reports the missing code of a frame without a code whose messages need one; returns whether it did.
    mutating func lacksCode(_ frame: FrameSpec, _ messages: [MessageSpec]) -> Bool {
        guard frame.hasNoCode, !frame.isOfReplies, !frame.header.isEmpty || !frame.lacksParts else { return false }
        let coded = messages.contains { !$0.hasNoCode }
        let seconds = Sender.ends.lazy.compactMap { end in
            let sent = messages.filter { !$0.lacksSender && $0.sender.includes(end) }
            return sent.count > 1 ? (end, sent[0], sent[1]) : nil
        }
        guard coded || seconds.first != nil else { return false }
        let header = frame.headerText
        if let slip = HeaderWords.slip(for: "type", among: frame.header) {
            let text = "\(header) needs a field `type`; should `\(slip.value.visible)` be called `type`?"
            diagnostics.error(text, at: slip.place)
        } else if coded, !frame.lacksParts {
            let text = "\(header) needs a field `type`: add `- type: uint8` at its place in the header"
            diagnostics.error(text, at: frame.headerPlace)
        } else if !frame.lacksParts, let (end, first, second) = seconds.first {
            let ends = end == .client ? "clients send" : "the server sends"
            let text = "\(header) has no `type`, and \(ends) both `\(first.name.value)` and `\(second.name.value)`"
            let other = end == .client || frame.name == nil ? "" : ", or name each message as the `reply` of a request"
            diagnostics.error("\(text): add `- type: uint8` at its place in the header\(other)", at: frame.headerPlace)
        }
        return true
    }

    /// Reads `requires`.
    private mutating func requirement(_ node: Node) -> Located<Requirement>? {
        choice(node, "`requires`", among: Requirement.stated).map { Located(value: $0, place: node.place) }
    }
}

extension SpecParser {
    /// Reads the `fields` of a message, a struct or a union's case.
    ///
    /// - Parameter header: The fields of the frame's header, to which fields of messages may refer; `nil` for other fields.
    mutating func fields(_ node: Node, _ schema: KeySchema, header: [FieldSpec]? = nil) -> [FieldSpec] {
        guard let items = list(node, "`fields`", limit: SpecLimits.fields, example: "[ \(schema.example) ]") else {
            return []
        }
        let names = items.compactMap { $0["name"]?.scalar?.text }
        scope = FieldScope(names, header: header ?? [], isOfMessage: header != nil)
        defer { scope = FieldScope() }
        for item in items where !diagnostics.isFull {
            if let field = isReserved(item) ? reservedField(item) : field(item, schema) { scope.append(field) }
        }
        return scope.fields.markingDerived()
    }

    /// Returns whether an item of `fields` is reserved bytes, including keys of other languages such as `padding`.
    private func isReserved(_ item: Node) -> Bool {
        if item["reserved"] != nil { return true }
        guard case .mapping(let entries) = item.content, item["name"] == nil, item["type"] == nil else { return false }
        return entries.contains { KeySchema.reservedField.key(for: $0.key.scalar?.text ?? "") == "reserved" }
    }

    /// Reports an item of `fields` that has its name as its key, which only `header` allows; returns whether it is
    /// such an item.
    private mutating func reportShorthand(_ item: Node, _ schema: KeySchema) -> Bool {
        guard
            case .mapping(let entries) = item.content, entries.count == 1, let entry = entries.first,
            let name = entry.key.scalar?.text, schema.key(for: name) == nil, schema.foreign.advice(for: name) == nil,
            let type = entry.value.scalar, type.isPlain, !type.isNumberOrTruth
        else { return false }
        let written = "`{ name: \(name.visible), type: \(type.text.visible) }`"
        diagnostics.error("a field has its name under `name`: write \(written)", at: item.place)
        return true
    }

    /// Reads `reserved`: a number of bytes, or an unsigned type with the number of bits.
    private mutating func reservedField(_ node: Node) -> FieldSpec? {
        guard
            let values = keys(of: node, "a reserved field", at: node.place, .reservedField),
            let sizeNode = values["reserved"], let type = reservedType(sizeNode)
        else { return nil }
        var field = FieldSpec(
            name: Located(value: "reserved", place: node.place),
            type: Located(value: type, place: sizeNode.place)
        )
        field.doc = values["doc"].flatMap { text($0, "`doc`") }
        field.since = values["since"].flatMap { unsigned($0, "`since`") }
        field.condition = values["when"].flatMap { condition($0) }
        field.bitOrder = values["bit-order"].flatMap { choice($0, "`bit-order`") }
        return field
    }

    mutating func reservedType(_ node: Node) -> FieldType? {
        guard let text = node.scalar?.text, text == "bit" || IntegerType(rawValue: text) != nil else {
            return count(node, "`reserved`", "bytes", atMost: SpecLimits.fillerBytes).map { .reserved($0) }
        }
        guard let type = IntegerType(rawValue: text == "bit" ? "uint1" : text), !type.isSigned, !type.isVariable else {
            let form = "a number of bytes, or an unsigned type such as `uint3` for a number of bits"
            diagnostics.error("`reserved` must be \(form), not `\(text)`", at: node.place)
            return nil
        }
        return type.fixedSize.map { .reserved($0) } ?? .reservedBits(type.bitWidth)
    }

    private mutating func field(_ node: Node, _ schema: KeySchema) -> FieldSpec? {
        if reportShorthand(node, schema) { return nil }
        let errors = diagnostics.errorCount
        guard let values = keys(of: node, "a field", at: node.place, schema) else { return nil }
        let name = values["name"].flatMap { identifier($0, "the name of a field") }
        let parts = TypeParts(
            length: values["length"],
            count: values["count"],
            pad: values["pad"],
            encoding: values["encoding"]
        )
        let type = values["type"].flatMap { fieldType($0, parts) }
        guard let name, let type, let typeNode = values["type"] else { return nil }
        var field = FieldSpec(name: name, type: Located(value: type, place: typeNode.place))
        field.byteOrder = values["byte-order"].flatMap { choice($0, "`byte-order`") }
        field.bitOrder = values["bit-order"].flatMap { choice($0, "`bit-order`") }
        field.doc = values["doc"].flatMap { text($0, "`doc`") }
        field.isSecret = values["secret"].flatMap { boolean($0, "`secret`") } ?? false
        field.trace = values["trace"].flatMap { trace($0) }
        field.measure = measure(values)
        let time = field.measure?.time
        field.defaultValue = literal(values, "default", time)
        field.minimum = literal(values, "min", time)
        field.maximum = literal(values, "max", time)
        field.constant = literal(values, "equals", time)
        field.condition = values["when"].flatMap { condition($0) }
        field.isTrailing = values["optional"].flatMap { boolean($0, "`optional`") } ?? false
        field.tag = values["tag"].flatMap { tag($0) }
        field.coverage = values["covers"].flatMap { locatedChoice($0, "`covers`") }
        field.alignment = values["align"].flatMap { alignment($0) }
        field.since = values["since"].flatMap { unsigned($0, "`since`") }
        field.deprecated = values["deprecated"].flatMap { text($0, "`deprecated`, which says why,") }
        field.lacksParts = diagnostics.errorCount > errors
        warnOfOrder(field, values)
        return field
    }

    /// Reads `trace`: `true` stands for `traceparent`, which every implementation of W3C Trace Context sends.
    private mutating func trace(_ node: Node) -> Located<String>? {
        let text = node.scalar?.text ?? ""
        if ["true", "false"].contains(text) {
            let isTraced = boolean(node, "`trace`") ?? false
            return isTraced ? Located(value: "traceparent", place: node.place) : nil
        }
        let hint = ForeignWords.hint(for: text, among: ["true", "false"])
        let isName = text.utf8.allSatisfy { byte in
            let isWord = (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            return isWord || [0x2D, 0x2E, 0x5F].contains(byte)
        }
        guard hint.isEmpty, isName, 1...SpecLimits.nameLength ~= text.utf8.count else {
            let name = "a name of 1 to \(SpecLimits.nameLength) letters, digits, `-`, `_` and `.`, such as `tracestate`"
            diagnostics.error("`trace` must be true, false or \(name), not \(node.kind)\(hint)", at: node.place)
            return nil
        }
        return Located(value: text, place: node.place)
    }

    /// Reads `unit`, `scale` and `time`.
    private mutating func measure(_ values: KeyedNodes) -> MeasureSpec? {
        let nodes = [values["unit"], values["scale"], values["time"]]
        guard let place = nodes.compactMap({ $0?.place }).first else { return nil }
        var measure = MeasureSpec(place: place)
        if let node = values["time"] {
            guard let time = time(node) else { return nil }
            measure.time = time
            if let place = (values["unit"] ?? values["scale"])?.place {
                diagnostics.error(
                    "`time` says the unit, as in `time: milliseconds`: remove `unit` and `scale`",
                    at: place
                )
            }
        }
        if let node = values["unit"], let unit = text(node, "`unit`") {
            let limit = SpecLimits.unitCharacters
            if node.scalar?.isPlain == true, DecimalNumber(unit) != nil {
                let text = "`unit` is the name of a unit such as `m/s`, not \(unit)"
                diagnostics.error("\(text): write `scale: \(unit)` if each 1 of the number is \(unit)", at: node.place)
            } else if unit.count > limit || unit.contains(where: \.isNewline) {
                diagnostics.error("`unit` must be one line of at most \(limit) characters", at: node.place)
            } else {
                measure.unit = unit
            }
        }
        if let node = values["scale"] {
            measure.scale = node.scalar.flatMap { DecimalNumber($0.text) }
            if measure.scale == nil {
                let form = "a decimal number above 0 with at most \(DecimalNumber.limit) digits, such as 0.01 or 1e-7"
                let found = node.scalar.map { "`\($0.text.visible)`" } ?? node.kind
                diagnostics.error("`scale` must be \(form), not \(found)", at: node.place)
            }
        }
        return measure
    }

    /// Reads `time`: a unit, or a mapping with the unit and the time of the number 0.
    private mutating func time(_ node: Node) -> TimeSpec? {
        guard case .mapping = node.content else {
            return choice(node, "`time`").map { TimeSpec(unit: $0) }
        }
        guard
            let values = keys(of: node, "`time`", at: node.place, .time),
            let unit: TimeUnit = values["unit"].flatMap({ choice($0, "`unit` of `time`") })
        else { return nil }
        var time = TimeSpec(unit: unit)
        if let node = values["since"] {
            guard let epoch = node.scalar.flatMap({ Timestamp($0.text) }) else {
                let found = node.scalar.map { "`\($0.text.visible)`" } ?? node.kind
                diagnostics.error("`since` must be a time such as 1900-01-01T00:00:00Z, not \(found)", at: node.place)
                return nil
            }
            time.epoch = epoch
        }
        return time
    }

    /// Reads the value of the key `key`, with the number that says a time in place of the time.
    private mutating func literal(_ values: KeyedNodes, _ key: String, _ time: TimeSpec?) -> Located<Literal>? {
        guard let literal = values[key].flatMap({ literal($0) }) else { return nil }
        return time.map { timed(literal, "`\(key)`", $0) } ?? literal
    }

    private mutating func timed(_ literal: Located<Literal>, _ what: String, _ time: TimeSpec) -> Located<Literal>? {
        switch literal.value {
        case .text(let text, _):
            guard case .invalid = IntegerLiteral(text) else { return literal }
            if let problem = time.problem(in: text) { diagnostics.error("\(what) \(problem)", at: literal.place) }
            return time.number(of: text).map {
                Located(value: .text("\($0)", isPlain: true), place: literal.place)
            }
        case .list(let items):
            return Located(value: .list(items.compactMap { timed($0, what, time) }), place: literal.place)
        case .nothing, .mapping: return literal
        }
    }

    /// Reads `align`: a power of two.
    mutating func alignment(_ node: Node) -> Int? {
        guard let number = unsigned(node, "`align`") else { return nil }
        guard [2, 4, 8, 16].contains(number.value) else {
            diagnostics.error("`align` is \(number.value): use 2, 4, 8 or 16 bytes", at: number.place)
            return nil
        }
        return Int(clamping: number.value)
    }

    private mutating func warnOfOrder(_ field: FieldSpec, _ values: KeyedNodes) {
        if let node = values["byte-order"], !hasByteOrder(field.type.value) {
            diagnostics.warning("`byte-order` changes nothing here: the field has no number of its own", at: node.place)
        }
        if let node = values["bit-order"], !isOfBits(field.type.value) {
            diagnostics.warning("`bit-order` changes nothing here: the field has whole bytes", at: node.place)
        }
    }

    private func isOfBits(_ type: FieldType) -> Bool {
        switch type {
        case .bit, .reservedBits: true
        case .integer(let type): type.bitFieldWidth != nil
        case .named(let name): numberTypes[name].map { $0.bitFieldWidth != nil } ?? incomplete.contains(name)
        default: false
        }
    }

    private func hasByteOrder(_ type: FieldType) -> Bool {
        if case .counted(let count)? = type.extent, case .prefix = count.source { return true }
        return switch type.innermost {
        case .integer, .float, .string(.counted, _), .bytes(.counted), .string(_, .utf16): true
        case .named(let name): numberTypes[name] != nil || incomplete.contains(name)
        default: false
        }
    }

    // MARK: Values

    /// Reads a literal of any kind.
    mutating func literal(_ node: Node) -> Located<Literal>? {
        switch node.content {
        case .scalar(let scalar):
            // A comment after a number or a word is usual, but the author of `Room #5` hardly meant `Room`.
            let isCut = scalar.comment.map { !$0.dropFirst().hasPrefix(" ") && !scalar.isNumberOrTruth } ?? false
            if isCut { warnOfComment(behind: scalar, at: node.place) }
            let literal: Literal = node.isNothing ? .nothing : .text(scalar.text, isPlain: scalar.isPlain)
            return Located(value: literal, place: node.place)
        case .list(let items):
            return Located(value: .list(items.compactMap { literal($0) }), place: node.place)
        case .mapping:
            let errors = diagnostics.errorCount
            let entries = entries(node, "a value")
            guard diagnostics.errorCount == errors else { return nil }
            return Located(value: .mapping(entries), place: node.place)
        }
    }

    mutating func entries(_ node: Node, _ what: String) -> [Literal.Entry] {
        named(node, what, "a field", limit: SpecLimits.fields, example: "{ count: 5 }").compactMap { name, value in
            literal(value).map { Literal.Entry(name: name, literal: $0) }
        }
    }
}

extension FieldType {
    /// The end of a text, of bytes, of an array or of a sized value; `nil` for other types.
    fileprivate var extent: Extent? {
        switch unwrapped {
        case .string(let extent, _), .bytes(let extent), .array(_, let extent), .sized(_, let extent): extent
        default: nil
        }
    }
}

extension SpecParser {
    /// Reads `type` of a field, with the keys that say how it is sent.
    mutating func fieldType(_ node: Node, _ parts: TypeParts = TypeParts()) -> FieldType? {
        let errors = diagnostics.errorCount
        guard let type = type(node, parts) else { return nil }
        if let length = parts.length, !type.hasLength {
            let problem = "`length` belongs to `string`, `bytes`, structs and unions"
            diagnostics.error("\(problem): remove it from a field of type \(node.typeText)", at: length.place)
        }
        if let count = parts.count, !type.hasArray {
            let problem = "`count` belongs to arrays such as `[uint8]`"
            let advice = type.hasLength ? "use `length`" : "remove it from a field of type \(node.typeText)"
            diagnostics.error("\(problem): \(advice)", at: count.place)
        }
        if let pad = parts.pad, !type.hasText {
            let problem = "`pad` belongs to `string` and `bytes`"
            diagnostics.error("\(problem): remove it from a field of type \(node.typeText)", at: pad.place)
        }
        if let encoding = parts.encoding, !type.hasString {
            let problem = "`encoding` belongs to `string`"
            diagnostics.error("\(problem): remove it from a field of type \(node.typeText)", at: encoding.place)
        }
        if !type.absenceIsOptional, let place = (parts.length ?? parts.count)?.place {
            let text = "with `absent` there may be no value: write the type with `?`, such as `bytes?`"
            diagnostics.error(text, at: place)
        }
        return diagnostics.errorCount == errors ? type : nil
    }

    private mutating func type(_ node: Node, _ parts: TypeParts) -> FieldType? {
        switch node.content {
        case .mapping: break
        case .scalar(let scalar) where !node.isNothing:
            // The limit bounds the recursion, because each bracket and each question mark is a level.
            guard scalar.text.utf8.count <= 2 * SpecLimits.nameLength else {
                let limit = SpecLimits.nameLength
                diagnostics.error("`type` must be a name of at most \(limit) characters", at: node.place)
                return nil
            }
            return type(scalar.text[...], at: node.place, parts)
        case .scalar: break
        case .list(let items):
            guard items.count == 1 else {
                let text = "an array has the type of its elements in brackets, such as `[uint8]`"
                diagnostics.error(
                    "\(text): \(items.isEmpty ? "write the element type" : "write one element type")",
                    at: node.place
                )
                return nil
            }
            return array(type(items[0], parts.ofElement), at: node.place, parts.count)
        }
        diagnostics.error("`type` must be a name, not \(node.kind)", at: node.place)
        return nil
    }

    private mutating func type(_ text: Substring, at place: Place, _ parts: TypeParts) -> FieldType? {
        if text.hasSuffix("?") {
            guard let type = type(text.dropLast(), at: place, parts) else { return nil }
            guard case .optional = type else { return .optional(type) }
            diagnostics.error("`\(String(text).visible)` has two `?`: remove one", at: place)
            return nil
        }
        if text.hasPrefix("["), text.hasSuffix("]") {
            let element = text.dropFirst().dropLast()
            return array(type(element, at: place, parts.ofElement), at: place, parts.count)
        }
        switch text {
        case "string": return string(parts)
        case "bytes": return extent(parts.length, "`length`", "bytes", pad: parts.pad).map { .bytes($0) }
        case "bool": return .boolean
        case "bit": return .bit
        default: break
        }
        let name = String(text)
        if let type = IntegerType(rawValue: name) { return .integer(type) }
        if let type = FloatType(rawValue: name) { return .float(type) }
        if typeNames.contains(name) {
            guard let length = parts.length, numberTypes[name] == nil else { return .named(name) }
            return extent(length, "`length`", "bytes").map { .sized(.named(name), $0) }
        }
        // After the types of the spec, which may have these names.
        if let notation = Notation(rawValue: name) { return .notated(notation) }
        if !lacksImports, !refusedNames.contains(name) { diagnostics.error(unknownType(name), at: place) }
        return nil
    }

    private mutating func string(_ parts: TypeParts) -> FieldType? {
        var encoding = TextEncoding.utf8
        if let node = parts.encoding {
            guard let choice: TextEncoding = choice(node, "`encoding`") else { return nil }
            encoding = choice
        }
        guard let extent = extent(parts.length, "`length`", "bytes", pad: parts.pad) else { return nil }
        switch extent {
        case .until, .padded:
            guard encoding == .utf16, let place = parts.encoding?.place else { return .string(extent, encoding) }
            if let pad = parts.pad {
                let text = "`pad` is one byte, and a character of text in UTF-16 has at least two"
                diagnostics.error("\(text): remove `pad`, or use another `encoding`", at: pad.place)
                return nil
            }
            let text = "text in UTF-16 needs a `length` that is a number, a type or an earlier field"
            diagnostics.error("\(text): change `length`", at: place)
            return nil
        case .toEnd, .counted, .fixed, .before: return .string(extent, encoding)
        }
    }

    private mutating func array(_ element: FieldType?, at place: Place, _ count: Node?) -> FieldType? {
        guard let element, let extent = extent(count, "`count`", "elements") else { return nil }
        guard !element.hasArray else {
            diagnostics.error("arrays of arrays are not supported: put the inner array into a struct", at: place)
            return nil
        }
        return .array(element, extent)
    }

    private func unknownType(_ name: String) -> String {
        let numbers = IntegerType.common.map(\.rawValue) + FloatType.allCases.map(\.rawValue)
        let builtIn = numbers + ["bool", "bit", "string", "bytes"] + Notation.allCases.map(\.rawValue)
        let known = builtIn + typeNames
        let advice =
            known.first { $0.lowercased() == name.lowercased() }.map { "did you mean `\($0)`?" }
            ?? ForeignTypes.advice(for: name)
            ?? nearMiss(of: name, among: known).map { "did you mean `\($0)`?" }
        let types = builtIn.map { "`\($0)`" }.joined(separator: ", ")
        let others = "numbers of other widths such as `uint24` and `uint4`, `varuint`, `varint`"
        let all = "the types are \(types), \(others), and the names under `enums`, `flags`, `structs` and `unions`"
        return "unknown type `\(name.visible)`; \(advice ?? all)"
    }

    /// Reads a fixed number of `units`, 1 or more.
    mutating func count(
        _ node: Node,
        _ what: String,
        _ units: String,
        atMost limit: Int = SpecLimits.fixedCount
    ) -> Int? {
        guard let count = unsigned(node, what)?.value else { return nil }
        guard count > 0, count <= limit else {
            diagnostics.error("\(what) is \(count): use 1 to \(limit) \(units)", at: node.place)
            return nil
        }
        return Int(clamping: count)
    }
}

extension Node {
    /// The type as it is written in the file, for diagnostics.
    fileprivate var typeText: String {
        if case .list(let items) = content, let element = items.first?.scalar { return "`[\(element.text.visible)]`" }
        return kind
    }
}

extension FieldType {
    /// Whether the type is text or bytes, or an array or optional of them.
    fileprivate var hasText: Bool {
        switch innermost {
        case .string, .bytes: true
        default: false
        }
    }

    /// Whether the type is text, or an array or optional of text.
    fileprivate var hasString: Bool {
        if case .string = innermost { true } else { false }
    }

    /// Whether `length` applies to the type or to its elements.
    fileprivate var hasLength: Bool { hasText || isSized }

    private var isSized: Bool {
        switch self {
        case .sized: true
        case .array(let type, _), .optional(let type): type.isSized
        default: false
        }
    }

    /// Whether every length or count with `absent` belongs to an optional type.
    fileprivate var absenceIsOptional: Bool {
        switch self {
        case .string(.counted(let count), _), .bytes(.counted(let count)), .sized(_, .counted(let count)):
            count.absent.isEmpty
        case .array(let element, .counted(let count)): count.absent.isEmpty && element.absenceIsOptional
        case .array(let element, _): element.absenceIsOptional
        case .optional(.array(let element, _)): element.absenceIsOptional
        default: true
        }
    }

    /// Whether the type is an array or an optional array.
    fileprivate var hasArray: Bool {
        if case .array = unwrapped { true } else { false }
    }
}

extension TypeParts {
    /// The keys that apply to the elements of an array.
    fileprivate var ofElement: TypeParts { TypeParts(length: length, pad: pad, encoding: encoding) }
}
