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

    @Option(help: "Seconds that a handshake may take. (environment: HANDSHAKE_TIMEOUT; default: 5)")
    var handshakeTimeout: Seconds?

    func apply(to configuration: inout ServerConfiguration) throws {
        let cert = try cert ?? EnvironmentVariable.value("CERT")
        let key = try key ?? EnvironmentVariable.value("KEY")
        let clientCA = try clientCa ?? EnvironmentVariable.value("CLIENT_CA")
        guard try tls || EnvironmentVariable.flag("TLS") else {
            if cert == nil, key == nil, clientCA == nil { return }
            throw ValidationError("--cert, --key and --client-ca are for --tls (TLS): add it, or leave them out.")
        }
        guard let cert, let key else { throw ValidationError("--tls (TLS) needs --cert (CERT) and --key (KEY).") }
        var tls = ServerTLSConfiguration(
            certificateChainPath: cert,
            privateKeyPath: key,
            clientAuthoritiesPath: clientCA
        )
        if let timeout = try handshakeTimeout ?? EnvironmentVariable.value("HANDSHAKE_TIMEOUT") {
            tls.handshakeTimeout = timeout.duration
        }
        configuration.tls = tls
    }
}
