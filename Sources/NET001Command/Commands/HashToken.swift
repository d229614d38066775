import ArgumentParser
import NET001

struct HashToken: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print a line for the file of credentials.",
        usage: "net001 hash-token [<options>] <user>",
        discussion: """
            The token is read from the variable NET001_TOKEN, the file --token-file or, without them, from the first \
            line of standard input; never from the arguments, which everybody on the machine can see.

              net001 hash-token alice >> credentials && chmod 600 credentials
            """
    )

    @OptionGroup var token: TokenOptions

    @Argument(help: "The user's name: 1 to 255 bytes of UTF-8, without a colon and without spaces.")
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
