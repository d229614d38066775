import ArgumentParser
import Switchboard

/// `telemetry report`: prints a summary for each sensor.
struct Report: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints a summary for each sensor.",
        discussion: "Requests the summaries from the server. With --database, reads the file directly."
    )

    @OptionGroup var server: ServerAddress

    @Option(help: "Print only the sensors of this station.")
    var station: UInt32?

    @Option(help: "Database file to read, instead of a server.")
    var database: String?

    func run() async throws {
        print(SummaryTable(try await summaries()).text, terminator: "")
    }

    private func summaries() async throws -> [Telemetry.Summary] {
        if let database { return try await ReadingStore(path: database).summaries(of: station) }
        let client = try await Client.connect(host: server.host, port: server.port, speaking: Telemetry.self)
        let report = try await client.request(Telemetry.Ask(station: station))
        await client.close()
        return report.summaries
    }
}
