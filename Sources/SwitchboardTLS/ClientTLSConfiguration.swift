/// The TLS settings of a client, for TLS 1.2 and 1.3.
public struct ClientTLSConfiguration: Sendable, Hashable {
    /// How a client verifies the server.
    public enum Verification: Sendable, Hashable {
        /// The server's certificate must be signed by a trusted CA, and name the host that the client connects to.
        case full
        /// The certificate is not verified (testing only): anyone who controls the network can read and change all
        /// traffic.
        case insecureNone
    }

    /// The path of a PEM file with the CA certificates to trust; `nil` for the CA certificates of the system.
    public var authoritiesPath: String?

    /// The host name or address that the server's certificate must have; `nil` for the host that the client connects
    /// to.
    public var serverName: String?

    /// How the client verifies the server.
    public var verification = Verification.full

    /// The path of a PEM file with the client's certificate, for servers that ask for one.
    public var certificateChainPath: String?

    /// The path of a PEM file with the private key of the client's certificate, without a password.
    public var privateKeyPath: String?

    /// A configuration.
    ///
    /// - Parameter authoritiesPath: See ``authoritiesPath``.
    public init(authoritiesPath: String? = nil) {
        self.authoritiesPath = authoritiesPath
    }
}
