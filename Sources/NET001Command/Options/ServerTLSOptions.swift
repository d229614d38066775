import ArgumentParser
import Switchboard

/// The server's TLS configuration.
struct ServerTLSOptions: ParsableArguments {
    @Flag(help: "Serve TLS. (environment: TLS)")
    var tls = false

    @Option(Setting("cert", "CERT", "Certificate chain of the server, PEM file."))
    var cert: Setting

    @Option(Setting("key", "KEY", "Private key of the server's certificate, PEM file."))
    var key: Setting

    @Option(
        Setting(
            "client-ca",
            "CLIENT_CA",
            "CA certificates, PEM file. Clients must present a certificate from one of these CAs."
        )
    )
    var clientCa: Setting

    @Option(
        Setting(
            "handshake-timeout",
            "HANDSHAKE_TIMEOUT",
            "Seconds allowed for the TLS handshake.",
            default: Setting.seconds(
                ServerTLSConfiguration(certificateChainPath: "", privateKeyPath: "").handshakeTimeout
            ),
            unit: "s",
            property: "tls.handshakeTimeout"
        )
    )
    var handshakeTimeout: Setting

    func apply(to settings: inout ServerSettings) throws {
        let chain = try cert.string()
        let privateKey = try key.string()
        let authorities = try clientCa.string()
        let timeout = try handshakeTimeout.seconds()
        guard try tls || EnvironmentVariable.flag("TLS") else {
            let given = [cert, key, clientCa].filter { $0.text != nil }
            if given.isEmpty { return }
            throw ValidationError("\(given.map(\.origin).joined(separator: ", ")) requires --tls (TLS=1).")
        }
        guard let chain, let privateKey else {
            throw ValidationError("--tls (TLS) requires --cert (CERT) and --key (KEY).")
        }
        var configuration = ServerTLSConfiguration(
            certificateChainPath: chain,
            privateKeyPath: privateKey,
            clientAuthoritiesPath: authorities
        )
        if let timeout { configuration.handshakeTimeout = timeout }
        settings.configuration.tls = configuration
        try settings.apply(self.settings)
    }
}
