public import SwitchboardBackplane

/// The address of Redis or Valkey, and the credentials.
///
/// | URL | meaning |
/// |---|---|
/// | `redis://HOST:6379/0` | TCP, database 0 |
/// | `rediss://USER:PASSWORD@HOST` | TLS, with an ACL user |
/// | `redis://:PASSWORD@HOST` | a password without a user name |
/// | `redis://HOST1,HOST2:6380` | a primary and its replicas: the one that takes writes is used |
/// | `redis+unix:///run/redis.sock?db=1` | a Unix-domain socket; `unix://` means the same |
/// | `redis+sentinel://HOST1,HOST2/mymaster/0` | the primary that Sentinel names; `rediss+sentinel://` for TLS |
///
/// Ports are 6379 unless the URL names them, 26379 for Sentinel. An IPv6 address stands in square brackets. User name, password,
/// path and service name may have percent-encoded bytes. The query may have `db`, and for Sentinel `sentinel_user` and
/// `sentinel_password`, the credentials for the Sentinels themselves.
public struct RedisURL: Sendable, Hashable, CustomStringConvertible {
    /// The longest URL, in bytes.
    public static let maximumBytes = EngineURL.maximumBytes

    /// The most addresses in a URL.
    public static let maximumAddresses = EngineURL.maximumAddresses

    /// The largest database number.
    public static let maximumDatabase = 65_535

    /// The kinds of addresses.
    package enum Place: Sendable, Hashable {
        /// One of these addresses.
        case servers([EngineAddress])
        /// The path of a Unix-domain socket.
        case unixSocket(String)
        /// The address of a service's primary, which the Sentinels at these addresses report.
        case sentinels([EngineAddress], service: String)
    }

    /// The user and the password of a login.
    package struct Credentials: Sendable, Hashable {
        /// The name of an ACL user; `nil` for the default user.
        package var user: String?
        /// The password.
        package var password: String
    }

    /// The address of the server.
    package let place: Place
    /// Whether the connections use TLS.
    package let usesTLS: Bool
    /// The credentials for the server.
    package let credentials: Credentials?
    /// The credentials for the Sentinels.
    package let sentinelCredentials: Credentials?
    /// The number of the database.
    package let database: Int

    /// Reads a URL.
    ///
    /// - Throws: A `BackplaneError` that says what is wrong. It never contains the password.
    public init(_ text: String) throws(BackplaneError) {
        let parts = try RedisURLParser(text).parse()
        place = parts.place
        usesTLS = parts.usesTLS
        credentials = parts.credentials
        sentinelCredentials = parts.sentinelCredentials
        database = parts.database
    }

    /// The URL without passwords.
    public var description: String {
        let scheme = usesTLS ? "rediss" : "redis"
        let user = credentials.map { ($0.user ?? "") + ":***@" } ?? ""
        func list(_ addresses: [EngineAddress]) -> String { addresses.map(\.description).joined(separator: ",") }
        return switch place {
        case .servers(let addresses): "\(scheme)://\(user)\(list(addresses))/\(database)"
        case .unixSocket(let path): "redis+unix://\(user)\(path)?db=\(database)"
        case .sentinels(let addresses, let service):
            "\(scheme)+sentinel://\(user)\(list(addresses))/\(service)/\(database)"
        }
    }
}
