/// The topic of a message: section 4.7 of MQTT 3.1.1.
struct Topic: Sendable, Hashable {
    let name: ExactText

    /// The parts between the slashes, at least one.
    let levels: [ExactText]

    /// A topic; `nil` if it is empty, or has a wildcard, the character U+0000 or more than `limit` levels.
    init?(_ text: String, maximumLevels limit: Int) {
        name = ExactText(text)
        levels = name.levels
        guard !text.isEmpty, !name.hasNull, levels.count <= limit else { return nil }
        guard !text.utf8.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }) else { return nil }
    }

    /// Whether the topic begins with `$`: then it belongs to the broker, and no filter that begins with a wildcard matches it.
    var isReserved: Bool { name.text.utf8.first == UInt8(ascii: "$") }
}
