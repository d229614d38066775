import Switchboard

/// The settings of a server as text: those in use, an example of a file of settings, and a table for documentation.
enum SettingsText {
    /// The highest number of characters before the comment of a line.
    private static let commentColumn = 48

    /// The highest number of characters of a comment of the example.
    private static let exampleWidth = 100

    // MARK: Settings in use

    /// Returns a line for each setting: its value and where that comes from, as lines of a file of settings.
    ///
    /// - Parameter defaults: Texts of defaults in place of those of the help, by the keys of the settings.
    static func inUse(_ settings: [any SettingSource], defaults: [String: String] = [:]) -> [String] {
        let lines = settings.filter { $0.key != SettingsFile.ownKey }.map { setting in
            let value = setting.written.map { written in
                // A value without its password is of no use in a file.
                "\(setting.hasSecret ? "# " : "")\(setting.key): \(yaml(written))"
            }
            let shown = defaults[setting.key] ?? setting.shownDefault ?? "none"
            return (text: value ?? "# \(setting.key): \(shown)", source: source(of: setting))
        }
        let width = min(lines.map(\.text.count).max() ?? 0, commentColumn)
        return lines.map { line in
            let space = String(repeating: " ", count: max(width - line.text.count, 0))
            return "\(line.text)\(space)  # \(line.source)"
        }
    }

    /// Returns where the value of a setting comes from.
    static func source(of setting: any SettingSource) -> String {
        switch setting.source {
        case nil: "default"
        case .commandLine: "command line"
        case .environment(let name): "environment variable \(name)"
        case .file(let file, let value): file.at(value.place)
        }
    }

    // MARK: Example

    /// Returns a file of settings in which all settings are comments, with their defaults.
    static func example(_ sections: [SettingSection]) -> [String] {
        var lines = wrapped(
            """
            To change a setting, remove the # before it. The command line and the environment override this file. Times are in \
            seconds. A relative path begins at the folder of this file.
            """
        )
        for section in sections {
            let settings = section.settings.filter { $0.key != SettingsFile.ownKey }
            if settings.isEmpty { continue }
            if let title = section.title { lines += ["", "## \(title)"] }
            for setting in settings { lines += [""] + example(setting) }
        }
        return lines
    }

    private static func example(_ setting: any SettingSource) -> [String] {
        var notes = [setting.summary]
        if let range = setting.range { notes.append("Range: \(range).") }
        if let text = setting.shownDefault ?? setting.writtenDefault { notes.append("Default: \(text).") }
        if setting.isReloadable { notes.append("SIGHUP changes it.") }
        let value = setting.writtenDefault.map(yaml) ?? (setting.isPath ? "/path/to/file" : "VALUE")
        return wrapped(notes.joined(separator: " ")) + ["#\(setting.key): \(value)"]
    }

    /// Returns a text in comments.
    private static func wrapped(_ text: String) -> [String] {
        var lines: [String] = []
        var line = "#"
        for word in text.split(separator: " ") {
            if line.count + word.count + 1 > exampleWidth {
                lines.append(line)
                line = "#"
            }
            line += " \(word)"
        }
        return lines + [line]
    }

    // MARK: Table

    /// Returns a table of all settings in Markdown.
    static func table(_ sections: [SettingSection]) -> [String] {
        var lines = ["| setting | variable | range | default | SIGHUP | effect |", "|---|---|---|---|---|---|"]
        for setting in sections.flatMap(\.settings) {
            let variable = setting.variable.map { "`\(EnvironmentVariable.name(of: $0))`" } ?? "–"
            let isFlag = setting is Switch
            let text = setting.shownDefault ?? (isFlag ? "off" : "none")
            let cells = [
                "`\(setting.key)`", variable, setting.range ?? (isFlag ? "true or false" : "–"), text,
                setting.isReloadable ? "yes" : "–", setting.summary.replacing("|", with: "\\|"),
            ]
            lines.append("| \(cells.joined(separator: " | ")) |")
        }
        return lines
    }

    // MARK: YAML

    /// Returns a text as a value in YAML, with quotes where it needs them.
    private static func yaml(_ text: String) -> String {
        let isPlain = text.wholeMatch(of: /[A-Za-z0-9\/._][A-Za-z0-9\/._:@,?&=%+*-]*/) != nil && !text.hasSuffix(":")
        return isPlain && !["null", "~", ""].contains(text)
            ? text : text.quoted { "\\x\(String(repeating: "0", count: 2 - $0.count))\($0)" }
    }
}
