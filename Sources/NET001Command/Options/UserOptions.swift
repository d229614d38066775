import ArgumentParser
import Glibc
import NET001
import Switchboard

/// Who a client authenticates as.
struct UserOptions: ParsableArguments {
    @Option(
        help: """
            Authenticate as this user before anything else, with the token from NET001_TOKEN or --token-file. \
            (environment: NET001_USER)
            """
    )
    var user: String?

    @OptionGroup var token: TokenOptions

    /// The credentials, when a user was named.
    func resolve() throws -> Credentials? {
        let setting = Setting("--user", user, variable: "NET001_USER")
        guard let user = try setting.string() else {
            guard let file = token.tokenFile else { return nil }
            throw ValidationError("--token-file \(file.quoted) requires --user (NET001_USER).")
        }
        if let token = try token.given() { return Credentials(user: user, token: token) }
        guard isatty(STDIN_FILENO) == 1, let token = try TokenOptions.ask(for: user) else {
            throw setting.error("requires a token: set NET001_TOKEN, or name a file with --token-file")
        }
        return Credentials(user: user, token: token)
    }
}

/// Where a token comes from: never from the arguments, which everybody on the machine can see.
struct TokenOptions: ParsableArguments {
    @Option(help: "A file whose first line is the token. (environment: NET001_TOKEN_FILE)")
    var tokenFile: String?

    /// The longest token, in bytes: what a message has room for.
    private static let maximumBytes = 65_535

    /// The token from a file or a variable: the command line wins, then NET001_TOKEN.
    func given() throws -> String? {
        if tokenFile == nil, let token = EnvironmentVariable.text("NET001_TOKEN") { return token }
        let setting = Setting("--token-file", tokenFile, variable: "NET001_TOKEN_FILE")
        guard let path = try setting.string() else { return nil }
        do {
            guard let token = try InputFile(path: path).firstLine(limit: Self.maximumBytes), !token.isEmpty else {
                throw CommandError("\(path.quoted) has no token in its first line")
            }
            return token
        } catch {
            throw [setting].naming(in: error)
        }
    }

    /// The token of `user`: one that is given or, without it, the first line of standard input.
    func token(of user: String) throws -> String {
        if let token = try given() { return token }
        guard let token = try isatty(STDIN_FILENO) == 1 ? Self.ask(for: user) : Self.firstLineOfInput else {
            throw CommandError("no token: standard input ended before its first line did")
        }
        return token
    }

    /// Asks for the token of `user` at the terminal.
    static func ask(for user: String) throws -> String? {
        try HiddenLine.read(prompt: "Token for \(Bytes(utf8: user).printable): ", limit: maximumBytes)
    }

    private static var firstLineOfInput: String? {
        get throws { try InputFile(path: "-").firstLine(limit: maximumBytes) }
    }
}

/// What a client shows in AUTH.
struct Credentials: Sendable {
    let user: String
    let token: String

    /// The error when the server refuses them.
    var refusal: CommandError { CommandError("the server refused the credentials of \(user.quoted)") }

    /// Authenticates.
    ///
    /// - Throws: A ``CommandError`` when the server refuses, or what a request throws.
    func authenticate(_ client: Client) async throws {
        guard try await client.authenticate(username: user, token: token) != nil else { throw refusal }
    }
}
