import ArgumentParser
import Switchboard

/// `telemetry serve`: runs the server.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Runs the server until Ctrl-C.")

    @OptionGroup var server: ServerOptions

    @Option(help: "Database file; it is created if it does not exist.")
    var database = "telemetry.sqlite"

    func run() async throws {
        let collector = Collector(store: try ReadingStore(path: database))
        var router = Router(Telemetry.self)
        router.register(collector)
        try await Server(router, configuration: .init(host: server.host, port: server.port)).run()
    }
}
