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
    /// One that lacks its code or its sender is kept all the same, as incomplete, so that the rest of it is checked.
    private mutating func message(_ name: Located<String>, _ node: Node) -> MessageSpec? {
        let errors = diagnostics.errorCount
        guard let values = keys(of: node, "message `\(name.value)`", at: name.place, .message) else { return nil }
        let code = values["code"].flatMap { unsigned($0, "`code`") }
        let sender: Sender? = values["from"].flatMap { choice($0, "`from`") }
        var message = MessageSpec(
            name: name,
            code: code ?? Located(value: 0, place: name.place),
            lacksCode: code == nil,
            sender: sender ?? .both
        )
        message.lacksSender = sender == nil
        message.doc = values["doc"].flatMap { text($0, "`doc`") }
        message.reply = values["reply"].flatMap { self.name($0, "`reply`") }
        message.requirement = values["requires"].flatMap { requirement($0) }
        message.maximumPayload = values["max-payload"].flatMap { unsigned($0, "`max-payload`") }
        message.deprecated = values["deprecated"].flatMap { text($0, "`deprecated`, which says why,") }
        message.trailing = values["trailing"].flatMap { locatedChoice($0, "`trailing`") }
        message.since = values["since"].flatMap { unsigned($0, "`since`") }
        message.fields = values["fields"].map { self.fields($0, .field) } ?? []
        if diagnostics.errorCount > errors { incomplete.insert(name.value) }
        message.examples = values["examples"].map { self.examples($0) } ?? []
        message.malformed = values["malformed"].map { self.malformed($0) } ?? []
        return message
    }
    /// Reads `requires`.
    private mutating func requirement(_ node: Node) -> Located<Requirement>? {
        choice(node, "`requires`", among: Requirement.stated).map { Located(value: $0, place: node.place) }
    }
}

extension SpecParser {
    /// Reads `examples`.
    mutating func examples(_ node: Node) -> [ExampleSpec] {
        guard
            let items = list(
                node,
                "`examples`",
                limit: SpecLimits.examples,
                example: "[ { payload: 01ff, fields: { count: 511 } } ]"
            )
        else { return [] }
        var examples: [ExampleSpec] = []
        for item in items where !diagnostics.isFull {
            let errors = diagnostics.errorCount
            guard
                let values = keys(of: item, "an example", at: item.place, .example),
                let (bytes, isPayload) = exampleBytes(values, "an example", at: item.place)
            else { continue }
            if isPayload, let header = values["header"] {
                diagnostics.error("a `payload` has no `header`: give the `frame`", at: header.place)
            }
            let header = values["header"].map { entries($0, "`header`") } ?? []
            let fields = values["fields"].map { entries($0, "`fields`") } ?? []
            // One that lost a value would only seem to disagree with its bytes.
            guard diagnostics.errorCount == errors else { continue }
            examples.append(ExampleSpec(bytes: bytes, isPayload: isPayload, header: header, fields: fields))
        }
        return examples
    }

    /// Reads `malformed`: payloads in hexadecimal, or mappings with a payload or a frame.
    mutating func malformed(_ node: Node) -> [MalformedSpec] {
        guard let items = list(node, "`malformed`", limit: SpecLimits.examples, example: "[ 01ff ]") else { return [] }
        var malformed: [MalformedSpec] = []
        for item in items where !diagnostics.isFull {
            if item.scalar != nil {
                guard let bytes = hexadecimal(item, "a malformed payload") else { continue }
                malformed.append(MalformedSpec(bytes: bytes, isPayload: true, doc: nil))
            } else if let values = keys(of: item, "a malformed example", at: item.place, .malformed),
                let (bytes, isPayload) = exampleBytes(values, "a malformed example", at: item.place)
            {
                let doc = values["doc"].flatMap { text($0, "`doc`") }
                malformed.append(MalformedSpec(bytes: bytes, isPayload: isPayload, doc: doc))
            }
        }
        return malformed
    }

    private mutating func exampleBytes(
        _ values: KeyedNodes,
        _ what: String,
        at place: Place
    ) -> (bytes: Located<[UInt8]>, isPayload: Bool)? {
        switch (values["frame"], values["payload"]) {
        case (let frame?, nil): return hexadecimal(frame, "`frame`").map { ($0, false) }
        case (nil, let payload?): return hexadecimal(payload, "`payload`").map { ($0, true) }
        case (_?, let payload?):
            diagnostics.error("\(what) has `frame` and `payload`: remove one", at: payload.place)
        case (nil, nil):
            guard !values.hasUnknown else { return nil }
            diagnostics.error("\(what) needs `frame` or `payload`: add one", at: place)
        }
        return nil
    }

    private mutating func entries(_ node: Node, _ what: String) -> [Literal.Entry] {
        named(node, what, "a field", limit: SpecLimits.fields, example: "{ count: 5 }").compactMap { name, value in
            literal(value).map { Literal.Entry(name: name, literal: $0) }
        }
    }

    /// Reads a value, whatever it is.
    mutating func literal(_ node: Node) -> Located<Literal>? {
        switch node.content {
        case .scalar(let scalar):
            // Behind a number or a name there may well be a comment; `Room #5` was hardly meant to be `Room`.
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
}
