import ArgumentParser
import Glibc
import NET001
import Switchboard
import SwitchboardApplication

/// The user that a client command authenticates as.
struct UserOptions: ParsableArguments {
    @Option(
        Setting(
            "user",
            "NET001_USER",
            "User to authenticate as after connecting. The token comes from NET001_TOKEN or --token-file."
        )
    )
    var user: Setting<String>

    @OptionGroup var token: TokenOptions

    /// Returns the credentials; `nil` when no user is set.
    func resolve() throws -> Credentials? {
        guard let user = try self.user.givenValue() else {
            guard token.tokenFile.given != nil else { return nil }
            throw token.tokenFile.error("requires \(user.names)")
        }
        if let token = try token.given() { return Credentials(user: user, token: token) }
        guard isatty(STDIN_FILENO) == 1, let token = try TokenOptions.ask(for: user) else {
            throw self.user.error("requires a token: set NET001_TOKEN or --token-file")
        }
        return Credentials(user: user, token: token)
    }
}

/// The source of a token.
///
/// Arguments are visible to every user of the machine, so no option takes the token itself.
struct TokenOptions: ParsableArguments {
    @Option(Setting("token-file", "NET001_TOKEN_FILE", "File whose first line is the token."))
    var tokenFile: Setting<String>

    /// The maximum length of a token in bytes: that of a payload.
    private static let maximumBytes = 65_535

    /// Returns the token from a file or a variable; the command line overrides NET001_TOKEN.
    func given() throws -> String? {
        if tokenFile.given == nil, let token = EnvironmentVariable.text("NET001_TOKEN") { return token }
        guard let path = try tokenFile.givenValue() else { return nil }
        do {
            guard let token = try InputFile(path: path).firstLine(limit: Self.maximumBytes), !token.isEmpty else {
                throw CommandError("\(path.quoted) has no token on its first line")
            }
            return token
        } catch {
            throw [tokenFile].naming(in: error)
        }
    }

    /// Returns the token of `user`; without a file or variable, the first line of standard input.
    func token(of user: String) throws -> String {
        if let token = try given() { return token }
        guard let token = try isatty(STDIN_FILENO) == 1 ? Self.ask(for: user) : Self.firstLineOfInput else {
            throw CommandError("standard input has no token: write the token on its first line")
        }
        return token
    }

    /// Asks for the token of `user` at the terminal.
    static func ask(for user: String) throws -> String? {
        try HiddenLine.read(prompt: "Token for \(user.visible): ", limit: maximumBytes)
    }

    private static var firstLineOfInput: String? {
        get throws { try InputFile(path: "-").firstLine(limit: maximumBytes) }
    }
}

/// The user and token that a client sends in AUTH.
struct Credentials: Sendable {
    let user: String
    let token: String

    /// The error when the server rejects the credentials.
    var refusal: CommandError { CommandError("the server refused the credentials of \(user.quoted)") }

    /// Sends AUTH.
    ///
    /// - Throws: A ``CommandError`` when the server rejects the credentials; what a request throws.
    func authenticate(_ client: Client) async throws {
        guard try await client.authenticate(username: user, token: token) != nil else { throw refusal }
    }
}
