extension SpecChecker {
    /// Checks that the messages say in which order the forms of frames come.
    mutating func checkStages() {
        for message in spec.messages where spec.imports.isEmpty {
            if let name = message.frame { checkName(name, "`frame`") }
            for next in message.then where checkName(next.frame, "`then`") { check(next, of: message) }
        }
        guard !spec.frames.isEmpty else { return }
        for end in Sender.ends { checkStart(of: end) }
        checkReplies()
        for (key, name) in [("heartbeat", spec.heartbeat), ("error", spec.errorMessage)] {
            guard let name, let message = messages[name.value], let frame = message.frame else { continue }
            let text = "`\(name.value)` has the form `\(frame.value)`, and can be sent only while such frames are due"
            diagnostics.error("\(text): name a message of the form `main` as `\(key)`", at: name.place)
        }
        // What follows from another mistake is not reported.
        guard !diagnostics.hasErrors, !spec.lacksFrames else { return }
        for frame in spec.frames where messages(of: frame.key).isEmpty {
            let text = "no message has the form `\(frame.key)`"
            diagnostics.error("\(text): write `frame: \(frame.key)` in one, or remove the form", at: frame.place)
        }
        if !diagnostics.hasErrors { checkReach() }
    }

    /// Returns whether `name` is that of a form; reports it if not.
    @discardableResult
    private mutating func checkName(_ name: Located<String>, _ key: String) -> Bool {
        let names = forms
        if names.contains(name.value) { return true }
        guard !spec.lacksFrames else { return false }
        let text = "\(key) names `\(name.value.visible)`, which is no form of frames"
        if spec.frames.isEmpty {
            diagnostics.error("\(text): define it under `frames`", at: name.place)
        } else {
            let advice = nearMiss(of: name.value, among: names).map { "did you mean `\($0)`?" }
            diagnostics.error("\(text); \(advice ?? "the forms are \(names.enumerated)")", at: name.place)
        }
        return false
    }

    private mutating func check(_ next: NextFrame, of message: MessageSpec) {
        let frame = next.frame.value
        if let end = next.end, message.sender != .client {
            let text = "only a message from the client may name `client` and `server` in `then`"
            let advice = message.sender.includes(end) ? "write `then: \(frame)`" : "remove it"
            diagnostics.error("\(text): \(advice)", at: next.frame.place)
        } else if next.end ?? .client == .client, frame == message.form {
            let text = "the frames after `\(message.name.value)` have the form `\(frame)` already"
            diagnostics.error("\(text): remove `then`", at: next.frame.place)
        }
    }

    private mutating func checkStart(of end: Sender) {
        let starting = spec.frames.filter { $0.starts?.includes(end) == true }
        guard let second = starting.dropFirst().first else { return }
        let text = "the \(end.rawValue) starts with the form `\(starting[0].key)` and with the form `\(second.key)`"
        diagnostics.error(
            "\(text): remove `starts` from one",
            at: second.place,
            first: starting[0].place,
            "`\(starting[0].key)` is here"
        )
    }

    /// Checks that replies can be paired with their requests, and that replies without a code can be read.
    private mutating func checkReplies() {
        let forms = [spec.frame].compactMap(\.self) + spec.frames
        if let correlation = spec.frame?.correlation {
            for message in spec.messages {
                guard let reply = message.reply, let answer = messages[reply.value] else { continue }
                let lacking = [message, answer].lazy.compactMap { $0.frame(among: forms) }.first {
                    $0.correlation == nil && !$0.lacksParts
                }
                guard let lacking else { continue }
                let name = correlation.value.field.name.value
                let text = "`\(name)` in `frame` pairs replies with requests, and the form `\(lacking.key)` lacks it"
                let advice = "remove `reply`, or add `\(name)` to the header of `\(lacking.key)`"
                diagnostics.error("\(text): \(advice)", at: reply.place)
            }
        }
        for frame in forms where frame.isOfReplies && !frame.lacksParts {
            let what = "the replies of the form `\(frame.key)` have no code"
            if !frame.delimitsPayload {
                let text = "\(what), so that nothing says where their frames end"
                diagnostics.error("\(text): add `length` to the header", at: frame.headerPlace)
            }
            for message in messages(of: frame.key) {
                guard let seed = message.checksumSeed else { continue }
                let text = "\(what), so that the checksum is checked before the message is known"
                diagnostics.error("\(text): remove `checksum-seed`", at: seed.place)
            }
        }
    }

    /// Checks that the forms of all messages come in the streams of the ends that send them.
    private mutating func checkReach() {
        let reached = reachedForms()
        var reported: Set<String> = []
        for end in Sender.ends {
            for key in forms where reached[end]?.contains(key) == false {
                guard let message = messages(of: key).first(where: { $0.sender.includes(end) }) else { continue }
                guard reported.insert(message.name.value).inserted else { continue }
                let text =
                    "no message moves the \(end.rawValue) to the form `\(key)`, which `\(message.name.value)` has"
                let start = key == FrameSpec.mainName ? "" : ", or `starts: \(end.rawValue)` to the form"
                let advice = "add `then: \(key)` to the message after which it may come\(start)"
                diagnostics.error("\(text): \(advice)", at: message.name.place)
            }
        }
        for message in spec.messages {
            for next in message.then {
                for end in Sender.ends where next.end == end || next.end == nil && message.sender.includes(end) {
                    guard !messages(of: next.frame.value).contains(where: { $0.sender.includes(end) }) else { continue }
                    let text = "the \(end.rawValue) has no message of the form `\(next.frame.value)`"
                    diagnostics.error("\(text), and could send nothing more: name another form", at: next.frame.place)
                }
            }
        }
    }

    /// Returns the forms in the streams of both ends.
    private func reachedForms() -> [Sender: Set<String>] {
        var reached: [Sender: Set<String>] = [:]
        for end in Sender.ends {
            reached[end] = [spec.frames.first { $0.starts?.includes(end) == true }?.key ?? FrameSpec.mainName]
        }
        // Each round but the last adds a form to one of the streams.
        for _ in 0...2 * spec.frames.count {
            for message in spec.messages {
                for sender in Sender.ends
                where message.sender.includes(sender) && reached[sender]?.contains(message.form) == true {
                    for next in message.then { reached[next.end ?? sender]?.insert(next.frame.value) }
                }
            }
        }
        return reached
    }

    /// The names of all forms.
    private var forms: [String] { [FrameSpec.mainName] + spec.frames.map(\.key) }

    /// Returns the messages of the form `key`.
    private func messages(of key: String) -> [MessageSpec] {
        spec.messages.filter { $0.form == key }
    }
}

extension FrameSpec {
    /// The place of the name.
    fileprivate var place: Place { name?.place ?? headerPlace }
}
