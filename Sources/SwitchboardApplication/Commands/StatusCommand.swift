public import ArgumentParser
import Switchboard

/// The command `status`: prints the state of a running server.
public struct StatusCommand: AsyncParsableCommand {
    /// The name and the help of the command.
    public static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Print the state of a running server: connections, rates, faults and memory.",
        usage: OperatorCommands.usage(of: "status"),
        discussion: "Rates are those of one second. --json prints the answer of /status, with totals instead of rates."
    )

    /// The time over which rates are computed.
    private static let interval = Duration.seconds(1)

    @OptionGroup(title: "Metrics") var endpoint: EndpointOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    /// The command, as ArgumentParser makes it.
    public init() {}

    /// Prints the state.
    public func run() async throws {
        let client = try endpoint.makeClient(for: "status")
        if json {
            let text = try await endpoint.ask { try await client.status() }
            _ = try StatusReport(checking: text)
            return try Terminal.print(Self.harmless(text))
        }
        var figures = StatusFigures(try await endpoint.ask { try await client.report() })
        try await Task.sleep(for: Self.interval)
        figures.add(try await endpoint.ask { try await client.report() })
        for line in StatusScreen(figures: figures).summary { try Terminal.print(line) }
    }

    /// Returns `json` with escape sequences for the characters of its texts that could control a terminal.
    private static func harmless(_ json: String) -> String {
        json.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
