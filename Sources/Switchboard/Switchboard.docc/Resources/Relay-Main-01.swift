import NET001
import ServiceLifecycle
import Switchboard

@main
struct Main {
    static func main() async throws {
        let server = try Server(.net001())
        let group = ServiceGroup(
            services: [server],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Logger(label: "relay")
        )
        try await group.run()
    }
}
