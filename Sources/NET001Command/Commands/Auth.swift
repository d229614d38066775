import ArgumentParser
import NET001
import Switchboard
import SwitchboardApplication

struct Auth: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Authenticate, and print the session ID.",
        usage: "net001 auth [<options>] <user>",
        discussion: """
            The token comes from the variable NET001_TOKEN, from --token-file, or else from the first line of standard \
            input. No argument takes the token, because arguments are visible to every user of the machine. Exits with \
            1 when the server rejects the credentials.
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var token: TokenOptions

    @Argument(help: "User name, at most 255 bytes of UTF-8.")
    var user: String

    func run() async throws {
        _ = try connection.resolve()
        let credentials = Credentials(user: user, token: try token.token(of: user))
        let sessionID = try await connection.exchange { client in
            try await client.authenticate(username: credentials.user, token: credentials.token)
        }
        guard let sessionID else { throw credentials.refusal }
        try Terminal.print(sessionID.visible)
    }
}
