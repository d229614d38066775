import ArgumentParser
import Serving
import Switchboard

/// `smpp-server`: runs the message centre.
@main
struct SMPPServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "smpp-server",
        abstract: "A message centre for SMPP 3.4; runs until Ctrl-C."
    )

    @OptionGroup var serving: ServingOptions

    @Option(help: "TCP port to listen on.")
    var port = 2775

    @Option(help: "System ID and password of an account, as NAME:PASSWORD; may be given several times.")
    var account: [String]

    @Option(help: "Messages to keep, 1 to 100000; at the limit, new messages are refused unless others have ended.")
    var messages = Limits().messages

    @Option(
        help:
            "Seconds between two requests whether clients are there, 1 to 3600; a silent client is closed after twice as long."
    )
    var enquireInterval = 30

    func validate() throws {
        guard (1...100_000).contains(messages) else { throw ValidationError("--messages must be 1 to 100000") }
        guard (1...3600).contains(enquireInterval) else {
            throw ValidationError("--enquire-interval must be 1 to 3600")
        }
        _ = try passwords
    }

    func run() async throws {
        var configuration = serving.configuration(port: port)
        // A client is authenticated by its bind, which it must send within this time.
        configuration.requiresAuthentication = true
        configuration.authenticationTimeout = .seconds(10)
        // A client that is there answers within this time, if only the requests of the centre.
        if serving.idleTimeout == 0 { configuration.idleTimeout = .seconds(2 * enquireInterval) }
        var limits = Limits()
        limits.messages = messages
        let centre = Shared(Centre(limits, passwords: try passwords))
        let server = try Server(.smpp(centre), configuration: configuration)
        let keeping = Task { [enquireInterval] in
            var seconds = 0
            while true {
                try await Task.sleep(for: .seconds(1))
                seconds = (seconds + 1) % enquireInterval
                centre.use { centre in
                    centre.expire()
                    if seconds == 0 { centre.enquire() }
                    centre.flush()
                }
            }
        }
        defer { keeping.cancel() }
        try await server.run()
    }

    /// The passwords by system ID.
    private var passwords: [String: String] {
        get throws {
            var passwords: [String: String] = [:]
            for text in account {
                let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                guard parts.count == 2, (1...15).contains(parts[0].count), parts[1].count <= 8 else {
                    throw ValidationError(
                        "--account must be NAME:PASSWORD, with 1 to 15 characters in the name and up to 8 in the password"
                    )
                }
                passwords[parts[0]] = parts[1]
            }
            return passwords
        }
    }
}
