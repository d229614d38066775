import ArgumentParser
import Switchboard
import SwitchboardApplication

/// `telemetry serve`: runs the server.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Runs the server until Ctrl-C.")

    @OptionGroup var options: ServerOptions

    @Option(help: "Database file; it is created if it does not exist.")
    var database = "telemetry.sqlite"

    func run() async throws {
        let application = try ServerApplication("telemetry", options)
        try await application.run(.telemetry(try ReadingStore(path: database)))
    }
}
