import ArgumentParser
import NET001
import Switchboard

struct Auth: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show credentials, and print the ID of the session.",
        usage: "net001 auth [<options>] <user>",
        discussion: """
            The token is read from the variable NET001_TOKEN, the file --token-file or, without them, from the first \
            line of standard input; never from the arguments, which everybody on the machine can see. Exits with 1 when \
            the server refuses.
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var token: TokenOptions

    @Argument(help: "The user's name; at most 255 bytes of UTF-8.")
    var user: String

    func run() async throws {
        _ = try connection.resolve()
        let credentials = Credentials(user: user, token: try token.token(of: user))
        let sessionID = try await connection.exchange { client in
            try await client.authenticate(username: credentials.user, token: credentials.token)
        }
        guard let sessionID else { throw credentials.refusal }
        try Terminal.print(Bytes(utf8: sessionID).printable)
    }
}
