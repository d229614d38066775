import ArgumentParser
import Switchboard

/// Whether, and how, a client speaks TLS.
struct ClientTLSOptions: ParsableArguments {
    @Flag(help: "Speak TLS. (environment: TLS)")
    var tls = false

    @Option(help: "CA certificates to trust, PEM file; without it, those of the system. (environment: CA)")
    var ca: String?

    @Option(help: "The client's certificate for servers that require one, PEM file. (environment: CERT)")
    var cert: String?

    @Option(help: "The private key of that certificate, PEM file. (environment: KEY)")
    var key: String?

    @Flag(help: "Skip certificate verification (testing only).")
    var insecure = false

    /// The files, as they were given.
    var settings: [Setting] {
        [
            Setting("--ca", ca, variable: "CA"), Setting("--cert", cert, variable: "CERT"),
            Setting("--key", key, variable: "KEY"),
        ]
    }

    func resolve() throws -> ClientTLSConfiguration? {
        let files = try settings.map { try $0.string() }
        guard try tls || EnvironmentVariable.flag("TLS") else {
            // Variables are no mistake: the server's certificate is named by the same ones.
            var given = settings.filter { $0.text != nil && !$0.isFromEnvironment }.map(\.origin)
            if insecure { given.append("--insecure") }
            if given.isEmpty { return nil }
            throw ValidationError("\(given.joined(separator: ", ")) requires --tls (TLS=1).")
        }
        if (files[1] == nil) != (files[2] == nil) {
            throw ValidationError("--cert (CERT) and --key (KEY) require each other.")
        }
        var configuration = ClientTLSConfiguration(authoritiesPath: files[0])
        configuration.certificateChainPath = files[1]
        configuration.privateKeyPath = files[2]
        if insecure { configuration.verification = .insecureNone }
        return configuration
    }
}
