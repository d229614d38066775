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
