/// How a server speaks TLS: versions 1.2 and 1.3, and nothing older.
public struct ServerTLSConfiguration: Sendable, Hashable {
    /// The path of a file with the server's certificate, followed by those of the authorities between it and one that
    /// clients know, in PEM.
    public var certificateChainPath: String

    /// The path of a file with the certificate's private key, in PEM and without a password.
    public var privateKeyPath: String

    /// The path of a file with the authorities, in PEM, from one of which each client must have a certificate; `nil` to
    /// ask clients for none.
    public var clientAuthoritiesPath: String?

    /// How long a client may take for the handshake: more than zero.
    ///
    /// Then it is closed.
    public var handshakeTimeout = Duration.seconds(5)

    /// A configuration.
    public init(certificateChainPath: String, privateKeyPath: String, clientAuthoritiesPath: String? = nil) {
        self.certificateChainPath = certificateChainPath
        self.privateKeyPath = privateKeyPath
        self.clientAuthoritiesPath = clientAuthoritiesPath
    }
}
