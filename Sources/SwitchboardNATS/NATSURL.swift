#if NATS
public import SwitchboardBackplane

/// The addresses of NATS, and the credentials.
///
/// | URL | meaning |
/// |---|---|
/// | `nats://HOST:4222` | TCP |
/// | `tls://HOST` | TLS |
/// | `nats://USER:PASSWORD@HOST` | a user and a password |
/// | `nats://TOKEN@HOST` | a token |
/// | `nats://HOST1,HOST2:4223` | the servers of a NATS cluster: one of them is used |
/// | `nats://HOST?creds=/etc/nats/user.creds` | a file with a JWT and a seed |
/// | `nats://HOST?nkey=UABC…&seed=/etc/nats/user.nk` | a public NKey, and a file with its seed |
///
/// The port is 4222 unless the URL names one. An IPv6 address stands in square brackets. User name, password, token and paths may
/// have percent-encoded bytes.
public struct NATSURL: Sendable, Hashable, CustomStringConvertible {
    /// The longest URL, in bytes.
    public static let maximumBytes = EngineURL.maximumBytes

    /// The most addresses in a URL.
    public static let maximumAddresses = EngineURL.maximumAddresses

    /// The kinds of credentials.
    enum Credentials: Sendable, Hashable {
        case user(String, password: String)
        case token(String)
        /// The path of a file with a JWT and a seed.
        case file(String)
        /// A public key, and the path of a file with its seed.
        case key(String, seedPath: String)
    }

    /// The servers: at least one.
    let addresses: [EngineAddress]
    /// Whether the connections use TLS.
    package let usesTLS: Bool
    /// The credentials.
    let credentials: Credentials?

    /// Reads a URL.
    ///
    /// - Throws: A `BackplaneError` that says what is wrong. It never contains the password or the token.
    public init(_ text: String) throws(BackplaneError) {
        let parts = try NATSURLParser(text).parse()
        addresses = parts.addresses
        usesTLS = parts.usesTLS
        credentials = parts.credentials
    }

    /// The URL without passwords and tokens.
    public var description: String {
        let list = addresses.map(\.description).joined(separator: ",")
        let (user, query) =
            switch credentials {
            case nil: ("", "")
            case .user(let name, _): ("\(name):***@", "")
            case .token: ("***@", "")
            case .file(let path): ("", "?creds=\(path)")
            case .key(let key, let path): ("", "?nkey=\(key)&seed=\(path)")
            }
        return "\(usesTLS ? "tls" : "nats")://\(user)\(list)\(query)"
    }

    /// The files of the credentials.
    var files: [String] {
        switch credentials {
        case .file(let path), .key(_, let path): [path]
        case .user, .token, nil: []
        }
    }
}
#endif
