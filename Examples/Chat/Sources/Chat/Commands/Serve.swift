import ArgumentParser
import Foundation
import NET001
import Switchboard
import SwitchboardRedis

/// `chat serve`: runs the server.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the server until Ctrl-C.",
        discussion:
            "Without a file of credentials, the server accepts any name. `net001 hash-token` writes lines of such a file."
    )

    @OptionGroup var server: ServerOptions

    @Option(help: "File of credentials: names and hashes of tokens.")
    var authFile: String?

    @Option(help: "URL of a Redis that joins several servers, such as redis://127.0.0.1:6379.")
    var backplane: String?

    func run() async throws {
        let router =
            if let authFile {
                Router.chat(authenticator: try CredentialFile(path: authFile))
            } else {
                Router.chat(authenticator: AcceptAnyone())
            }
        let backplane = try backplane.map { try RedisBackplane(url: $0) }
        let configuration = ServerConfiguration(host: server.host, port: server.port)
        try await Server(router, configuration: configuration, backplane: backplane).run()
    }
}
