internal import SwitchboardSpec
internal import SwitchboardVocabulary
internal import SwitchboardYAML

/// What a replay does not compare: messages, and fields of one message or of all.
struct IgnoreRules {
    private var messages: Set<String> = []
    /// The paths of fields that are ignored in all messages.
    private var anywhere: Set<String> = []
    /// The paths of fields that are ignored in a message, by its name.
    private var fields: [String: Set<String>] = [:]

    /// The rules that `names` say: `Broadcast`, `Pong.timestamp`, `timestamp`, `place.x`.
    ///
    /// - Throws: A problem when the spec has no such message or field.
    init(_ names: [String], _ spec: CheckedSpec) throws(MessageInput.Problem) {
        for name in names {
            let words = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard let message = spec.allMessages.first(where: { $0.name.value == words[0] }) else {
                try Self.check(name, words, in: spec.allMessages, spec)
                anywhere.insert(name)
                continue
            }
            guard words.count > 1 else {
                messages.insert(name)
                continue
            }
            let path = Array(words.dropFirst())
            try Self.check(name, path, in: [message], spec)
            fields[words[0], default: []].insert(path.joined(separator: "."))
        }
    }

    /// Checks that one of `messages`, or its header, has the field at `path`.
    private static func check(
        _ name: String,
        _ path: [String],
        in messages: [MessageSpec],
        _ spec: CheckedSpec
    ) throws(MessageInput.Problem) {
        var known = messages.flatMap { message in
            spec.layout(of: message).fields + spec.layout(of: spec.frame(of: message)).header.fields
        }
        for (index, word) in path.enumerated() {
            let found = known.filter { $0.name == word }
            guard !found.isEmpty else {
                let isFirst = index == 0 && messages.count > 1
                let names = known.map(\.name) + (isFirst ? messages.map(\.name.value) : [])
                let what = isFirst ? "message or field" : "field"
                let hint = didYouMean(word, among: names)
                throw MessageInput.Problem(message: "--ignore \(name.visible): no \(what) `\(word.visible)`\(hint)")
            }
            known = found.flatMap { $0.step.fields(spec.plan) }
        }
    }

    /// Returns whether messages called `name` are ignored.
    func ignores(message name: String?) -> Bool { name.map { messages.contains($0) } ?? false }

    /// Returns whether the field at `path`, without the numbers of elements, is ignored in the message called `name`.
    func ignores(_ path: String, in name: String) -> Bool {
        anywhere.contains(path) || fields[name]?.contains(path) ?? false
    }
}

extension Step {
    /// Returns the fields of the structs and unions that a value of this form has.
    fileprivate func fields(_ plan: LayoutPlan) -> [FieldPlan] {
        switch self {
        case .list(let step, _), .optional(let step, _), .sized(let step, _): step.fields(plan)
        case .structure(let type): plan.layout(of: type).fields
        case .union(let type, _): plan.layouts(of: type).flatMap(\.fields)
        case .integer, .float, .boolean, .bit, .enumeration, .flags, .text, .bytes, .reserved, .reservedBits: []
        }
    }
}
