extension SpecChecker {
    /// Checks that the server may send the reply of `message`.
    mutating func checkReply(of message: MessageSpec) {
        guard let reply = message.reply else { return }
        if message.sender == .server {
            let text =
                "only clients' messages can have a `reply`, and `\(message.name.value)` is sent by the server: remove `reply`"
            diagnostics.error(text, at: reply.place)
        }
        guard let target = find(reply, "`reply`") else { return }
        if target.sender == .client {
            diagnostics.error(
                "`\(reply.value)` is sent by clients only, and cannot be a reply: "
                    + "give it `from: server` or `from: both`",
                at: reply.place,
                notes: [note(of: target.name)]
            )
        }
        if reply.value == errorName {
            let text = "`\(reply.value)` is the error message, which can replace any reply: name another message"
            diagnostics.error(text, at: reply.place)
        }
    }

    /// Checks that a message with `requires` is one that servers handle.
    mutating func checkRequirement(of message: MessageSpec) {
        guard let requirement = message.requirement else { return }
        let name = message.name.value
        if message.sender == .server {
            let text = "`\(name)` is sent by the server only, and `requires` is for messages from clients: remove it"
            diagnostics.error(text, at: requirement.place)
        } else if name == errorName {
            diagnostics.error(
                "`\(name)` is the error message, to which `requires` does not apply: remove it",
                at: requirement.place
            )
        }
    }

    /// Checks the error message: its sender, its two fields, and the cases of its enum of faults.
    mutating func checkErrorMessage() {
        // With imports, the error message is imported, and the parser has reported `error` as a mistake.
        guard spec.imports.isEmpty, let name = spec.errorMessage, let message = find(name, "`error`") else { return }
        if let reply = message.reply {
            let text = "`\(name.value)` is the error message, which has no reply: remove `reply`"
            diagnostics.error(text, at: reply.place)
        }
        if message.sender == .client {
            let problem = "`\(name.value)` is the error message, but only clients send it"
            diagnostics.error("\(problem): give it `from: server` or `from: both`", at: message.name.place)
        }
        guard !spec.incomplete.contains(name.value) else { return }
        let types = message.fields.map(\.type.value)
        guard
            types.count == 2, message.fields.allSatisfy(\.isVariable), types[1] == .string(.toEnd, .utf8),
            case .named(let enumName) = types[0], isEnum(enumName)
        else {
            let fields = "two fields: one of an enum, then a `string` to the end"
            diagnostics.error("`\(name.value)` is the error message, and must have \(fields)", at: message.name.place)
            return
        }
        guard case .enumeration(let enumeration)? = table[enumName], !spec.incomplete.contains(enumName) else { return }
        warnOfMisspeltFaults(in: enumeration)
        if !enumeration.cases.contains(where: { $0.name.value == Fault.internal.rawValue }) {
            diagnostics.error(
                "enum `\(enumName)` needs a case `\(Fault.internal.rawValue)`, "
                    + "which reports every fault without a case of its own: add it",
                at: enumeration.name.place,
                first: name.place,
                "the error message `\(name.value)`"
            )
        }
    }

    /// Warns of enum cases whose names are similar to a fault: the server would report the fault with another code.
    private mutating func warnOfMisspeltFaults(in enumeration: EnumSpec) {
        let names = Set(enumeration.cases.map(\.name.value))
        let missing = Fault.allCases.map(\.rawValue).filter { !names.contains($0) }
        for name in enumeration.cases.map(\.name) where Fault(rawValue: name.value) == nil {
            guard let fault = nearMiss(of: name.value, among: missing) else { continue }
            diagnostics.warning("`\(name.value)` is not the name of a fault; did you mean `\(fault)`?", at: name.place)
        }
    }

    /// Returns whether the type with the name `name` is an enum, or unknown because of a mistake.
    private func isEnum(_ name: String) -> Bool {
        switch table[name] {
        case .enumeration, nil: true
        case .flags, .structure, .union: false
        }
    }

    /// Returns the message with the name `name`; `nil`, after a diagnostic, if the spec has none.
    mutating func find(_ name: Located<String>, _ what: String) -> MessageSpec? {
        let all = spec.allMessages
        if let message = messages[name.value] ?? all.first(where: { $0.name.value == name.value }) { return message }
        guard !spec.incomplete.contains(name.value), !spec.lacksImports else { return nil }
        let advice = nearMiss(of: name.value, among: all.map(\.name.value)).map { "did you mean `\($0)`?" }
        let kind = table[name.value]?.kind
        let problem = kind.map { "`\(name.value)` is \($0)" } ?? "there is no message `\(name.value.visible)`"
        diagnostics.error(
            "\(what) must name a message, and \(problem); \(advice ?? "name one under `messages`")",
            at: name.place
        )
        return nil
    }
}

extension SpecChecker {
    /// The value of `heartbeat` for a spec without a heartbeat.
    static let noHeartbeat = "none"

    /// Checks that clients can send the heartbeat without values from the program, and that it has a reply.
    mutating func checkHeartbeat() {
        guard let name = spec.heartbeat else {
            warnOfMissingHeartbeat()
            return
        }
        guard name.value != Self.noHeartbeat, let message = find(name, "`heartbeat`") else { return }
        let problem = "`\(name.value)` cannot be the heartbeat"
        let notes = [note(of: message.name)]
        if name.value == errorName {
            diagnostics.error("\(problem): it is the error message; name a request", at: name.place)
            return
        }
        guard !spec.incomplete.contains(name.value) else { return }
        if message.sender == .server {
            let text = "\(problem), because clients do not send it: give it `from: client`, or name another request"
            diagnostics.error(text, at: name.place, notes: notes)
        } else if message.reply == nil {
            let text = "\(problem), because it has no `reply`: add one, or name another request"
            diagnostics.error(text, at: name.place, notes: notes)
        }
        if message.deprecated != nil {
            diagnostics.error(
                "\(problem), because it is deprecated: name another request",
                at: name.place,
                notes: notes
            )
        }
        if message.requirement?.value == .authenticated {
            let text =
                "`\(name.value)` is refused until a client is authenticated, and clients send heartbeats before that"
            diagnostics.warning("\(text): give it `requires: nothing`", at: name.place)
        }
        guard isSound(message) else { return }
        do throws(ZeroValues.Missing) {
            let frame = frame(of: message)
            let layout = plan.layout(of: message, frame)
            let values = try ZeroValues.values(of: layout, plan)
            // Clients send heartbeats with a header of zeros.
            let header = frame?.ownFields.map { ($0.field.name.value, Value.number(SpecInteger(magnitude: 0))) } ?? []
            let isEncoded = (try? PayloadWriter(values, layout, plan, header: header)) != nil
            guard !isEncoded, let condition = message.fields.lazy.compactMap(\.condition).first else { return }
            let text = "\(problem): without values from the program, its fields do not agree with this `when`"
            diagnostics.error(
                "\(text); name another request",
                at: name.place,
                notes: [
                    Diagnostic.Note(message: "the `when` is here", place: condition.place)
                ]
            )
        } catch {
            let field = "its field `\(error.field.value)` has no empty value"
            let owner =
                messages[name.value] == nil
                ? notes
                : [
                    Diagnostic.Note(message: "`\(error.field.value)` is here", place: error.field.place)
                ]
            diagnostics.error("\(problem): \(field); give it a `default`", at: name.place, notes: owner)
        }
    }

    /// Warns of a missing heartbeat: the server would close idle connections, and clients would not notice a lost
    /// server.
    private mutating func warnOfMissingHeartbeat() {
        guard !spec.saysHeartbeat, !diagnostics.hasErrors, spec.inheritedHeartbeat == nil else { return }
        let words = ["ping", "pingrequest", "heartbeat", "heartbeatrequest", "keepalive", "keepaliverequest"]
        let candidate = spec.messages.first { message in
            words.contains(message.name.value.normalizedKey) && message.sender != .server && message.reply != nil
                && message.deprecated == nil
                && (try? ZeroValues.values(of: plan.layout(of: message, frame(of: message)), plan)) != nil
        }
        guard let candidate else { return }
        let name = candidate.name.value
        diagnostics.warning(
            "clients send no heartbeat, and `\(name)` could be one: add `heartbeat: \(name)` at the top, "
                + "or `heartbeat: \(Self.noHeartbeat)`",
            at: candidate.name.place
        )
    }
}
