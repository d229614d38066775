/// How a client speaks TLS: versions 1.2 and 1.3, and nothing older.
public struct ClientTLSConfiguration: Sendable, Hashable {
    /// How much a client wants to know of the server.
    public enum Verification: Sendable, Hashable {
        /// Its certificate must come from an authority and be for the host that was asked for.
        case full
        /// Nothing: anybody on the way can read and change what is sent.
        case insecureNone
    }

    /// The path of a file with the authorities to believe, in PEM; `nil` for those of the system.
    public var authoritiesPath: String?

    /// The name, or the address, that the server's certificate must be for; `nil` for the host that is connected to.
    public var serverName: String?

    /// How much to verify.
    public var verification = Verification.full

    /// The path of a file with a certificate to show a server that asks for one, in PEM.
    public var certificateChainPath: String?

    /// The path of a file with the private key of that certificate, in PEM and without a password.
    public var privateKeyPath: String?

    /// A configuration.
    ///
    /// - Parameter authoritiesPath: See ``authoritiesPath``.
    public init(authoritiesPath: String? = nil) {
        self.authoritiesPath = authoritiesPath
    }
}
