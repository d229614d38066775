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
        var router = Router(Telemetry.self)
        router.register(Collector(store: try ReadingStore(path: database)))
        try await application.run(router)
    }
}
