public import SwitchboardBackplane
public import SwitchboardTLS

/// The settings of a ``RedisBackplane``.
public struct RedisBackplaneConfiguration: Sendable, Hashable {
    /// The address of Redis and the credentials.
    public var url: RedisURL

    /// The key of the stream, 1 to 512 bytes of UTF-8.
    ///
    /// All servers of an application use the same key. Applications with different protocols can share a key, but each server
    /// then also reads the entries of the other applications. The names of all other keys begin with this one and a colon.
    public var key = "switchboard"

    /// The number of bytes of entries that Redis keeps at least: at least 1 MiB.
    ///
    /// A server that was disconnected reads the missed entries, up to this size. The smallest setting of all servers applies. Redis has an
    /// eighth more in general, and up to twice as much when single entries are larger than an eighth.
    public var retentionBytes = 128 * 1024 * 1024

    /// The settings of TLS, for URLs with the scheme `rediss`.
    public var tls = ClientTLSConfiguration()

    /// The time for which ``RedisBackplane/start(for:_:)`` tries to reach Redis: more than 0.
    ///
    /// The attempt at the end of this time is completed.
    public var startTimeout = Duration.seconds(10)

    /// The timeout of one attempt to connect: more than 0.
    public var connectTimeout = Duration.seconds(5)

    /// The longest silence of Redis while a reply is due: at least 100 ms.
    ///
    /// After that, the backplane replaces the connection.
    public var replyTimeout = Duration.seconds(3)

    /// The name of the connections in the output of the Redis command `CLIENT LIST`: printable ASCII without spaces.
    public var clientName = "switchboard"

    /// The limits of the queue, and the time for which publishers are held.
    public var limits = BackplaneLimits()

    /// The default settings, for Redis at `url`.
    public init(url: RedisURL) {
        self.url = url
    }

    /// Checks the settings.
    ///
    /// - Throws: A `BackplaneError` that names the first setting that is out of range.
    public func validate() throws(BackplaneError) {
        func require(_ holds: Bool, _ what: String) throws(BackplaneError) {
            if !holds { throw BackplaneError(.invalidConfiguration, what) }
        }
        try require(
            (1...512).contains(key.utf8.count),
            "the key of the log has \(key.utf8.count) bytes: 1 to 512 are allowed"
        )
        try require(
            retentionBytes >= 1 << 20,
            "retentionBytes is \(retentionBytes): it must be at least 1048576 (1 MiB)"
        )
        try require(startTimeout > .zero, "startTimeout is \(startTimeout): it must be more than 0")
        try require(connectTimeout > .zero, "connectTimeout is \(connectTimeout): it must be more than 0")
        try require(
            replyTimeout >= .milliseconds(100),
            "replyTimeout is \(replyTimeout): it must be at least 0.1 seconds"
        )
        let isPrintable = clientName.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        try require(isPrintable, "clientName may have printable ASCII characters only, and no spaces")
        try limits.validate()
    }
}
