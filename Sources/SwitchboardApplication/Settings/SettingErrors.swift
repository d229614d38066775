package import ArgumentParser
import SwitchboardYAML

/// A command that reads some of the settings of a server: its file of settings may have other keys.
package protocol ReadsSomeSettings: ParsableArguments {}

extension ParsableArguments {
    /// Reads the file of settings, if one is named, and checks the texts of all settings.
    ///
    /// - Throws: ``SettingErrors``, with every mistake in the file and every setting whose text is not an allowed value.
    package func checkSettings() throws {
        try settings.check(allowsOtherKeys: self is any ReadsSomeSettings)
    }
}

extension Collection<any SettingSource> {
    /// Reads the file that the setting `config` names, if it names one, and checks all settings.
    ///
    /// From now on, settings take their values from that file.
    ///
    /// - Parameter allowsOtherKeys: Whether the file may have keys that none of these settings has.
    /// - Throws: ``SettingErrors``, with all mistakes.
    func check(allowsOtherKeys: Bool = false) throws {
        SettingsFile.use(configurationPath.map { SettingsFile(path: $0, keys: allowsOtherKeys ? nil : keys) })
        let mistakes = mistakes
        if !mistakes.isEmpty { throw SettingErrors(messages: mistakes) }
    }

    /// The setting that names the file of settings; `nil` when the program has none.
    private var configuration: (any SettingSource)? { first { $0.key == SettingsFile.ownKey } }

    /// The path of the file of settings; `nil` when none is named.
    var configurationPath: String? { configuration?.text.flatMap { $0.isEmpty ? nil : $0 } }

    /// The keys that a file may have.
    var keys: [String] { map(\.key).filter { $0 != SettingsFile.ownKey } }

    /// The mistakes of all settings and of the file in use, each in one line: those of the file come last, in its order.
    var mistakes: [String] {
        let file = SettingsFile.current
        var found = (file?.mistakes ?? []).map { mistake in
            let place = mistake.place.flatMap { file?.at($0) }
            let start = place.map { "\($0):" } ?? configuration?.origin ?? ""
            return (place: mistake.place ?? .start, message: "\(start) \(mistake.message)")
        }
        for setting in self {
            do {
                try setting.check()
            } catch {
                let message = (error as? ValidationError)?.message ?? "\(error)"
                // The command line and the environment have no places, and come first.
                var place = Place(line: 0, column: 0)
                if case .file(_, let value) = setting.source { place = value.place }
                found.append((place, message))
            }
        }
        return found.enumerated()
            .sorted { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }
            .map(\.element.message)
    }
}

/// The settings of a command whose texts are not allowed values, each with one line.
package struct SettingErrors: Error, CustomStringConvertible {
    package let messages: [String]

    /// The lines as ArgumentParser prints them: it writes `Error: ` before the first.
    package var description: String { messages.joined(separator: "\nError: ") }
}
