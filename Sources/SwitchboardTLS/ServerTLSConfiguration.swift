/// The TLS settings of a server, for TLS 1.2 and 1.3.
public struct ServerTLSConfiguration: Sendable, Hashable {
    /// The path of a PEM file with the server's certificate, followed by the intermediate CA certificates.
    public var certificateChainPath: String

    /// The path of a PEM file with the private key of the server's certificate, without a password.
    public var privateKeyPath: String

    /// The path of a PEM file with CA certificates, one of which must have signed the certificate of each client; `nil`
    /// asks clients for no certificate.
    public var clientAuthoritiesPath: String?

    /// The time that a client has for the handshake, more than zero; after that, the server closes the connection.
    public var handshakeTimeout = Duration.seconds(5)

    /// A configuration.
    public init(certificateChainPath: String, privateKeyPath: String, clientAuthoritiesPath: String? = nil) {
        self.certificateChainPath = certificateChainPath
        self.privateKeyPath = privateKeyPath
        self.clientAuthoritiesPath = clientAuthoritiesPath
    }
}
