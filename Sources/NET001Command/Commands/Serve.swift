import ArgumentParser
import NET001
import Switchboard
import SwitchboardApplication

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the server until SIGINT (Ctrl-C) or SIGTERM.",
        usage: "net001 serve [<options>]",
        discussion: """
            The first signal starts a graceful shutdown: the server stops accepting connections, answers the requests \
            that it has received, and notifies its clients. A second signal stops the server at once.
            """
    )

    @OptionGroup var server: ServerOptions
    @OptionGroup(title: "Credentials") var credentials: CredentialOptions

    func run() async throws {
        let application = try ServerApplication("net001", server, credentials)
        let users = try credentials.readFile()
        let router: Router = users.map { .net001(authenticator: $0) } ?? .net001()
        try await application.run(router, credentials: users) { [logger = application.logger] in
            if let users {
                logger.info("credentials read", metadata: ["users": "\(users.userCount)"])
            } else {
                logger.warning(
                    "AUTH accepts any user and token: set --auth-file before you expose the server to a network"
                )
            }
        }
    }
}
