public import ArgumentParser
import Switchboard

/// The command `config`, which prints and checks the settings of a server.
///
/// It takes the same options and variables as the command that runs the server. A program adds it to its subcommands:
///
/// ```swift
/// static let configuration = CommandConfiguration(subcommands: [Serve.self, ConfigCommand<Serve>.self])
/// ```
///
/// `config` prints the settings in use and where each comes from, `config --check` checks all of them, and `config --example` prints
/// a file with all settings.
public struct ConfigCommand<Serve: ParsableArguments>: ParsableCommand {
    /// The name of the command, and its help.
    public static var configuration: CommandConfiguration {
        // ArgumentParser would name a default command of the program, too.
        let program = CommandLine.arguments.first?.split(separator: "/").last ?? ""
        return CommandConfiguration(
            commandName: "config",
            abstract: "Print the settings of the server, and where each comes from.",
            usage: "\(program) config [<options>]",
            discussion: """
                Use the same options, variables and --config file as for the server. The output is a valid file of settings, \
                in which passwords are replaced by stars.
                """
        )
    }

    @Flag(exclusivity: .exclusive)
    var action: ConfigAction?

    @OptionGroup var options: Serve

    /// The command, as ArgumentParser makes it.
    public init() {}

    /// Prints or checks the settings.
    ///
    /// - Throws: An error with a line for each mistake.
    public func run() throws {
        switch action {
        case nil:
            try options.checkSettings()
            let server = options.group(ServerOptions.self)
            let defaults = try server.map { try $0.metrics.shownDefaults(serverPort: $0.listening.port.value()) } ?? [:]
            for line in SettingsText.inUse(options.settings, defaults: defaults) { try Terminal.print(line) }
        case .check:
            try check()
            try Terminal.print("\(options.settings.configurationPath?.visible ?? "settings"): ok")
        case .example:
            for line in SettingsText.example(options.sections) { try Terminal.print(line) }
        case .markdown:
            for line in SettingsText.table(options.sections) { try Terminal.print(line) }
        }
    }

    /// Checks each setting, then how they fit together, and the files that they name.
    private func check() throws {
        var mistakes: [String] = []
        do { try options.checkSettings() } catch let errors as SettingErrors { mistakes = errors.messages }
        if let server = options.group(ServerOptions.self) {
            // A setting with a mistake is not reported again.
            let others = SettingsCheck.mistakes(server, options.group(CredentialOptions.self))
            mistakes += others.filter { !mistakes.contains($0) }
        }
        if !mistakes.isEmpty { throw SettingErrors(messages: mistakes) }
    }
}

/// What the command `config` does instead of printing the settings in use.
enum ConfigAction: String, EnumerableFlag {
    case check
    case example
    case markdown

    static func help(for value: ConfigAction) -> ArgumentHelp? {
        switch value {
        case .check: "Check all settings and the files that they name, and print every mistake."
        case .example: "Print a file of settings with all settings, their defaults and ranges."
        case .markdown: "Print a table of all settings in Markdown."
        }
    }
}
