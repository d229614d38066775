extension SpecParser {
    /// Reads `messages`.
    mutating func messages(_ node: Node) -> [MessageSpec] {
        var messages: [MessageSpec] = []
        if case .mapping(let entries) = node.content, entries.isEmpty {
            diagnostics.error("`messages` has no message: add one", at: node.place)
        }
        for (name, value) in named(node, "`messages`", "a message", limit: SpecLimits.messages) {
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
        let sender: MessageSpec.Sender? = values["from"].flatMap { choice($0, "`from`") }
        var message = MessageSpec(
            name: name,
            code: code ?? Located(value: 0, place: name.place),
            lacksCode: code == nil,
            sender: sender ?? .both
        )
        message.doc = values["doc"].flatMap { text($0, "`doc`") }
        message.reply = values["reply"].flatMap { self.name($0, "`reply`") }
        message.requirement = values["requires"].flatMap { node in
            choice(node, "`requires`").map { Located(value: $0, place: node.place) }
        }
        message.maximumPayload = values["max-payload"].flatMap { unsigned($0, "`max-payload`") }
        message.deprecated = values["deprecated"].flatMap { text($0, "`deprecated`, which says why,") }
        message.fields = values["fields"].map { self.fields($0) } ?? []
        if diagnostics.errorCount > errors { incomplete.insert(name.value) }
        message.examples = values["examples"].map { self.examples($0) } ?? []
        return message
    }

    private mutating func examples(_ node: Node) -> [ExampleSpec] {
        guard let items = list(node, "`examples`", limit: SpecLimits.examples) else { return [] }
        var examples: [ExampleSpec] = []
        for item in items where !diagnostics.isFull {
            let errors = diagnostics.errorCount
            guard
                let values = keys(of: item, "an example", at: item.place, .example),
                let frameNode = values["frame"], let frame = hexadecimal(frameNode, "`frame`")
            else { continue }
            let fields = values["fields"].map { exampleValues($0) } ?? []
            // One that lost a value would only seem to disagree with its frame.
            guard diagnostics.errorCount == errors else { continue }
            examples.append(ExampleSpec(frame: frame, fields: fields))
        }
        return examples
    }

    private mutating func exampleValues(_ node: Node) -> [ExampleSpec.Value] {
        var values: [ExampleSpec.Value] = []
        for (name, value) in named(node, "`fields`", "a field", limit: SpecLimits.fields) {
            guard let literal = literal(value, name.value) else { continue }
            values.append(ExampleSpec.Value(name: name, literal: Located(value: literal, place: value.place)))
        }
        return values
    }

    private mutating func literal(_ node: Node, _ name: String) -> ExampleSpec.Literal? {
        switch node.content {
        case .scalar(let scalar):
            guard !node.isNothing else {
                diagnostics.error("`\(name)` has no value: write \"\" for no text or no bytes", at: node.place)
                return nil
            }
            return .text(scalar.text, isPlain: scalar.isPlain)
        case .mapping:
            let values = keys(of: node, "the value of `\(name)`", at: node.place, .bytesLiteral)
            return values?["hex"].flatMap { hexadecimal($0, "`hex`") }.map { .bytes($0.value) }
        case .list:
            diagnostics.error("`\(name)` must be a value, or bytes as `{ hex: 00ff }`, not a list", at: node.place)
            return nil
        }
    }
}
