import ArgumentParser
import Switchboard

/// `telemetry report`: what has been measured, by sensor.
struct Report: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints what each sensor has measured.",
        discussion: "It asks the server or, with --database, looks into the file itself."
    )

    @OptionGroup var server: ServerOptions

    @Option(help: "Only the readings of this station.")
    var station: UInt32?

    @Option(help: "Look into this file; no server is needed.")
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
