internal import SwitchboardSpec
internal import SwitchboardYAML

/// What a mock server answers: messages of its rules, or of the examples of a spec.
struct MockAnswers: Sendable {
    /// The answers to one request.
    private struct Answer {
        /// The messages of the rules for the request, in order.
        var rules: [MessageInput.Message] = []
        /// The examples of the reply, in the order of the spec.
        var examples: [MessageInput.Message] = []
        /// The reply with the default or the zero value of each field; `nil` if a field has neither.
        var zero: MessageInput.Message?
    }

    private let spec: CheckedSpec
    private let answers: [String: Answer]

    /// The answers to the requests of `spec`.
    ///
    /// - Parameter rules: Texts such as `Greet: Greeting text=hi`; a request with several is answered with all of them, in order.
    init(_ spec: CheckedSpec, rules: [String], _ input: MessageInput) throws(MessageInput.Problem) {
        self.spec = spec
        var answers: [String: Answer] = [:]
        for request in spec.allMessages where request.sender != .server {
            guard let name = request.reply?.value, let reply = spec.allMessages.first(where: { $0.name.value == name })
            else { continue }
            let examples = spec.examples(of: reply).map {
                MessageInput.Message(message: reply, header: $0.header, values: $0.values)
            }
            answers[request.name.value] = Answer(examples: examples, zero: Self.zero(reply, spec))
        }
        for rule in rules {
            do throws(MessageInput.Problem) {
                let (request, message) = try Self.read(rule, spec, input)
                answers[request, default: Answer()].rules.append(message)
            } catch {
                throw MessageInput.Problem(message: "--reply '\(rule.visible)': \(error.message)")
            }
        }
        self.answers = answers
    }

    private static func read(
        _ rule: String,
        _ spec: CheckedSpec,
        _ input: MessageInput
    ) throws(MessageInput.Problem) -> (request: String, message: MessageInput.Message) {
        let parts = rule.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let names = try RuleWords.split(String(parts[0]))
        guard parts.count == 2, names.count == 1, case let words = try RuleWords.split(String(parts[1])), !words.isEmpty
        else { throw MessageInput.Problem(message: "write REQUEST: MESSAGE field=value …") }
        let request = try input.message(named: names[0])
        guard request.sender != .server else {
            let text = "`\(request.name.value)` is a message of the server: name one that clients send"
            throw MessageInput.Problem(message: text)
        }
        let reply = try input.message(named: words[0])
        guard reply.sender != .client else {
            let text = "`\(reply.name.value)` is a message of clients: name one that the server sends"
            throw MessageInput.Problem(message: text)
        }
        let own = spec.layout(of: spec.frame(of: reply)).ownItems
        let header = spec.examples(of: reply).first?.header ?? zeroHeader(of: reply, spec)
        let message = try input.message(
            reply,
            fields: Array(words.dropFirst()),
            header: header ?? Array(repeating: .nothing, count: own.count)
        )
        // Values of the header come from the request where it has them: the frame can be made only then.
        if !own.contains(where: \.isSettable) {
            _ = try input.frame(message)
        } else if header != nil {
            try input.checkPayload(of: message)
        }
        return (request.name.value, message)
    }

    private static func zeroHeader(of reply: MessageSpec, _ spec: CheckedSpec) -> [Value]? {
        try? ZeroValues.values(of: spec.layout(of: spec.frame(of: reply)).header, spec.plan)
    }

    private static func zero(_ reply: MessageSpec, _ spec: CheckedSpec) -> MessageInput.Message? {
        guard let values = try? ZeroValues.values(of: spec.layout(of: reply), spec.plan),
            let header = zeroHeader(of: reply, spec)
        else { return nil }
        return MessageInput.Message(message: reply, header: header, values: values)
    }

    /// Returns the frames that answer `request`, a whole frame; none for a message without a reply and without a rule.
    ///
    /// - Throws: A problem when there is no answer.
    func frames(for request: Dissection) throws(MessageInput.Problem) -> [[UInt8]] {
        guard let message = request.message, let answer = answers[message.name.value] else { return [] }
        guard answer.rules.isEmpty else {
            var frames: [[UInt8]] = []
            for rule in answer.rules { frames.append(try frame(rule, for: request, keepsHeader: false)) }
            return frames
        }
        let shared = SharedFields(message, request.values ?? [], spec)
        if let example = answer.examples.first(where: shared.agree) {
            return [try frame(example, for: request, keepsHeader: true)]
        }
        // The values of the request may be out of the bounds of the reply.
        if let zero = answer.zero, let filled = try? frame(shared.filled(zero), for: request, keepsHeader: false) {
            return [filled]
        }
        guard let reply = answer.examples.first ?? answer.zero else {
            let text = "its reply has no example and no zero value: give a --reply"
            throw MessageInput.Problem(message: text)
        }
        return [try frame(reply, for: request, keepsHeader: true)]
    }

    /// Returns the frame of `reply` with the number of the request.
    ///
    /// - Parameter keepsHeader: Whether the reply has its own other values of the header, in place of those of the request.
    private func frame(
        _ reply: MessageInput.Message,
        for request: Dissection,
        keepsHeader: Bool
    ) throws(MessageInput.Problem) -> [UInt8] {
        let layout = spec.layout(of: spec.frame(of: reply.message))
        let header = zip(layout.ownItems, reply.header).map { item, value in
            if item.spec.role.isCorrelation { return request.correlation ?? value }
            guard !keepsHeader, reply.message.form == request.form, item.isSettable else { return value }
            return request.headerValues.first { $0.field.name == item.plan.name }?.value ?? value
        }
        return try MessageInput(spec).frame(
            MessageInput.Message(message: reply.message, header: header, values: reply.values, from: .server)
        )
    }
}

/// The fields that a reply has in common with its request: those with the same name and the same type.
private struct SharedFields {
    private let spec: CheckedSpec
    /// The values of the request's fields, by name and type.
    private var values: [String: Value] = [:]

    init(_ request: MessageSpec, _ values: [Value], _ spec: CheckedSpec) {
        self.spec = spec
        for (field, value) in zip(spec.layout(of: request).fields, values) where field.field.isVariable {
            self.values[Self.key(field)] = value
        }
    }

    private static func key(_ field: FieldPlan) -> String { "\(field.name): \(field.step.spelling)" }

    /// Returns whether `reply` has the values of the request in these fields.
    func agree(_ reply: MessageInput.Message) -> Bool {
        zip(spec.layout(of: reply.message).fields, reply.values).allSatisfy { field, value in
            !field.field.isVariable || values[Self.key(field)].map { $0 == value } ?? true
        }
    }

    /// Returns `reply` with the values of the request in these fields.
    func filled(_ reply: MessageInput.Message) -> MessageInput.Message {
        let filled = zip(spec.layout(of: reply.message).fields, reply.values).map { field, value in
            field.field.isVariable ? values[Self.key(field)] ?? value : value
        }
        return MessageInput.Message(message: reply.message, header: reply.header, values: filled)
    }
}
