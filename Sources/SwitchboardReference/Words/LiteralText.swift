internal import SwitchboardSpec

extension Literal {
    /// The value in the form of the spec.
    var text: String {
        switch self {
        case .text(let text, let isPlain): isPlain ? text : "\"\(text)\""
        case .nothing: "null"
        case .list(let items): items.isEmpty ? "[]" : "[ \(items.map(\.value.text).joined(separator: ", ")) ]"
        case .mapping(let entries):
            entries.isEmpty
                ? "{}"
                : "{ \(entries.map { "\($0.name.value): \($0.literal.value.text)" }.joined(separator: ", ")) }"
        }
    }
}

extension [UInt8] {
    /// The bytes in hexadecimal, with a space between each two.
    var spaced: String { map { [$0].hexadecimal.uppercased() }.joined(separator: " ") }

    /// The bytes as a reader knows them: text in quotes if all are printable ASCII characters, and in hexadecimal.
    var named: Words {
        let isText = count > 1 && allSatisfy { (0x21...0x7E).contains($0) }
        let text = isText ? Words(.text(" (")) + Words(.code(String(decoding: self, as: UTF8.self))) + ")" : []
        return Words(.code(spaced)) + text
    }
}
