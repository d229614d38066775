import ArgumentParser
import Serving
import Switchboard

/// `memcached-server`: runs the server.
@main
struct MemcachedServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memcached-server",
        abstract: "A server for memcached's binary protocol; runs until Ctrl-C."
    )

    @OptionGroup var serving: ServingOptions

    @Option(help: "TCP port to listen on.")
    var port = 11211

    @Option(help: "Megabytes of keys and values, 1 to 65536; above it, the entries used least recently are removed.")
    var memory = 64

    @Option(help: "Bytes in a value, 1 to 1048576; larger values are refused.")
    var maxValue = Limits.largestValue

    func validate() throws {
        guard (1...65_536).contains(memory) else { throw ValidationError("--memory must be 1 to 65536") }
        guard (1...Limits.largestValue).contains(maxValue) else {
            throw ValidationError("--max-value must be 1 to \(Limits.largestValue)")
        }
    }

    func run() async throws {
        let limits = Limits(memoryBytes: memory * 1024 * 1024, valueBytes: maxValue)
        let router = Router.memcached(Shared(Cache(limits)))
        try await Server(router, configuration: serving.configuration(port: port)).run()
    }
}
