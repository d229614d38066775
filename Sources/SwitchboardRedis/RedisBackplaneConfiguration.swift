public import SwitchboardBackplane
public import SwitchboardTLS

/// The settings of a ``RedisBackplane``.
public struct RedisBackplaneConfiguration: Sendable, Hashable {
    /// Where Redis is and how to log in.
    public var url: RedisURL

    /// The key of the log: all servers of an application use the same.
    ///
    /// 1 to 512 bytes of UTF-8.
    ///
    /// Applications with different protocols may share a key, at the cost of reading each other's entries.
    public var key = "switchboard"

    /// How many bytes of entries Redis keeps, roughly: at least 1 MiB.
    ///
    /// A server that cannot read for a while finds what it has missed, up to this size. Servers use the smallest setting among them.
    public var retentionBytes = 128 * 1024 * 1024

    /// How TLS is spoken when the URL says `rediss`.
    public var tls = ClientTLSConfiguration()

    /// How long ``RedisBackplane/start(for:_:)`` tries to reach Redis: more than zero.
    ///
    /// An attempt that is being made then is finished first.
    public var startTimeout = Duration.seconds(10)

    /// How long one attempt to connect may take: more than zero.
    public var connectTimeout = Duration.seconds(5)

    /// How long Redis may be silent while a reply is due, before the connection is given up: at least 100 ms.
    public var replyTimeout = Duration.seconds(3)

    /// The name of the connections in the output of `CLIENT LIST`: printable ASCII without spaces.
    public var clientName = "switchboard"

    /// How much is queued, and for how long publishers are held.
    public var limits = BackplaneLimits()

    /// The defaults, for Redis at this place.
    public init(url: RedisURL) {
        self.url = url
    }

    /// Checks the settings.
    ///
    /// - Throws: A ``BackplaneError`` that names the first setting that is out of range.
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
