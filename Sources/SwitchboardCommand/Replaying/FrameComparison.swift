internal import SwitchboardCalling
internal import SwitchboardSpec

/// Compares frames of a server with those of a capture.
struct FrameComparison {
    /// The result of a comparison.
    enum Result {
        case equal
        /// The messages are different ones, or one of the frames is malformed.
        case otherMessage
        /// Fields of the same message differ.
        case fields([FieldDifference])
    }

    private let dissector: FrameDissector
    private let rules: IgnoreRules

    /// A comparison of frames that `dissector` takes apart, without the fields that `rules` ignore.
    init(_ dissector: FrameDissector, _ rules: IgnoreRules) {
        self.dissector = dissector
        self.rules = rules
    }

    /// Returns how `got`, a frame of the server, differs from `expected`.
    ///
    /// Lengths, checksums and padding follow from fields. Their differences count only if no field differs.
    func compare(_ expected: FoundFrame, _ got: FoundFrame) -> Result {
        guard expected.bytes != got.bytes else { return .equal }
        guard let message = expected.frame.message?.name.value, message == got.frame.message?.name.value,
            expected.frame.isWhole, got.frame.isWhole
        else { return .otherMessage }
        var walk = PartComparison(dissector, rules, message, expected.frame.bytes, got.frame.bytes)
        walk.compare(expected.frame.parts, got.frame.parts)
        if !walk.fields.isEmpty { return .fields(walk.fields) }
        if walk.hasIgnored { return .equal }
        if !walk.derived.isEmpty { return .fields(walk.derived) }
        // The delimiters or the escapes of a framing differ.
        let parts = FieldDifference(field: "frame", texts: PartText.excerpts(expected.bytes, got.bytes))
        return .fields([parts])
    }
}

/// A field of a frame that differs from the one in the capture.
struct FieldDifference {
    /// The path of the field, such as `place.x` or `shapes[2].radius`.
    let field: String
    /// The value in the capture and that of the server, as people read them; `nil` for a field that is not there.
    let texts: (expected: String?, got: String?)
}

/// Compares the parts of two frames with the same message.
private struct PartComparison {
    private let dissector: FrameDissector
    private let rules: IgnoreRules
    private let message: String
    private let expectedBytes: [UInt8]
    private let gotBytes: [UInt8]
    /// The fields that differ.
    private(set) var fields: [FieldDifference] = []
    /// The parts that follow from fields, and differ.
    private(set) var derived: [FieldDifference] = []
    /// Whether a field that is ignored differs.
    private(set) var hasIgnored = false

    /// Where a part is: `text` has the numbers of elements, `rule` does not.
    private struct Path {
        var (text, rule) = ("", "")

        func appending(_ name: String) -> Path {
            if name.hasPrefix("[") { return Path(text: text + name, rule: rule) }
            return Path(text: text.isEmpty ? name : "\(text).\(name)", rule: rule.isEmpty ? name : "\(rule).\(name)")
        }
    }

    init(
        _ dissector: FrameDissector,
        _ rules: IgnoreRules,
        _ message: String,
        _ expectedBytes: [UInt8],
        _ gotBytes: [UInt8]
    ) {
        self.dissector = dissector
        self.rules = rules
        self.message = message
        self.expectedBytes = expectedBytes
        self.gotBytes = gotBytes
    }

    mutating func compare(_ expected: [Part], _ got: [Part]) { compare(expected, got, at: Path()) }

    private mutating func compare(_ expected: [Part], _ got: [Part], at path: Path) {
        var indexes: [String: [Int]] = [:]
        for index in got.indices.reversed() { indexes[got[index].name, default: []].append(index) }
        for part in expected {
            let other = indexes[part.name]?.popLast().map { got[$0] }
            compare(part, other, at: path.appending(part.name))
        }
        for index in indexes.values.joined().sorted() { compare(nil, got[index], at: path.appending(got[index].name)) }
    }

    private mutating func compare(_ expected: Part?, _ got: Part?, at path: Path) {
        let (expectedContent, gotContent) = (expected?.content(of: expectedBytes), got?.content(of: gotBytes))
        guard expectedContent != gotContent, let part = expected ?? got else { return }
        guard !rules.ignores(path.rule, in: message) else {
            hasIgnored = true
            return
        }
        if let expected, let got, !expected.children.isEmpty, !got.children.isEmpty,
            !expected.isChoice || expected.text == got.text
        {
            return compare(expected.children, got.children, at: path)
        }
        var texts = (expected: expected.map { text(of: $0) }, got: got.map { text(of: $0) })
        if let expectedContent, let gotContent, texts.expected == texts.got {
            texts =
                dissector.hides(part)
                ? ("<secret>", "another <secret>") : PartText.excerpts(expectedContent, gotContent)
        }
        let difference = FieldDifference(field: path.text, texts: texts)
        if part.followsFromFields { derived.append(difference) } else { fields.append(difference) }
    }

    private func text(of part: Part) -> String { PartText(dissector).text(of: part) }
}

/// The texts of parts for people, on one line each.
struct PartText {
    /// The number of parts of a struct or a list that are shown.
    private static let maximumParts = 8
    /// The number of bytes of an excerpt.
    private static let excerptBytes = 16

    private let dissector: FrameDissector

    /// The texts of parts that `dissector` has taken apart.
    init(_ dissector: FrameDissector) {
        self.dissector = dissector
    }

    /// Returns the value of `part`; a struct, a list or a union has the values of its parts.
    func text(of part: Part) -> String {
        if dissector.hides(part) { return "<secret>" }
        if part.children.isEmpty { return part.text.isEmpty ? "nothing" : part.text }
        let children = part.children.filter { !$0.followsFromFields }
        let isList = children.contains { $0.name.hasPrefix("[") }
        var texts = children.prefix(Self.maximumParts).map { isList ? text(of: $0) : "\($0.name): \(text(of: $0))" }
        if children.count > texts.count { texts.append("…") }
        let joined = texts.joined(separator: ", ")
        if isList { return "[\(joined)]" }
        return (part.isChoice ? "\(part.text) " : "") + (joined.isEmpty ? "{}" : "{ \(joined) }")
    }

    /// Returns the name of the message in `frame` with the values of its fields, or why it has none.
    func text(of frame: Dissection) -> String {
        let name = frame.message?.name.value
        if let problem = frame.problem {
            return "a malformed \(name.map { "\($0) frame" } ?? "frame"): \(problem.message)"
        }
        guard let name else { return "an unknown message" }
        let fields = frame.payload.filter { !$0.followsFromFields }
        guard !fields.isEmpty else { return name }
        var texts = fields.prefix(Self.maximumParts).map { "\($0.name): \(text(of: $0))" }
        if fields.count > texts.count { texts.append("…") }
        return "\(name) { \(texts.joined(separator: ", ")) }"
    }

    /// Returns the bytes of two values from the first difference on.
    static func excerpts(_ expected: [UInt8], _ got: [UInt8]) -> (expected: String?, got: String?) {
        let start = zip(expected, got).prefix { $0 == $1 }.count
        func excerpt(_ bytes: [UInt8]) -> String {
            let rest = bytes.dropFirst(start)
            let shown = Array(rest.prefix(excerptBytes)).hexadecimal
            let text = shown.isEmpty ? "nothing" : shown + (rest.count > excerptBytes ? "…" : "")
            return start == 0 ? text : "\(text) from byte \(start) on"
        }
        return (excerpt(expected), excerpt(got))
    }
}

extension Part {
    /// Whether the part says only what other parts say.
    fileprivate var followsFromFields: Bool {
        switch role {
        case .length, .presence, .tag, .end, .padding, .checksum: true
        case .value, .magic, .version, .code, .reserved, .ignored, .unread: isDerived
        }
    }

    /// Whether the part is a union with a known case.
    fileprivate var isChoice: Bool { if case .choice = value { true } else { false } }

    /// Returns the bytes of the part in `frame`, without the bits of other parts.
    fileprivate func content(of frame: [UInt8]) -> [UInt8] {
        let content = frame[bytes.clamped(to: frame.indices)]
        guard let mask else { return Array(content) }
        return zip(content, mask).map { $0 & $1 }
    }
}
