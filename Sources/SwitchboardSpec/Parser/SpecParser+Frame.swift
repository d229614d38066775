extension SpecParser {
    /// Reads `frame`, as far as possible; returns `nil` if it is not a mapping.
    mutating func frame(_ node: Node) -> FrameSpec? {
        keys(of: node, "`frame`", at: node.place, .frame).map { frame($0) }
    }

    /// Reads `frames`.
    mutating func frames(_ node: Node) -> [FrameSpec] {
        let example = "greeting: \(KeySchema.namedFrame.example)"
        if case .mapping(let entries) = node.content, entries.isEmpty {
            diagnostics.error("`frames` has no frame: add one, or remove `frames`", at: node.place)
        }
        let named = named(node, "`frames`", "a frame", limit: SpecLimits.frames, example: example)
        return named.compactMap { name, node in
            if name.value == FrameSpec.mainName {
                diagnostics.error("`main` is the name of the frame under `frame`: choose another", at: name.place)
                return nil
            }
            guard let values = keys(of: node, "frame `\(name.value)`", at: name.place, .namedFrame) else { return nil }
            var frame = frame(values)
            frame.name = name
            frame.starts = values["starts"].flatMap { choice($0, "`starts`") }
            return frame
        }
    }

    private mutating func frame(_ values: KeyedNodes) -> FrameSpec {
        var frame = FrameSpec()
        let errors = diagnostics.errorCount
        if let node = values["type"] { frame.codeNames = codeNames(node) ?? [] }
        if let node = values["header"] {
            frame.header = header(node, codeNames: frame.codeNames)
            frame.headerPlace = node.place
            frame.hasNoCode = frame.codeNames == nil && !node.hasItem("type")
        }
        if let node = values["trailer"] {
            frame.trailer = trailer(node, behind: frame.header)
            frame.header.markPresence(by: frame.trailerFields)
        }
        frame.lacksParts = values["header"] == nil || values.hasUnknown || diagnostics.errorCount > errors
        if let node = values["codes"] {
            let codes: FrameSpec.Codes? = choice(node, "`codes`")
            frame.codes = codes ?? .unique
            frame.lacksCodes = codes == nil
        } else {
            frame.lacksCodes = values.hasUnknown
        }
        if let node = values["max-payload"] { frame.writtenMaximum = unsigned(node, "`max-payload`") }
        if let node = values["truncate"] {
            let truncation: FrameSpec.Truncation? = choice(node, "`truncate`")
            frame.truncation = truncation.map { Located(value: $0, place: node.place) }
            if truncation == nil { frame.lacksParts = true }
        }
        if let node = values["framing"] {
            frame.framing = framing(node)
            if frame.framing == nil { frame.lacksParts = true }
        }
        return frame
    }

    /// Reads `framing`: a word, or a mapping for hexadecimal digits.
    private mutating func framing(_ node: Node) -> Framing? {
        if case .mapping = node.content {
            return keys(of: node, "`framing`", at: node.place, .framing)?["hex"].flatMap { hexFraming($0) }
        }
        if let word = node.scalar?.text, KeySchema.framing.key(for: word) != nil {
            let text = "`framing: \(word.visible)` does not say where a frame ends"
            diagnostics.error("\(text): write `framing: \(KeySchema.framing.example)`", at: node.place)
            return nil
        }
        if let kind = node.scalar.flatMap({ Framing.Kind(rawValue: $0.text) }) { return Framing(kind) }
        let words = Framing.Kind.allCases.map(\.rawValue)
        let hint = node.scalar.map { ForeignWords.hint(for: $0.text, among: words) } ?? ""
        let forms = (words.map { "`\($0)`" } + ["`{ hex: … }`"]).joined(separator: ", ")
        diagnostics.error("`framing` must be one of \(forms), not \(node.kind)\(hint)", at: node.place)
        return nil
    }

    /// Reads `hex` of `framing`: the bytes before and after the digits of a frame.
    private mutating func hexFraming(_ node: Node) -> Framing? {
        guard let values = keys(of: node, "`hex` of `framing`", at: node.place, .hexFraming) else { return nil }
        let begins = values["begins"].map { delimiter($0, "`begins`") }
        guard let endsNode = values["ends"], let ends = delimiter(endsNode, "`ends`") else { return nil }
        guard let begins = begins ?? [] else { return nil }
        if begins.first == ends.first, let place = values["begins"]?.place {
            let text = "`begins` and `ends` start with the same byte, so that nothing says which of them comes"
            diagnostics.error("\(text): choose others", at: endsNode.place, first: place, "`begins` is here")
            return nil
        }
        return .hex(begins: begins, ends: ends)
    }

    private mutating func delimiter(_ node: Node, _ what: String) -> [UInt8]? {
        guard let bytes = magicBytes(node, what, limit: SpecLimits.delimiterBytes) else { return nil }
        if let digit = bytes.first(where: { UnicodeScalar($0).properties.isASCIIHexDigit }) {
            let text = "\(what) has the hexadecimal digit `\(UnicodeScalar(digit))`, which may also be part of a frame"
            diagnostics.error("\(text): use other bytes", at: node.place)
            return nil
        }
        return bytes
    }

    /// Reads `type`: the names of the header's fields that together are the code.
    private mutating func codeNames(_ node: Node) -> [Located<String>]? {
        let isNamed = node.scalar != nil && !node.isNothing
        let items = isNamed ? [node] : list(node, "`type`", limit: SpecLimits.codeFields, example: "[ class, id ]")
        if items?.isEmpty == true {
            diagnostics.error("`type` names no field of `header`: name one, or remove `type`", at: node.place)
        }
        var names: [Located<String>] = []
        for item in items ?? [] {
            guard let name = name(item, "a name in `type`") else { continue }
            if let first = names.first(where: { $0.value == name.value }) {
                let text = "`type` names `\(name.value.visible)` twice: remove one"
                diagnostics.error(text, at: name.place, first: first.place, "the first is here")
            } else {
                names.append(name)
            }
        }
        return names
    }

    private mutating func header(_ node: Node, codeNames: [Located<String>]?) -> [Located<FrameSpec.HeaderField>] {
        let example = "[ type: uint8, length: uint16 ]"
        guard let items = list(node, "`header`", limit: SpecLimits.headerFields, example: example) else { return [] }
        scope = FieldScope(items.compactMap { $0.onlyKey })
        var header: [Located<FrameSpec.HeaderField>] = []
        var seen: [String: Place] = [:]
        // If an item has a mistake, a part that seems to be missing may be that item.
        var isComplete = true
        defer { scope = FieldScope() }
        for item in items {
            guard let (name, value) = singleKey(item, "a field of `header`") else {
                isComplete = false
                continue
            }
            let key = name.value
            if let first = seen[key], !["magic", "reserved"].contains(key), key != "length" || value["when"] == nil {
                let advice = key == "length" ? ", or give each of them `when`" : ""
                let message = "`header` has two fields `\(key)`: remove one\(advice)"
                diagnostics.error(message, at: item.place, first: first, "the first `\(key)` is here")
                continue
            }
            seen[key] = item.place
            let errors = diagnostics.errorCount
            let codeName = codeNames?.first { $0.value == key }
            if var field = headerField(name, value, isCode: codeName != nil, in: .header) {
                if let name = codeName {
                    checkCodeField(field, name)
                    field.role = .code
                }
                header.append(Located(value: field, place: item.place))
                if field.role.isOwn || field.role.isCode { scope.append(field.field) }
            }
            if diagnostics.errorCount > errors { isComplete = false }
        }
        header.markPresence(by: header)
        header.alignReservedBits()
        if seen["length"] == nil, let slip = HeaderWords.misspelling(of: "length", among: header) {
            let text = "`header` has no `length`; should `\(slip.value.visible)` be called `length`?"
            diagnostics.error(text, at: slip.place)
        }
        if let codeNames { checkCodeNames(codeNames, header, seen, isComplete: isComplete) }
        if seen["version"] == nil, let slip = HeaderWords.slip(for: "version", among: header) {
            let text = "`\(slip.value)` is read as a field of the protocol's own; did you mean `version`?"
            diagnostics.warning(text, at: slip.place)
        }
        return header
    }

    /// Checks that `header` has the fields that `type` of the frame names, and no other code.
    private mutating func checkCodeNames(
        _ codeNames: [Located<String>],
        _ header: [Located<FrameSpec.HeaderField>],
        _ seen: [String: Place],
        isComplete: Bool
    ) {
        if let place = seen["type"], let first = codeNames.first, !codeNames.contains(where: { $0.value == "type" }) {
            let text = "`type` in `header` is the code, and `type` in `frame` names other fields as the code"
            diagnostics.error(
                "\(text): rename the one in `header`",
                at: place,
                first: first.place,
                "the fields are named here"
            )
        }
        let parts = header.filter { ($0.value.role.isOwn || $0.value.role.isCode) && !$0.value.field.isReserved }
        let names = parts.map(\.value.field.name.value)
        for name in codeNames where seen[name.value] == nil && isComplete {
            let text = "`type` names `\(name.value.visible)`, which `header` does not have"
            let meant = nearMiss(of: name.value, among: names).map { "did you mean `\($0)`?" }
            var advice = meant ?? (names.isEmpty ? "add it there" : "it has \(names.enumerated)")
            if IntegerType(rawValue: name.value) != nil || ["string", "bytes"].contains(name.value) {
                advice = "put the type of the code into `header`, as `- type: \(name.value)`"
            }
            diagnostics.error("\(text); \(advice)", at: name.place)
        }
    }

    /// Checks that a field of the header can be a part of the code.
    private mutating func checkCodeField(_ field: FrameSpec.HeaderField, _ name: Located<String>) {
        let problem: String? =
            switch field.role {
            case .code: nil
            case .field where field.field.isReserved: "has no value"
            case .field where field.field.defaultValue != nil: "has a `default`, and each message has its own"
            case .field where field.field.constant != nil: "has the same value in every frame"
            case .field, .presence: nil
            case .correlation: "pairs replies with requests"
            case .magic, .version: "has the same value in every frame"
            case .length: "is the number of bytes that follow"
            case .checksum: "is computed from the frame"
            }
        guard let problem else { return }
        let text = "`\(name.value)` cannot be a part of the code, because it \(problem)"
        let key = field.field.defaultValue == nil ? nil : "default"
        let advice = key.map { "remove `\($0)`" } ?? "remove it from `type`"
        diagnostics.error("\(text): \(advice)", at: name.place)
    }

    private mutating func headerField(
        _ name: Located<String>,
        _ value: Node,
        isCode: Bool,
        in part: FrameSpec.Part
    ) -> FrameSpec.HeaderField? {
        switch name.value {
        case "magic": return magic(name, value)
        case "version": return version(name, value)
        case "type": return code(name, value)
        case "length": return length(name, value)
        case "reserved": return reserved(name, value, in: part)
        case "checksum":
            return checksum(name, value)
        default:
            // Any other name is an extra field of the protocol. Only a magic or an end has a number as its value.
            if let scalar = value.scalar, scalar.isPlain, IntegerLiteral(scalar.text) != .invalid {
                let problem = "`\(name.value.visible)` in `\(part)` has a number where its type belongs"
                let words = ["pad", "padding", "skip", "spare", "unused", "rsv", "rsvd"]
                let isUnused = words.contains(name.value.normalizedKey)
                let key = part == .header ? "magic" : "end"
                let advice =
                    isUnused
                    ? "write `- reserved: \(scalar.text)` for unused bytes"
                    : "write `- \(key): \(scalar.text)` for bytes that every frame has, or a type such as `uint16`"
                diagnostics.error("\(problem): \(advice)", at: value.place)
                return nil
            }
            return ownField(name, value, isCode: isCode, in: part)
        }
    }

    /// Reads the type of a number with a meaning of its own.
    private mutating func number(
        _ name: Located<String>,
        _ node: Node,
        _ meaning: FrameSpec.HeaderField.Role
    ) -> FrameSpec.HeaderField? {
        guard let type = headerInteger(node, "`\(name.value)` in `header`") else { return nil }
        let field = FieldSpec(name: name, type: Located(value: .integer(type), place: node.place))
        return FrameSpec.HeaderField(role: meaning, field: field, number: type)
    }

    /// Reads an unsigned type.
    private mutating func headerInteger(_ node: Node, _ what: String) -> IntegerType? {
        if let text = node.scalar?.text, let type = IntegerType(rawValue: text), !type.isSigned { return type }
        let types = IntegerType.common.filter { !$0.isSigned }.map(\.rawValue)
        let hint = node.scalar.map { ForeignWords.hint(for: $0.text, among: types) } ?? ""
        diagnostics.error("\(what) must be an unsigned type such as `uint8`, not \(node.kind)\(hint)", at: node.place)
        return nil
    }

    /// Reads the version: the type of its number, or a mapping with the type.
    private mutating func version(_ name: Located<String>, _ node: Node) -> FrameSpec.HeaderField? {
        guard case .mapping = node.content else { return number(name, node, .version) }
        guard
            let values = keys(of: node, "`version` in `header`", at: node.place, .version),
            let typeNode = values["type"], let type = headerInteger(typeNode, "`type` of `version`")
        else { return nil }
        return FrameSpec.HeaderField(role: .version, field: field(name, type, at: typeNode, values), number: type)
    }

    /// The field of a number that is sent in the order that `values` say.
    private mutating func field(
        _ name: Located<String>,
        _ type: IntegerType,
        at node: Node,
        _ values: KeyedNodes
    ) -> FieldSpec {
        var field = FieldSpec(name: name, type: Located(value: .integer(type), place: node.place))
        field.byteOrder = values["byte-order"].flatMap { choice($0, "`byte-order`") }
        field.bitOrder = values["bit-order"].flatMap { choice($0, "`bit-order`") }
        return field
    }

    /// Reads `type`: the type of the code, which is a number, text or bytes.
    private mutating func code(_ name: Located<String>, _ node: Node) -> FrameSpec.HeaderField? {
        if let text = node.scalar?.text, ["string", "bytes"].contains(text) {
            let advice = "write `- type: { type: \(text), length: 4 }` with the number of bytes"
            diagnostics.error("`type` in `header` needs a `length`: \(advice)", at: node.place)
            return nil
        }
        guard case .mapping = node.content else { return number(name, node, .code) }
        let keyed = keys(of: node, "`type` in `header`", at: node.place, .codeField)
        guard let values = keyed, let typeNode = values["type"] else { return nil }
        guard var field = typedField(name, typeNode, values) else { return nil }
        field.condition = values["when"].flatMap { condition($0) }
        switch field.type.value {
        case .integer(let type) where !type.isSigned:
            return FrameSpec.HeaderField(role: .code, field: field, number: type)
        case .string(let extent, _), .bytes(let extent):
            guard extent.canEndCode else { fallthrough }
            return FrameSpec.HeaderField(role: .code, field: field, number: nil)
        default:
            let text =
                "`type` in `header` must be an unsigned number, or `string` or `bytes` with a number or a type as `length`"
            diagnostics.error("\(text), not \(typeNode.kind)", at: typeNode.place)
            return nil
        }
    }

    /// Reads the type of a field with the keys that say how it is sent.
    private mutating func typedField(_ name: Located<String>, _ node: Node, _ values: KeyedNodes) -> FieldSpec? {
        let parts = TypeParts(length: values["length"], pad: values["pad"], encoding: values["encoding"])
        guard let type = fieldType(node, parts) else { return nil }
        var field = FieldSpec(name: name, type: Located(value: type, place: node.place))
        field.doc = values["doc"].flatMap { text($0, "`doc`") }
        field.byteOrder = values["byte-order"].flatMap { choice($0, "`byte-order`") }
        field.bitOrder = values["bit-order"].flatMap { choice($0, "`bit-order`") }
        return field
    }

    /// Reads `length`: its type, or a mapping with the type and the coverage.
    private mutating func length(_ name: Located<String>, _ node: Node) -> FrameSpec.HeaderField? {
        guard case .mapping = node.content else { return number(name, node, .length(.word(.payload))) }
        guard
            let values = keys(of: node, "`length` in `header`", at: node.place, .length),
            let typeNode = values["type"],
            let type = headerInteger(typeNode, "`type` of `length`")
        else { return nil }
        let coverage: CoverageSpec<LengthCoverage>? = values["covers"].flatMap {
            self.coverage($0, "`covers` of `length`")
        }
        var field = field(name, type, at: typeNode, values)
        field.condition = values["when"].flatMap { condition($0) }
        return FrameSpec.HeaderField(role: .length(coverage ?? .word(.payload)), field: field, number: type)
    }

    /// Reads `reserved`: a number of bytes, an unsigned type with the number of bits, or a mapping with one of them as `type`.
    private mutating func reserved(
        _ name: Located<String>,
        _ node: Node,
        in part: FrameSpec.Part
    ) -> FrameSpec.HeaderField? {
        var (values, typeNode) = (KeyedNodes(), node)
        if case .mapping = node.content {
            guard
                let keyed = keys(of: node, "`reserved` in `\(part)`", at: node.place, .reservedHeader),
                let type = keyed["type"]
            else { return nil }
            (values, typeNode) = (keyed, type)
        }
        guard let type = reservedType(typeNode) else { return nil }
        var field = FieldSpec(name: name, type: Located(value: type, place: typeNode.place))
        field.condition = values["when"].flatMap { condition($0) }
        return FrameSpec.HeaderField(role: .field, field: field, number: nil)
    }

    /// Reads an extra field: its type, or a mapping.
    private mutating func ownField(
        _ name: Located<String>,
        _ node: Node,
        isCode: Bool,
        in part: FrameSpec.Part
    ) -> FrameSpec.HeaderField? {
        if let problem = IdentifierRule.problem(in: name.value) {
            let text = "a field of `\(part)` cannot be called `\(name.value.visible)`: \(problem)"
            diagnostics.error(text, at: name.place)
            return nil
        }
        var values = KeyedNodes()
        var typeNode = node
        if node.scalar == nil {
            guard let keyed = keys(of: node, "`\(name.value)` in `\(part)`", at: node.place, .headerField) else {
                return nil
            }
            guard let type = keyed["type"] else { return nil }
            (values, typeNode) = (keyed, type)
        }
        guard var field = typedField(name, typeNode, values) else { return nil }
        field.defaultValue = values["default"].flatMap { literal($0) }
        field.constant = values["equals"].flatMap { literal($0) }
        field.condition = values["when"].flatMap { condition($0) }
        let correlates = values["correlate"].flatMap { boolean($0, "`correlate`") } ?? false
        var number: IntegerType?
        switch field.type.value {
        case .integer(let integer): number = integer
        case .named(let name):
            if incomplete.contains(name) { return nil }
            number = numberTypes[name]
        default: break
        }
        if correlates {
            guard Self.canCorrelate(field.type.value) else {
                let text = "`\(name.value)` pairs replies with requests, and must be"
                let types = "`uint8`, `uint16`, `uint32`, `uint64`, or `bytes` with a `length` of 8 or more"
                diagnostics.error("\(text) \(types), not \(typeNode.kind)", at: typeNode.place)
                return nil
            }
            for key in ["default", "equals", "when"] {
                guard let node = values[key] else { continue }
                diagnostics.error("`\(name.value)` is assigned by the runtime: remove `\(key)`", at: node.place)
            }
            return FrameSpec.HeaderField(role: .correlation, field: field, number: number)
        }
        switch field.type.value {
        case .integer, .bit, .bytes(.fixed): break
        case .named where number != nil: break
        case .string(let extent, _) where isCode && extent.canEndCode,
            .bytes(let extent) where isCode && extent.canEndCode:
            break
        case .bytes:
            let text = "`\(name.value)` in `\(part)` has no fixed size: give it a number of bytes as `length`"
            diagnostics.error(text, at: typeNode.place)
            return nil
        default:
            let advice =
                switch field.type.value {
                case .boolean: "; for a byte that is 0 or 1, use `uint8`"
                case .string: "; for text, use `bytes`"
                case .notated(let notation): ": write `{ type: bytes, length: \(notation.size) }`"
                default: ""
                }
            let kinds = part == .header ? "a whole number, a `bit`, `bytes`" : "a whole number, `bytes`"
            let rule = "`\(name.value)` in `\(part)` must be \(kinds), an enum or flags"
            diagnostics.error("\(rule), not \(typeNode.kind)\(advice)", at: typeNode.place)
            return nil
        }
        return FrameSpec.HeaderField(role: .field, field: field, number: number)
    }

    /// Returns whether a value of `type` can pair replies with requests: the runtime numbers requests.
    private static func canCorrelate(_ type: FieldType) -> Bool {
        switch type {
        case .integer(let type): !type.isSigned && type.isWholeBytes && !type.isNarrow
        case .bytes(.fixed(let count)): count >= 8
        default: false
        }
    }

    /// Reads the magic: bytes, or a mapping with the bytes of each end.
    private mutating func magic(_ name: Located<String>, _ node: Node) -> FrameSpec.HeaderField? {
        let magic: FrameSpec.Magic?
        if case .mapping(let entries) = node.content,
            entries.contains(where: { KeySchema.magicOfEnds.key(for: $0.key.scalar?.text ?? "") != nil })
        {
            guard let values = keys(of: node, "`magic`", at: node.place, .magicOfEnds) else { return nil }
            guard
                let client = values["client"].flatMap({ magicBytes($0, "`client` of `magic`") }),
                let server = values["server"].flatMap({ magicBytes($0, "`server` of `magic`") })
            else { return nil }
            guard client.count == server.count else {
                let text = "the magic of clients has \(client.count.bytes), and that of servers \(server.count)"
                diagnostics.error("\(text): give both the same number of bytes", at: node.place)
                return nil
            }
            magic = FrameSpec.Magic(client: client, server: server)
        } else {
            magic = magicBytes(node, "`magic`").map { FrameSpec.Magic(client: $0, server: $0) }
        }
        guard let magic else { return nil }
        let type = Located(value: FieldType.bytes(.fixed(magic.client.count)), place: node.place)
        return FrameSpec.HeaderField(role: .magic(magic), field: FieldSpec(name: name, type: type), number: nil)
    }

    /// Reads the bytes of a magic or an end: a number, whose digits decide how many bytes there are, so that `0x00AB` has two; text
    /// in quotes; or `{ hex: 00AB }`.
    mutating func magicBytes(_ node: Node, _ what: String, limit: Int = SpecLimits.magicBytes) -> [UInt8]? {
        let forms = "a number such as 0xCAFE, text in quotes, or `{ hex: cafe }`"
        guard let scalar = node.scalar, !scalar.isPlain || !node.isNothing else {
            guard case .mapping = node.content else {
                diagnostics.error("\(what) must be \(forms), not \(node.kind)", at: node.place)
                return nil
            }
            guard node["client"] == nil, node["server"] == nil else {
                let advice = "write \(forms) instead of `client` and `server`"
                diagnostics.error("\(what) is the same for clients and servers: \(advice)", at: node.place)
                return nil
            }
            guard let values = keys(of: node, what, at: node.place, .bytesLiteral), let hex = values["hex"] else {
                return nil
            }
            return hexadecimal(hex, "`hex`").flatMap { withinLimit($0.value, node, what, limit) }
        }
        let text = scalar.text
        let literal = IntegerLiteral(text)
        if literal == .invalid {
            if !scalar.isPlain { return withinLimit(Array(text.utf8), node, what, limit) }
            diagnostics.error("\(what) must be \(forms), not `\(text.visible)`", at: node.place)
            return nil
        }
        guard scalar.isPlain else {
            let hex = text.utf8.count > SpecLimits.magicBytes ? "…" : Array(text.utf8).hexadecimal
            let advice = "remove the quotes or, for its characters, write `{ hex: \(hex) }`"
            diagnostics.error("\(what) is a number in quotes: \(advice)", at: node.place)
            return nil
        }
        var digits = 0
        if case .value(_, let hexDigits?) = literal { digits = hexDigits }
        guard digits <= 16, literal != .tooLarge else {
            diagnostics.error("\(what) has more than 8 bytes: write it as `{ hex: … }`", at: node.place)
            return nil
        }
        guard let number = unsigned(node, what) else { return nil }
        let value = number.value
        let needed = (64 - value.leadingZeroBitCount + 7) / 8
        let count = max(1, needed, (digits + 1) / 2)
        // A number of three bytes is sent as four, as in the types of programs; `hex` says three.
        return ByteOrder.big.bytes(value, count: count == 3 ? 4 : count)
    }

    private mutating func withinLimit(_ bytes: [UInt8], _ node: Node, _ what: String, _ limit: Int) -> [UInt8]? {
        guard (1...limit).contains(bytes.count) else {
            diagnostics.error("\(what) has \(bytes.count.bytes): use 1 to \(limit)", at: node.place)
            return nil
        }
        return bytes
    }

    private mutating func trailer(
        _ node: Node,
        behind header: [Located<FrameSpec.HeaderField>]
    ) -> [FrameSpec.TrailerItem] {
        let items = list(node, "`trailer`", limit: SpecLimits.trailerItems, example: "[ checksum: crc32 ]") ?? []
        let named = header.map(\.value).filter(\.role.canBeTested)
        scope = FieldScope(codes: Set(named.filter(\.role.isCode).map(\.field.name.value)))
        defer { scope = FieldScope() }
        for item in named where !item.role.isCode { scope.append(item.field) }
        var seen: [String: Place] = [:]
        for item in header where !item.value.field.isReserved { seen[item.value.field.name.value] = item.place }
        return items.compactMap { item in
            if let (name, value) = fieldOfTrailer(item) {
                if let first = seen[name.value] {
                    let text = "`\(name.value.visible)` is the name of two fields of header and trailer: rename one"
                    diagnostics.error(text, at: item.place, first: first, "the first `\(name.value.visible)` is here")
                    return nil
                }
                if name.value != "reserved" { seen[name.value] = item.place }
                return trailerField(name, value).map { .field(Located(value: $0, place: item.place)) }
            }
            guard let values = keys(of: item, "a field of `trailer`", at: item.place, .trailerField) else { return nil }
            switch (values["checksum"], values["end"]) {
            case (let node?, nil): return checksum(node).map { .checksum($0) }
            case (nil, let node?): return magicBytes(node, "`end`").map { .end($0) }
            case (nil, nil), (_?, _?):
                guard !values.hasUnknown else { return nil }
                let text = "a field of `trailer` has one key, `checksum`, `end` or a name: begin each with its own `-`"
                diagnostics.error(text, at: item.place)
                return nil
            }
        }
    }

    /// Returns the name and the value of an item of `trailer` that is a field with a value of its own.
    private func fieldOfTrailer(_ node: Node) -> (Located<String>, Node)? {
        guard case .mapping(let entries) = node.content, entries.count == 1, let entry = entries.first,
            let key = entry.key.scalar?.text, key == "reserved" || KeySchema.trailerField.key(for: key) == nil
        else { return nil }
        return (Located(value: key, place: entry.key.place), entry.value)
    }

    /// Reads a field of the trailer, or unused bytes.
    private mutating func trailerField(_ name: Located<String>, _ value: Node) -> FrameSpec.HeaderField? {
        if ["type", "length", "version"].contains(name.value) {
            let text = "a receiver needs `\(name.value)` before the payload"
            diagnostics.error("\(text): put it into `header`, or rename the field of `trailer`", at: name.place)
            return nil
        }
        guard let field = headerField(name, value, isCode: false, in: .trailer) else { return nil }
        if field.role.isCorrelation {
            let text = "`\(name.value)` pairs replies with requests, and belongs to the header"
            diagnostics.error("\(text): put it into `header`, or remove `correlate`", at: name.place)
            return nil
        }
        guard field.hasWholeBytes else {
            let text = "`\(name.value)` in `trailer` has a number of bits that differs, or does not fill bytes"
            diagnostics.error("\(text): use a type such as `uint8`", at: field.field.type.place)
            return nil
        }
        if field.field.isReserved, let condition = field.field.condition {
            let text = "unused bytes in `trailer` are in every frame: remove `when`, or give them a name"
            diagnostics.error(text, at: condition.place)
        }
        return field
    }

    /// Reads an item of `header`: a mapping with one key, whose name is free.
    private mutating func singleKey(_ node: Node, _ what: String) -> (Located<String>, Node)? {
        guard case .mapping(let entries) = node.content, let entry = entries.first else {
            diagnostics.error("\(what) must be a mapping such as `length: uint16`, not \(node.kind)", at: node.place)
            return nil
        }
        guard entries.count == 1 else {
            if let name = node["name"]?.scalar, node["type"] != nil {
                let text = "\(what) has its name as its key: write `\(name.text.visible): TYPE`"
                let advice = "or `\(name.text.visible): { type: TYPE, … }`"
                diagnostics.error("\(text), \(advice)", at: node.place)
                return nil
            }
            diagnostics.error("\(what) has one key: begin each with its own `-`", at: node.place)
            return nil
        }
        guard let key = entry.key.scalar else {
            diagnostics.error("a key must be a word, not \(entry.key.kind)", at: entry.key.place)
            return nil
        }
        return (Located(value: key.text, place: entry.key.place), entry.value)
    }
}

extension Extent {
    /// Whether text or bytes that end like this can be a code: after a number of bytes that the spec or a number before them says.
    fileprivate var canEndCode: Bool {
        switch self {
        case .fixed, .padded: true
        case .counted(let count): if case .prefix = count.source { count.absent.isEmpty } else { false }
        case .toEnd, .until, .before: false
        }
    }
}

extension [Located<FrameSpec.HeaderField>] {
    /// Marks the bits whose values follow from the presence of `items`.
    fileprivate mutating func markPresence(by items: [Located<FrameSpec.HeaderField>]) {
        let named = Set(items.compactMap { $0.value.field.presenceBit?.field })
        self = map { item in
            var field = item.value
            if case .field = field.role, field.field.type.value == .bit, named.contains(field.field.name.value) {
                field.role = .presence
            }
            return Located(value: field, place: item.place)
        }
    }

    /// Gives unused bits the bit order of the items with which they share a byte.
    fileprivate mutating func alignReservedBits() {
        var group: [Int] = []
        var bits = 0
        for index in indices {
            bits += self[index].value.bits ?? 0
            group.append(index)
            guard bits % 8 == 0 || index == indices.last else { continue }
            let orders = group.filter { !self[$0].value.field.isReserved }.map { self[$0].value.field }
            if group.count > 1, let order = orders.first?.bitOrder {
                for member in group where self[member].value.field.isReserved {
                    var item = self[member].value
                    item.field.bitOrder = order
                    self[member] = Located(value: item, place: self[member].place)
                }
            }
            (group, bits) = ([], 0)
        }
    }
}

/// The words of other languages in the header, and misspelt words.
enum HeaderWords {
    private static let foreign = [
        "type": [
            "code", "opcode", "kind", "id", "msgtype", "messagetype", "command", "cmd", "messageid", "msgid", "tag",
        ],
        "length": ["size", "len", "count", "payloadlength", "payloadsize", "bodylength", "bytes", "datalength"],
    ]

    /// Returns the extra field that the author probably meant to be `key`, which is missing in the header.
    ///
    /// Almost every header has `type` and `length`, so a similar name is likely a misspelling of them. `version` is rarer,
    /// and only a name that is not a word of its own counts as a misspelling: `session` and `versions` are valid names.
    static func slip(for key: String, among header: [Located<FrameSpec.HeaderField>]) -> Located<String>? {
        let names = ownNames(in: header)
        guard let words = foreign[key] else { return names.first { isSlip($0.value.lowercased(), of: key) } }
        return misspelling(of: key, among: header) ?? names.first { words.contains($0.value.normalizedKey) }
    }

    /// Returns the extra field whose name is almost `key`.
    static func misspelling(of key: String, among header: [Located<FrameSpec.HeaderField>]) -> Located<String>? {
        ownNames(in: header).first { nearMiss(of: $0.value, among: [key]) != nil }
    }

    /// Returns the names of the extra fields.
    private static func ownNames(in header: [Located<FrameSpec.HeaderField>]) -> [Located<String>] {
        header.compactMap { if case .field = $0.value.role { $0.value.field.name } else { nil } }
    }

    /// Returns whether `name` is `key` with two letters swapped, one letter missing or one letter doubled.
    private static func isSlip(_ name: String, of key: String) -> Bool {
        if name.sorted() == key.sorted() { return name == key || nearMiss(of: name, among: [key]) != nil }
        let (short, long) = name.count < key.count ? (name, key) : (key, name)
        guard long.count == short.count + 1 else { return false }
        return long.indices.contains { index in
            var rest = long
            let letter = rest.remove(at: index)
            guard rest == short else { return false }
            let isDoubled = index > long.startIndex && long[long.index(before: index)] == letter
            return name == short || isDoubled
        }
    }
}

extension Node {
    /// The only key of a mapping; `nil` for other nodes.
    fileprivate var onlyKey: String? {
        guard case .mapping(let entries) = content, entries.count == 1 else { return nil }
        return entries[0].key.scalar?.text
    }

    /// Returns whether an item of the list is a mapping with `key`.
    fileprivate func hasItem(_ key: String) -> Bool {
        if case .list(let items) = content { items.contains { $0[key] != nil } } else { false }
    }
}
