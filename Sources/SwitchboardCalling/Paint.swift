internal import SwitchboardFiles

/// Colours of a terminal; none if the output is not one.
package struct Paint {
    private let isOn = StandardOutput.hasColours

    /// The colours of standard output.
    package init() {}

    /// Text that matters less.
    package func dim(_ text: String) -> String { painted(text, "2") }
    /// A heading.
    package func bold(_ text: String) -> String { painted(text, "1") }
    /// The name of a part.
    package func name(_ text: String) -> String { painted(text, "36") }
    /// A mistake.
    package func mistake(_ text: String) -> String { painted(text, "31") }

    private func painted(_ text: String, _ code: String) -> String {
        isOn && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
