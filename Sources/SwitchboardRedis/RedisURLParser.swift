internal import SwitchboardBackplane

/// Reads the text of a ``RedisURL``.
struct RedisURLParser {
    struct Parts {
        var place: RedisURL.Place
        var usesTLS: Bool
        var credentials: RedisURL.Credentials?
        var sentinelCredentials: RedisURL.Credentials?
        var database: Int
    }

    private static let sentinelSchemes = ["redis+sentinel", "rediss+sentinel"]
    private static let unixSchemes = ["redis+unix", "unix"]

    private let url: EngineURL
    private let isSentinel: Bool

    init(_ text: String) throws(BackplaneError) {
        let rules = EngineURL.Rules(
            engine: "Redis",
            schemes: ["redis", "rediss"] + Self.unixSchemes + Self.sentinelSchemes,
            unixSchemes: Set(Self.unixSchemes),
            secrets: "the user name or the password"
        )
        url = try EngineURL(text, rules)
        isSentinel = Self.sentinelSchemes.contains(url.scheme)
    }

    func parse() throws(BackplaneError) -> Parts {
        let query = try query()
        let credentials = try credentials()
        if Self.unixSchemes.contains(url.scheme) { return try unixSocket(credentials, query) }
        let addresses = try url.addresses(defaultPort: isSentinel ? 26_379 : 6379)
        var segments = url.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        var place = RedisURL.Place.servers(addresses)
        if isSentinel {
            let service = try url.decoded(segments.popFirst() ?? "", "the service name")
            guard !service.isEmpty else {
                throw url.error(
                    "the name of the service that Sentinel watches is missing: redis+sentinel://HOST/SERVICE"
                )
            }
            place = .sentinels(addresses, service: service)
        }
        let database = try segments.popFirst().flatMap { segment throws(BackplaneError) in
            segment.isEmpty ? nil : try self.database(segment)
        }
        guard segments.isEmpty else {
            throw url.error("there is more in the path than the database number: \(url.path)")
        }
        if let database, let other = query.database, database != other {
            throw url.error("two database numbers are given: \(database) and \(other)")
        }
        return Parts(
            place: place,
            usesTLS: url.scheme.hasPrefix("rediss"),
            credentials: credentials,
            sentinelCredentials: query.sentinelCredentials,
            database: database ?? query.database ?? 0
        )
    }

    private func unixSocket(_ credentials: RedisURL.Credentials?, _ query: Query) throws(BackplaneError) -> Parts {
        guard url.hosts.isEmpty else {
            throw url.error(
                "the path of a Unix-domain socket is absolute, with three slashes: redis+unix:///run/redis.sock"
            )
        }
        let path = try url.decoded(url.path, "the path")
        guard path.utf8.count > 1 else { throw url.error("the path of the Unix-domain socket is missing") }
        return Parts(
            place: .unixSocket(path),
            usesTLS: false,
            credentials: credentials,
            sentinelCredentials: nil,
            database: query.database ?? 0
        )
    }

    // MARK: Parts

    private struct Query {
        var database: Int?
        var sentinelUser: String?
        var sentinelPassword: String?

        var sentinelCredentials: RedisURL.Credentials? {
            sentinelPassword.map { RedisURL.Credentials(user: sentinelUser, password: $0) }
        }
    }

    private func query() throws(BackplaneError) -> Query {
        var query = Query()
        for (name, value) in url.query {
            switch name {
            case "db": query.database = try database(value)
            case "sentinel_user" where isSentinel: query.sentinelUser = try url.decoded(value, "sentinel_user")
            case "sentinel_password" where isSentinel:
                query.sentinelPassword = try url.decoded(value, "sentinel_password")
            default:
                let allowed = isSentinel ? "db, sentinel_user and sentinel_password are" : "db is"
                throw url.error("\"\(name)\" in the query is unknown: \(allowed) allowed")
            }
        }
        guard query.sentinelUser == nil || query.sentinelPassword != nil else {
            throw url.error("sentinel_user requires sentinel_password")
        }
        return query
    }

    private func credentials() throws(BackplaneError) -> RedisURL.Credentials? {
        let text = url.credentials
        if text.isEmpty { return nil }
        guard let colon = text.firstIndex(of: ":") else {
            throw url.error(
                "a user name needs a password: write redis://USER:PASSWORD@HOST, or redis://:PASSWORD@HOST without a name"
            )
        }
        let user = try url.decoded(text[..<colon], "the user name")
        let password = try url.decoded(text[text.index(after: colon)...], "the password")
        guard !password.isEmpty else {
            if user.isEmpty { return nil }
            throw url.error("the password of the user is empty")
        }
        return RedisURL.Credentials(user: user.isEmpty ? nil : user, password: password)
    }

    private func database(_ text: Substring) throws(BackplaneError) -> Int {
        guard let number = EngineURL.number(text), number <= RedisURL.maximumDatabase else {
            throw url.error("\"\(text)\" is not a database number: 0 to \(RedisURL.maximumDatabase) are allowed")
        }
        return number
    }
}
