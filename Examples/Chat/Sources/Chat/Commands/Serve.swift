import ArgumentParser
import Foundation
import NET001
import Switchboard

/// `chat serve`: runs the server.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the server until Ctrl-C.",
        discussion:
            "Anybody may use any name, unless there is a file of credentials (`net001 hash-token` makes its lines)."
    )

    @OptionGroup var server: ServerOptions

    @Option(help: "A file with names and hashes of tokens.")
    var authFile: String?

    func run() async throws {
        let router =
            if let authFile {
                Router.chat(authenticator: try CredentialFile(path: authFile))
            } else {
                Router.chat(authenticator: AcceptAnyone())
            }
        try await Server(router, configuration: .init(host: server.host, port: server.port)).run()
    }
}
