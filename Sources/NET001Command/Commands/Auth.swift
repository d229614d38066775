import ArgumentParser
import Foundation
import NET001
import Switchboard

struct Auth: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show credentials, and print the ID of the session.",
        discussion: """
            The token is read from the variable NET001_TOKEN or, without it, from the first line of standard input; \
            never from the arguments, which everybody on the machine can see. Exits with 1 when the server refuses.
            """
    )

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The user's name; at most 255 bytes of UTF-8.")
    var user: String

    func run() async throws {
        let token = try Terminal.readToken(of: user)
        let sessionID = try await connection.withClient { client in
            try await client.authenticate(username: user, token: token)
        }
        guard let sessionID else {
            Terminal.print("The server refused '\(user)'.", to: .standardError)
            throw ExitCode.failure
        }
        print(sessionID)
    }
}
