internal import SwitchboardSpec

/// Renders the messages: how each is read, and what follows it.
struct MessageRenderer {
    let spec: CheckedSpec

    /// Returns the entry of `message` in the table of messages.
    func source(of message: MessageSpec, _ out: inout Collected) -> String {
        let name = message.name.value
        let key = out.fields.add(Lua.name(name), "none", name, summary(message.doc).map { [$0] } ?? [])
        let layout = spec.layout(of: message)
        var fields = LayoutRenderer(layout, prefix: key + ".", isMessage: true)
        let body = fields.render(&out)
        let replies = spec.allMessages.filter { $0.reply?.value == name }
        var entries = ["name = \(Lua.literal(name))", "key = \(Lua.literal(key))"]
        if let reply = message.reply { entries.append("reply = \(Lua.literal(reply.value))") }
        if !replies.isEmpty { entries.append("is_reply = true") }
        if name == spec.errorMessage?.name.value { entries.append("is_error = true") }
        if spec.trailing(of: message) == .ignore { entries.append("may_trail = true") }
        if let size = layout.filledSize { entries.append("size = \(size)") }
        if let maximum = message.maximumPayload?.value { entries.append("maximum = \(maximum)") }
        if let seed = message.checksumSeed?.value { entries.append("seed = \(Lua.literal(seed))") }
        if !message.then.isEmpty {
            let ends = message.then.flatMap { next -> [String] in
                let ends = (next.end ?? message.sender).words
                return ends.map { "\($0) = \(Lua.literal(next.frame.value))" }
            }
            entries.append("followed_by = { \(ends.joined(separator: ", ")) }")
        }
        let parameters = body.uses("h") ? "r, h" : body.isEmpty ? "" : "r"
        entries.append("read = \(luaFunction(parameters, body))")
        return "\(Lua.member("messages", name)) = {\n\(entries.map { $0 + "," }.joined(separator: "\n").indented)\n}\n"
    }

    private func summary(_ doc: String?) -> String? {
        guard let doc, !doc.isEmpty else { return nil }
        let line = doc.split(whereSeparator: \.isNewline).joined(separator: " ")
        return Lua.literal(line.split(separator: ". ").first.map(String.init) ?? line)
    }
}

extension Sender {
    /// The ends of the connection that send such messages.
    var words: [String] {
        switch self {
        case .client: ["client"]
        case .server: ["server"]
        case .both: ["client", "server"]
        }
    }
}
