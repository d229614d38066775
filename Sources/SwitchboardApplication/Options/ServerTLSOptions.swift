import ArgumentParser
import Switchboard

/// The server's TLS configuration.
struct ServerTLSOptions: SettingGroup {
    package static let title = "TLS"

    private static let tlsSwitch = Switch("tls", "TLS", "Serve TLS.")

    package static var switches: [String: Switch] { ["tls": tlsSwitch] }

    @Flag(ServerTLSOptions.tlsSwitch)
    var tls: Bool

    @Option(Setting("cert", "CERT", isPath: true, "Certificate chain of the server, PEM file."))
    var cert: Setting<String>

    @Option(Setting("key", "KEY", isPath: true, "Private key of the server's certificate, PEM file."))
    var key: Setting<String>

    @Option(
        Setting(
            "client-ca",
            "CLIENT_CA",
            isPath: true,
            "CA certificates, PEM file. Clients must present a certificate from one of these CAs."
        )
    )
    var clientCa: Setting<String>

    @Option(
        Setting(
            "handshake-timeout",
            "HANDSHAKE_TIMEOUT",
            ServerConfiguration.handshakeTimeouts,
            default: ServerTLSConfiguration(certificateChainPath: "", privateKeyPath: "").handshakeTimeout,
            "Seconds allowed for the TLS handshake."
        )
    )
    var handshakeTimeout: Setting<Duration>

    @Option(
        Setting(
            "tls-session-lifetime",
            "TLS_SESSION_LIFETIME",
            ServerConfiguration.sessionLifetimes,
            default: ServerTLSConfiguration(certificateChainPath: "", privateKeyPath: "").sessionLifetime,
            "Seconds for which a client may resume its TLS session without a full handshake. 0 disables."
        )
    )
    var tlsSessionLifetime: Setting<Duration>

    func apply(to settings: inout ServerSettings) throws {
        let chain = try cert.givenValue()
        let privateKey = try key.givenValue()
        let authorities = try clientCa.givenValue()
        let timeout = try handshakeTimeout.value()
        let sessionLifetime = try tlsSessionLifetime.value()
        guard try Self.tlsSwitch.isOn(tls) else {
            let given = [cert, key, clientCa].filter { $0.text != nil }
            if given.isEmpty { return }
            let origins = given.map(\.origin).joined(separator: ", ")
            throw ValidationError("\(origins) requires \(Self.tlsSwitch.ways).")
        }
        guard let chain, let privateKey else {
            throw ValidationError("\(Self.tlsSwitch.given(tls).subject) requires \(cert.names) and \(key.names).")
        }
        var configuration = ServerTLSConfiguration(
            certificateChainPath: chain,
            privateKeyPath: privateKey,
            clientAuthoritiesPath: authorities
        )
        configuration.handshakeTimeout = timeout
        configuration.sessionLifetime = sessionLifetime
        settings.configuration.tls = configuration
        try settings.apply(self.settings)
    }
}
