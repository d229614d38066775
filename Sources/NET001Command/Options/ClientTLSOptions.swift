import ArgumentParser
import Switchboard
import SwitchboardApplication

/// The client's TLS configuration.
struct ClientTLSOptions: ParsableArguments {
    private static let tlsSwitch = Switch("tls", "TLS", "Connect with TLS.")

    @Flag(ClientTLSOptions.tlsSwitch)
    var tls: Bool

    @Option(
        Setting("ca", "CA", "CA certificates to trust, PEM file. Without it, the system's CA certificates are trusted.")
    )
    var ca: Setting<String>

    @Option(Setting("cert", "CERT", "Certificate of the client for servers that require one, PEM file."))
    var cert: Setting<String>

    @Option(Setting("key", "KEY", "Private key of the client's certificate, PEM file."))
    var key: Setting<String>

    @Flag(help: "Skip certificate verification (testing only).")
    var insecure = false

    func resolve() throws -> ClientTLSConfiguration? {
        let (authorities, chain, privateKey) = try (ca.givenValue(), cert.givenValue(), key.givenValue())
        guard try Self.tlsSwitch.isOn(tls) else {
            // Variables without --tls are allowed: they may be meant for the server, which has the same ones.
            var given = settings.filter { $0.text != nil && !$0.isFromEnvironment }.map(\.origin)
            if insecure { given.append("--insecure") }
            if given.isEmpty { return nil }
            throw ValidationError("\(given.joined(separator: ", ")) requires \(Self.tlsSwitch.ways).")
        }
        if (chain == nil) != (privateKey == nil) {
            throw ValidationError("\(cert.names) and \(key.names) require each other.")
        }
        var configuration = ClientTLSConfiguration(authoritiesPath: authorities)
        configuration.certificateChainPath = chain
        configuration.privateKeyPath = privateKey
        if insecure { configuration.verification = .insecureNone }
        return configuration
    }
}
