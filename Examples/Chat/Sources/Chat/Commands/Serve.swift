import ArgumentParser
import NET001
import Switchboard
import SwitchboardApplication

/// `chat serve`: runs the server.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the server until Ctrl-C.",
        discussion:
            "Without a file of credentials, the server accepts any name. `net001 hash-token` writes lines of such a file."
    )

    @OptionGroup var options: ServerOptions
    @OptionGroup(title: "Credentials") var credentials: CredentialOptions

    func run() async throws {
        let application = try ServerApplication("chat", options, credentials)
        let users = try credentials.readFile()
        let router: Router = users.map { .chat(authenticator: $0) } ?? .chat(authenticator: AcceptAnyone())
        try await application.run(router, credentials: users)
    }
}
