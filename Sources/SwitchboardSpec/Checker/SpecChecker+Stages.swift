extension SpecChecker {
    /// Checks that the messages say in which order the frames of another form come.
    mutating func checkStages() {
        checkFrameNames()
        guard !spec.lacksFrames, spec.imports.isEmpty else { return }
        for end in [Sender.client, .server] { checkStart(of: end) }
        for frame in spec.frames where messages(in: frame.key).isEmpty {
            let text = "no message is sent in frame `\(frame.key)`"
            diagnostics.error("\(text): write `frame: \(frame.key)` in one, or remove it", at: frame.place)
        }
        guard !spec.frames.isEmpty, spec.messages.allSatisfy({ !$0.lacksSender }) else { return }
        for end in [Sender.client, .server] { checkReach(of: end) }
    }

    /// Checks that `frame` and `then` of messages name frames, and that each `then` changes something.
    private mutating func checkFrameNames() {
        for message in spec.messages {
            if let name = message.frame { checkName(name, "`frame`") }
            for next in message.then {
                guard checkName(next.frame, "`then`") else { continue }
                check(next, of: message)
            }
        }
    }

    /// Returns whether `name` is that of a frame; reports it if not.
    @discardableResult
    private mutating func checkName(_ name: Located<String>, _ key: String) -> Bool {
        let names = [FrameSpec.mainName] + spec.frames.map(\.key)
        if names.contains(name.value) { return true }
        guard !spec.lacksFrames else { return false }
        let text = "\(key) names `\(name.value.visible)`, which is no frame"
        if spec.frames.isEmpty {
            diagnostics.error("\(text): define it under `frames`", at: name.place)
        } else {
            let advice = nearMiss(of: name.value, among: names).map { "did you mean `\($0)`?" }
            diagnostics.error("\(text); \(advice ?? "the frames are \(names.enumerated)")", at: name.place)
        }
        return false
    }

    private mutating func check(_ next: NextFrame, of message: MessageSpec) {
        let (name, frame) = (message.name.value, next.frame.value)
        if let end = next.end, message.sender != .client {
            let text = "`then` of `\(name)` speaks of the \(end.rawValue), which only messages of clients can do"
            let advice = message.sender == end ? "write `then: \(frame)`" : "remove it"
            diagnostics.error("\(text): \(advice)", at: next.frame.place)
        } else if next.end ?? .client == .client, frame == message.frame?.value ?? FrameSpec.mainName {
            let text = "what follows `\(name)`, which is sent in frame `\(frame)`, is sent in such frames anyway"
            diagnostics.error("\(text): remove `then`", at: next.frame.place)
        }
    }

    private mutating func checkStart(of end: Sender) {
        let starting = spec.frames.filter { $0.starts == end || $0.starts == .both }
        guard let second = starting.dropFirst().first else { return }
        let owner = end == .client ? "clients start" : "the server starts"
        diagnostics.error(
            "\(owner) with frame `\(starting[0].key)` and with frame `\(second.key)`: remove `starts` from one",
            at: second.place,
            first: starting[0].place,
            "`\(starting[0].key)` is here"
        )
    }

    /// Checks that each frame in which `end` sends messages comes in its stream.
    private mutating func checkReach(of end: Sender) {
        let first = spec.frames.first { $0.starts == end || $0.starts == .both }?.key ?? FrameSpec.mainName
        var reached: Set<String> = [first]
        for message in spec.messages {
            for next in message.then {
                let isOwn = next.end == nil ? message.sender == end || message.sender == .both : next.end == end
                if isOwn { reached.insert(next.frame.value) }
            }
        }
        let owner = end == .client ? "client" : "server"
        for key in [FrameSpec.mainName] + spec.frames.map(\.key) where !reached.contains(key) {
            guard let message = messages(in: key).first(where: { $0.sender == end || $0.sender == .both }) else {
                continue
            }
            let text = "`\(message.name.value)` is sent in frame `\(key)`, to which nothing leads the \(owner)"
            let start = key == FrameSpec.mainName ? "" : ", or `starts: \(owner)` to the frame"
            diagnostics.error("\(text): add `then: \(key)` to the message before it\(start)", at: message.name.place)
        }
    }

    /// Returns the messages that are sent in the frame with the name `key`.
    private func messages(in key: String) -> [MessageSpec] {
        spec.messages.filter { $0.frame?.value ?? FrameSpec.mainName == key }
    }
}

extension FrameSpec {
    /// The place of the name.
    fileprivate var place: Place { name?.place ?? headerPlace }
}
