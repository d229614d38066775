import ArgumentParser
import Switchboard

/// `telemetry serve`: keeps what stations send.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Runs the server until Ctrl-C.")

    @OptionGroup var server: ServerOptions

    @Option(help: "The file of the database; it is made if it is not there.")
    var database = "telemetry.sqlite"

    func run() async throws {
        let collector = Collector(store: try ReadingStore(path: database))
        var router = Router(Telemetry.self)
        router.register(collector)
        try await Server(router, configuration: .init(host: server.host, port: server.port)).run()
    }
}
