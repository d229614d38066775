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

    /// The time for which a client may resume its session without a full handshake, with TLS 1.3: 0 to 7 days, in whole seconds (a
    /// fraction is rounded up); 0 disables.
    ///
    /// The server sends the session to the client in an encrypted ticket. It makes a new key for tickets after each
    /// lifetime, and when it reads the certificates again: then no earlier session can be resumed. With
    /// ``clientAuthoritiesPath``, it resumes no session whose client certificate has expired.
    public var sessionLifetime = Duration.seconds(3600)

    /// A configuration.
    public init(certificateChainPath: String, privateKeyPath: String, clientAuthoritiesPath: String? = nil) {
        self.certificateChainPath = certificateChainPath
        self.privateKeyPath = privateKeyPath
        self.clientAuthoritiesPath = clientAuthoritiesPath
    }
}
