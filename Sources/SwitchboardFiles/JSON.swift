internal import SwitchboardSpec

/// A JSON value; objects keep the order of their members.
package indirect enum JSON {
    /// An object, with its members in order.
    case object([(key: String, value: JSON)])
    /// An array.
    case array([JSON])
    /// A text.
    case string(String)
    /// A number, in its text form.
    case number(String)
    /// `true` or `false`.
    case boolean(Bool)
    /// `null`.
    case null

    /// The text of the value on one line.
    package var line: String {
        var line = ""
        append(to: &line)
        return line
    }

    private func append(to line: inout String) {
        switch self {
        case .object(let members):
            line += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { line += "," }
                line += Self.quoted(member.key)
                line += ":"
                member.value.append(to: &line)
            }
            line += "}"
        case .array(let elements):
            line += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { line += "," }
                element.append(to: &line)
            }
            line += "]"
        case .string(let string): line += Self.quoted(string)
        case .number(let digits): line += digits
        case .boolean(let value): line += value ? "true" : "false"
        case .null: line += "null"
        }
    }

    /// Returns the text of the value, on several lines where that helps a reader.
    package var text: String {
        var text = ""
        append(to: &text, indentation: "")
        return text + "\n"
    }

    private func append(to text: inout String, indentation: String) {
        switch self {
        case .object(let members):
            append(members.map { (Self.quoted($0.key) + ": ", $0.value) }, "{", "}", to: &text, indentation)
        case .array(let elements): append(elements.map { ("", $0) }, "[", "]", to: &text, indentation)
        case .string(let string): text += Self.quoted(string)
        case .number(let digits): text += digits
        case .boolean(let value): text += value ? "true" : "false"
        case .null: text += "null"
        }
    }

    private func append(
        _ items: [(label: String, value: JSON)],
        _ opening: String,
        _ closing: String,
        to text: inout String,
        _ indentation: String
    ) {
        guard !items.isEmpty else {
            text += opening + closing
            return
        }
        text += opening + "\n"
        for (index, item) in items.enumerated() {
            text += indentation + "  " + item.label
            item.value.append(to: &text, indentation: indentation + "  ")
            text += index == items.count - 1 ? "\n" : ",\n"
        }
        text += indentation + closing
    }

    private static func quoted(_ text: String) -> String {
        text.quoted { "\\u" + String(repeating: "0", count: 4 - $0.count) + $0 }
    }
}
