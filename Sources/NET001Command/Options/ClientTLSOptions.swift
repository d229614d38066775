import ArgumentParser
import Switchboard

/// The client's TLS configuration.
struct ClientTLSOptions: ParsableArguments {
    @Flag(help: "Connect with TLS. (environment: TLS)")
    var tls = false

    @Option(
        Setting("ca", "CA", "CA certificates to trust, PEM file. Without it, the system's CA certificates are trusted.")
    )
    var ca: Setting

    @Option(Setting("cert", "CERT", "Certificate of the client for servers that require one, PEM file."))
    var cert: Setting

    @Option(Setting("key", "KEY", "Private key of the client's certificate, PEM file."))
    var key: Setting

    @Flag(help: "Skip certificate verification (testing only).")
    var insecure = false

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
