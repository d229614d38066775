import ArgumentParser
import Switchboard

/// Whether, and how, the server speaks TLS.
struct ServerTLSOptions: ParsableArguments {
    @Flag(help: "Speak TLS. (environment: TLS)")
    var tls = false

    @Option(help: "A file with the server's certificate and those above it, in PEM. (environment: CERT)")
    var cert: String?

    @Option(help: "A file with the certificate's private key, in PEM. (environment: KEY)")
    var key: String?

    @Option(
        help: "A file with the authorities from which clients must have a certificate, in PEM. (environment: CLIENT_CA)"
    )
    var clientCa: String?

    @Option(
        parsing: .unconditional,
        help: "Seconds that a handshake may take. (environment: HANDSHAKE_TIMEOUT; default: 5)"
    )
    var handshakeTimeout: String?

    func apply(to settings: inout ServerSettings) throws {
        let certSetting = Setting("--cert", cert, variable: "CERT")
        let keySetting = Setting("--key", key, variable: "KEY")
        let clientCASetting = Setting("--client-ca", clientCa, variable: "CLIENT_CA")
        let cert = try certSetting.string()
        let key = try keySetting.string()
        let clientCA = try clientCASetting.string()
        let timeoutSetting = Setting("--handshake-timeout", handshakeTimeout, variable: "HANDSHAKE_TIMEOUT")
        let timeout = try timeoutSetting.seconds()
        guard try tls || EnvironmentVariable.flag("TLS") else {
            let given = [certSetting, keySetting, clientCASetting].filter { $0.text != nil }
            if given.isEmpty { return }
            throw ValidationError("\(given.map(\.origin).joined(separator: ", ")) requires --tls (TLS=1).")
        }
        guard let cert, let key else { throw ValidationError("--tls (TLS) requires --cert (CERT) and --key (KEY).") }
        var tls = ServerTLSConfiguration(
            certificateChainPath: cert,
            privateKeyPath: key,
            clientAuthoritiesPath: clientCA
        )
        if let timeout { tls.handshakeTimeout = timeout }
        settings.set(\.tls, to: tls, from: certSetting, keySetting, clientCASetting, timeoutSetting)
    }
}
