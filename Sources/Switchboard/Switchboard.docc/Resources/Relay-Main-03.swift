import NET001
import ServiceLifecycle
import Switchboard

@main
struct Main {
    static func main() async throws {
        let logger = Logger(label: "relay")
        let credentials = try CredentialFile(path: "/etc/relay/credentials")
        let server = try Server(.net001(authenticator: credentials), configuration: .relay, logger: logger)
        let group = ServiceGroup(
            services: [Reloading(server: server, credentials: credentials, logger: logger), server],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        try await group.run()
    }
}
