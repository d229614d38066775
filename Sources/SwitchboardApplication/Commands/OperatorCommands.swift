public import ArgumentParser

/// The commands for operators of a running server, for the command line of a program.
///
/// They use the metrics endpoint of the server. A program lists them with its own commands:
///
/// ```swift
/// static let configuration = CommandConfiguration(subcommands: [Serve.self] + OperatorCommands.all)
/// ```
public enum OperatorCommands {
    /// All commands.
    public static let all: [any ParsableCommand.Type] = [
        StatusCommand.self, TopCommand.self, KickCommand.self, DrainCommand.self, HealthcheckCommand.self,
    ]

    /// Returns the usage of a command: `net001 status [<options>]`.
    static func usage(of command: String) -> String {
        let program = CommandLine.arguments.first?.split(separator: "/").last ?? ""
        return "\(program) \(command) [<options>]"
    }
}

// The file of settings of a server has more settings than these commands.

extension StatusCommand: ReadsSomeSettings {}
extension TopCommand: ReadsSomeSettings {}
extension KickCommand: ReadsSomeSettings {}
extension DrainCommand: ReadsSomeSettings {}
extension HealthcheckCommand: ReadsSomeSettings {}
