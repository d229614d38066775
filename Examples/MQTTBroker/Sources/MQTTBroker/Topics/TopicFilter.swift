/// The filter of a subscription, a topic in which `+` stands for one level, and `#` at the end for any number of levels.
struct TopicFilter: Sendable, Hashable {
    static let anyLevel: ExactText = "+"
    static let anyLevels: ExactText = "#"

    let name: ExactText

    /// The parts between the slashes, at least one.
    let levels: [ExactText]

    /// A filter; `nil` if it is empty, has the character U+0000 or more than `limit` levels, or if a wildcard is not a whole level or
    /// `#` is not the last one.
    init?(_ text: String, maximumLevels limit: Int) {
        name = ExactText(text)
        levels = name.levels
        guard !text.isEmpty, !name.hasNull, levels.count <= limit else { return nil }
        for (index, level) in levels.enumerated() {
            let isWildcard = level == Self.anyLevel || level == Self.anyLevels && index == levels.count - 1
            let bytes = level.text.utf8
            let hasWildcard = bytes.contains(UInt8(ascii: "+")) || bytes.contains(UInt8(ascii: "#"))
            guard isWildcard || !hasWildcard else { return nil }
        }
    }

    /// Whether the filter may match several topics.
    var hasWildcard: Bool { levels.last == Self.anyLevels || levels.contains(Self.anyLevel) }

    /// Whether the filter matches a topic.
    ///
    /// `a/#` also matches `a`. A filter that begins with a wildcard matches no topic that begins with `$`.
    func matches(_ topic: Topic) -> Bool {
        if topic.isReserved, levels.first == Self.anyLevel || levels.first == Self.anyLevels { return false }
        for (index, level) in levels.enumerated() {
            if level == Self.anyLevels { return true }
            guard index < topic.levels.count else { return false }
            guard level == Self.anyLevel || level == topic.levels[index] else { return false }
        }
        return levels.count == topic.levels.count
    }
}
