/// A text that is equal to another text only if the bytes of both are equal.
///
/// MQTT compares bytes, but equal Swift strings may have different bytes: "é" has two spellings in UTF-8.
struct ExactText: Sendable, Hashable, ExpressibleByStringLiteral {
    let text: String

    init(_ text: String) { self.text = text }

    init(stringLiteral text: String) { self.text = text }

    static func == (first: ExactText, second: ExactText) -> Bool { first.text.utf8.elementsEqual(second.text.utf8) }

    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
        hasher.combine(0xFF as UInt8)
    }
}

extension ExactText {
    /// The number of bytes.
    var byteCount: Int { text.utf8.count }

    /// Whether the text has the character U+0000, which MQTT does not allow.
    var hasNull: Bool { text.utf8.contains(0) }

    /// The parts between the slashes, at least one.
    var levels: [ExactText] {
        text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
            ExactText(String(Substring($0)))
        }
    }
}
