import ArgumentParser
import NET001
import SwitchboardApplication

struct HashToken: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print a user:hash line for the credential file.",
        usage: "net001 hash-token [<options>] <user>",
        discussion: """
            The token comes from the variable NET001_TOKEN, from --token-file, or else from the first line of standard \
            input. No argument takes the token, because arguments are visible to every user of the machine.

              net001 hash-token alice >> credentials && chmod 600 credentials
            """
    )

    @OptionGroup var token: TokenOptions

    @Argument(help: "User name, 1 to 255 bytes of UTF-8 without colons and spaces.")
    var user: String

    func run() async throws {
        let token = try token.token(of: user)
        guard let line = CredentialFile.line(user: user, token: token) else {
            throw ValidationError(
                "A user's name has 1 to 255 bytes, no colon and no spaces, and a token 1 to 511 bytes."
            )
        }
        try Terminal.print(line)
    }
}
