import SwitchboardBackplane
import SwitchboardRedis
import Testing

@Suite("Redis URLs")
struct RedisURLTests {
    @Test(
        "Hosts, ports, databases and lists are understood",
        arguments: [
            ("redis://cache", [("cache", 6379)], 0, false),
            ("redis://cache/", [("cache", 6379)], 0, false),
            ("REDIS://cache:1/15", [("cache", 1)], 15, false),
            ("rediss://cache:65535/0", [("cache", 65_535)], 0, true),
            ("redis://127.0.0.1:7000?db=3", [("127.0.0.1", 7000)], 3, false),
            ("redis://[::1]/2", [("::1", 6379)], 2, false),
            ("redis://[fe80::1%25eth0]:7/2", [("fe80::1%eth0", 7)], 2, false),
            ("redis://a,b:2,[::1]:3/4?db=4", [("a", 6379), ("b", 2), ("::1", 3)], 4, false),
        ] as [(String, [(String, Int)], Int, Bool)]
    )
    func readsServers(text: String, addresses: [(String, Int)], database: Int, usesTLS: Bool) throws {
        let url = try RedisURL(text)
        #expect(url.place == .servers(addresses.map { EngineAddress(host: $0.0, port: $0.1) }))
        #expect(url.database == database)
        #expect(url.usesTLS == usesTLS)
        #expect(url.credentials == nil)
    }

    @Test(
        "User names and passwords may have percent-encoded bytes",
        arguments: [
            ("redis://:secret@h", nil, "secret"),
            ("redis://bob:secret@h", "bob", "secret"),
            ("redis://b%40b:p%2F%3A%25%3f%23@h", "b@b", "p/:%?#"),
            ("redis://:a:b@c@h", nil, "a:b@c"),
            ("redis://:p%C3%A4ss@h/1", nil, "päss"),
        ] as [(String, String?, String)]
    )
    func readsCredentials(text: String, user: String?, password: String) throws {
        let url = try RedisURL(text)
        #expect(url.credentials?.user == user)
        #expect(url.credentials?.password == password)
        #expect(url.place == .servers([EngineAddress(host: "h", port: 6379)]))
    }

    @Test("An empty user name and password are none")
    func acceptsEmptyCredentials() throws {
        #expect(try RedisURL("redis://@h").credentials == nil)
        #expect(try RedisURL("redis://:@h").credentials == nil)
    }

    @Test("Unix-domain sockets have a path and a query")
    func readsUnixSockets() throws {
        let url = try RedisURL("redis+unix:///run/my%20redis.sock?db=1")
        #expect(url.place == .unixSocket("/run/my redis.sock"))
        #expect(url.database == 1)
        #expect(try RedisURL("unix://bob:pw@/run/r.sock").credentials?.user == "bob")
    }

    @Test("Sentinels have a service, a database and credentials of their own")
    func readsSentinels() throws {
        let url = try RedisURL("rediss+sentinel://u:p@a,b:1/my%2Fmaster/3?sentinel_user=s&sentinel_password=q%26")
        let addresses = [EngineAddress(host: "a", port: 26_379), EngineAddress(host: "b", port: 1)]
        #expect(url.place == .sentinels(addresses, service: "my/master"))
        #expect(url.database == 3)
        #expect(url.usesTLS)
        #expect(url.credentials?.user == "u" && url.credentials?.password == "p")
        #expect(url.sentinelCredentials?.user == "s" && url.sentinelCredentials?.password == "q&")
    }

    @Test(
        "A wrong URL is explained in one line, without the password",
        arguments: [
            ("", "must begin with"),
            ("cache:6379", "must begin with"),
            ("http://h", "\"http://\" is unknown"),
            ("redis://", "host is missing"),
            ("redis://a,,b", "host is missing"),
            ("redis://h:0", "must be a number from 1 to 65535"),
            ("redis://h:65536", "must be a number from 1 to 65535"),
            ("redis://h:", "must be a number from 1 to 65535"),
            ("redis://h:99999999999999999999", "must be a number from 1 to 65535"),
            ("redis://::1", "square brackets"),
            ("redis://[::1", "not closed"),
            ("redis://[::1]x", "colon must follow"),
            ("redis://h/x", "not a database number"),
            ("redis://h/-1", "not a database number"),
            ("redis://h/65536", "not a database number"),
            ("redis://h/1/2", "more in the path"),
            ("redis://h/1?db=2", "two database numbers"),
            ("redis://h?dbb=2", "\"dbb\" in the query is unknown"),
            ("redis://h?sentinel_user=x", "unknown"),
            ("redis://secret@h", "needs a password"),
            ("redis://bob:@h", "password of the user is empty"),
            ("redis://bob:secret%2@h", "two hexadecimal digits"),
            ("redis://bob:secret%zz@h", "two hexadecimal digits"),
            ("redis://bob:secret%+1@h", "two hexadecimal digits"),
            ("redis://bob:secret%ff@h", "not valid UTF-8"),
            ("redis://bob:secret%00@h", "not valid UTF-8"),
            ("redis://bob:secret/x@h", "%2F"),
            ("redis://bob:secret?x@h", "%3F"),
            ("redis://bob:secret#x@h", "%23"),
            ("redis://bob:secret x@h", "percent-encoded"),
            ("redis+unix://run/redis.sock", "three slashes"),
            ("redis+unix:///", "path of the Unix-domain socket is missing"),
            ("redis+sentinel://h", "name of the service"),
            ("redis+sentinel://h/s/1/2", "more in the path"),
            ("redis+sentinel://h/s?sentinel_user=x", "requires sentinel_password"),
        ]
    )
    func explainsMistakes(text: String, reason: String) {
        let error = #expect(throws: BackplaneError.self) { try RedisURL(text) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("secret") == false)
        #expect(error?.description.contains("\n") == false)
    }

    @Test("URLs and lists of addresses have limits")
    func keepsLimits() {
        #expect(throws: BackplaneError.self) { try RedisURL("redis://" + String(repeating: "h", count: 4096)) }
        #expect(throws: BackplaneError.self) {
            try RedisURL("redis://" + Array(repeating: "h", count: 33).joined(separator: ","))
        }
    }

    @Test(
        "The description has no password and is a URL again",
        arguments: [
            ("redis://u:secret@h:1,[::1]/2", "redis://u:***@h:1,[::1]:6379/2"),
            ("rediss://:secret@h", "rediss://:***@h:6379/0"),
            ("redis+unix:///r.sock?db=2", "redis+unix:///r.sock?db=2"),
            ("redis+sentinel://h/s?sentinel_password=secret", "redis+sentinel://h:26379/s/0"),
        ]
    )
    func hidesPasswords(text: String, description: String) throws {
        #expect(try RedisURL(text).description == description)
        #expect(throws: Never.self) { try RedisURL(description) }
    }
}
