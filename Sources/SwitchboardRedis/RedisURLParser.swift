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

    private enum Scheme: String, CaseIterable {
        case redis
        case rediss
        case unix
        case redisUnix = "redis+unix"
        case redisSentinel = "redis+sentinel"
        case redissSentinel = "rediss+sentinel"

        var isUnix: Bool { self == .unix || self == .redisUnix }
        var isSentinel: Bool { self == .redisSentinel || self == .redissSentinel }
        var usesTLS: Bool { self == .rediss || self == .redissSentinel }
        var defaultPort: Int { isSentinel ? 26379 : 6379 }
    }

    private let text: String

    init(_ text: String) {
        self.text = text
    }

    mutating func parse() throws(BackplaneError) -> Parts {
        guard text.utf8.count <= RedisURL.maximumBytes else {
            throw error("it has \(text.utf8.count) bytes: at most \(RedisURL.maximumBytes) are allowed")
        }
        let forbidden = text.unicodeScalars.first { $0.value <= 0x20 || $0.value == 0x7F }
        guard forbidden == nil else { throw error("spaces and control characters must be percent-encoded") }
        guard let separator = text.firstRange(of: "://") else {
            throw error(
                "it must begin with redis://, rediss://, redis+unix://, redis+sentinel:// or rediss+sentinel://"
            )
        }
        guard let scheme = Scheme(rawValue: text[..<separator.lowerBound].lowercased()) else {
            throw error(
                "\"\(text[..<separator.lowerBound])://\" is unknown: use redis://, rediss://, redis+unix://, redis+sentinel:// "
                    + "or rediss+sentinel://"
            )
        }
        var rest = text[separator.upperBound...]
        guard !rest.contains("#") else { throw error("a # must be percent-encoded as %23") }
        let query = try takeQuery(from: &rest, scheme)
        let authorityEnd = rest.firstIndex(of: "/") ?? rest.endIndex
        // Else what is left of a password would be taken for something else, and shown in an error.
        guard scheme.isUnix || !rest[authorityEnd...].contains("@") else {
            throw error("a / in the user name or the password must be percent-encoded as %2F")
        }
        // A password may have an @ that is not encoded, an address never.
        let authority = rest[..<authorityEnd]
        let path = rest[authorityEnd...]
        let at = authority.lastIndex(of: "@")
        let credentials = try self.credentials(at.map { authority[..<$0] } ?? "")
        let hosts = at.map { authority[authority.index(after: $0)...] } ?? authority
        if scheme.isUnix { return try unixSocket(hosts, path, credentials, query) }
        let addresses = try self.addresses(hosts, scheme)
        var segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        var place = RedisURL.Place.servers(addresses)
        if scheme.isSentinel {
            let service = try decoded(segments.popFirst() ?? "", "the service name")
            guard !service.isEmpty else {
                throw error("the name of the service that Sentinel watches is missing: redis+sentinel://HOST/SERVICE")
            }
            place = .sentinels(addresses, service: service)
        }
        let database = try segments.popFirst().flatMap { segment throws(BackplaneError) in
            segment.isEmpty ? nil : try self.database(segment)
        }
        guard segments.isEmpty else { throw error("there is more in the path than the database number: \(path)") }
        if let database, let other = query.database, database != other {
            throw error("two database numbers are given: \(database) and \(other)")
        }
        return Parts(
            place: place,
            usesTLS: scheme.usesTLS,
            credentials: credentials,
            sentinelCredentials: query.sentinelCredentials,
            database: database ?? query.database ?? 0
        )
    }

    private func unixSocket(
        _ host: Substring,
        _ path: Substring,
        _ credentials: RedisURL.Credentials?,
        _ query: Query
    ) throws(BackplaneError) -> Parts {
        guard host.isEmpty else {
            throw error(
                "the path of a Unix-domain socket is absolute, with three slashes: redis+unix:///run/redis.sock"
            )
        }
        let path = try decoded(path, "the path")
        guard path.utf8.count > 1 else { throw error("the path of the Unix-domain socket is missing") }
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

    private func takeQuery(from rest: inout Substring, _ scheme: Scheme) throws(BackplaneError) -> Query {
        var query = Query()
        guard let mark = rest.firstIndex(of: "?") else { return query }
        let text = rest[rest.index(after: mark)...]
        rest = rest[..<mark]
        guard !text.contains("@") else {
            throw error("a ? in the user name or the password must be percent-encoded as %3F, an @ in the query as %40")
        }
        for pair in text.split(separator: "&") {
            let name = pair.prefix { $0 != "=" }
            let value = pair.dropFirst(name.count + 1)
            switch name {
            case "db": query.database = try database(value)
            case "sentinel_user" where scheme.isSentinel: query.sentinelUser = try decoded(value, "sentinel_user")
            case "sentinel_password" where scheme.isSentinel:
                query.sentinelPassword = try decoded(value, "sentinel_password")
            default:
                let allowed = scheme.isSentinel ? "db, sentinel_user and sentinel_password are" : "db is"
                throw error("\"\(name)\" in the query is unknown: \(allowed) allowed")
            }
        }
        guard query.sentinelUser == nil || query.sentinelPassword != nil else {
            throw error("sentinel_user requires sentinel_password")
        }
        return query
    }

    private func credentials(_ text: Substring) throws(BackplaneError) -> RedisURL.Credentials? {
        if text.isEmpty { return nil }
        guard let colon = text.firstIndex(of: ":") else {
            throw error(
                "a user name needs a password: write redis://USER:PASSWORD@HOST, or redis://:PASSWORD@HOST without a name"
            )
        }
        let user = try decoded(text[..<colon], "the user name")
        let password = try decoded(text[text.index(after: colon)...], "the password")
        guard !password.isEmpty else {
            if user.isEmpty { return nil }
            throw error("the password of the user is empty")
        }
        return RedisURL.Credentials(user: user.isEmpty ? nil : user, password: password)
    }

    private func addresses(_ text: Substring, _ scheme: Scheme) throws(BackplaneError) -> [RedisURL.Address] {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= RedisURL.maximumAddresses else {
            throw error("it has \(parts.count) addresses: at most \(RedisURL.maximumAddresses) are allowed")
        }
        return try parts.map { part throws(BackplaneError) in try address(part, scheme) }
    }

    private func address(_ text: Substring, _ scheme: Scheme) throws(BackplaneError) -> RedisURL.Address {
        var host = text
        var portText: Substring?
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { throw error("a square bracket is not closed: \(text)") }
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" else { throw error("a colon must follow the bracket: \(text)") }
            portText = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            portText = text[text.index(after: colon)...]
            guard portText?.contains(":") != true else {
                throw error("an address has more than one colon: an IPv6 address must stand in square brackets")
            }
        }
        let name = try decoded(host, "the host")
        guard !name.isEmpty else { throw error("a host is missing") }
        guard let portText else { return RedisURL.Address(host: name, port: scheme.defaultPort) }
        guard let port = number(portText), (1...65_535).contains(port) else {
            // The text is not shown: in a URL without a host it is the password.
            throw error("the port after \"\(host):\" must be a number from 1 to 65535")
        }
        return RedisURL.Address(host: name, port: port)
    }

    private func database(_ text: Substring) throws(BackplaneError) -> Int {
        guard let number = number(text), number <= RedisURL.maximumDatabase else {
            throw error("\"\(text)\" is not a database number: 0 to \(RedisURL.maximumDatabase) are allowed")
        }
        return number
    }

    private func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) ? Int(text) : nil
    }

    /// The text without percent-encoding.
    private func decoded(_ text: Substring, _ what: String) throws(BackplaneError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, let text = String(digits), text.first?.isHexDigit == true,
                let value = UInt8(text, radix: 16)
            else { throw error("a % in \(what) is not followed by two hexadecimal digits") }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw error("\(what) is not valid UTF-8 text")
        }
        return decoded
    }

    /// What is wrong, without the URL: it may have a password.
    private func error(_ what: String) -> BackplaneError {
        BackplaneError(.invalidConfiguration, "the Redis URL is wrong: \(what)")
    }
}
