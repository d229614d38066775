#if NATS
internal import Glibc
public import SwitchboardBackplane
public import SwitchboardTLS

/// The settings of a ``NATSBackplane``.
public struct NATSBackplaneConfiguration: Sendable, Hashable {
    /// Where JetStream keeps the stream.
    public enum Storage: Sendable, Hashable {
        /// In files: the stream outlives a restart of NATS.
        case file
        /// In memory: a restart of NATS begins with an empty stream.
        case memory
    }

    /// The address of NATS and the credentials.
    public var url: NATSURL

    /// The name of the stream, and its only subject: 1 to 64 letters, digits, `-` and `_`.
    ///
    /// All servers of an application use the same stream. Applications with different protocols can share a stream, but each
    /// server then also reads the entries of the other applications.
    public var stream = "switchboard"

    /// The number of bytes that a new stream keeps: at least 1 MiB.
    ///
    /// A server that was disconnected reads the missed entries, up to this size. An existing stream keeps its own limit; the
    /// backplane reports a different limit with `BackplaneEvent.warning`.
    public var retentionBytes = 128 * 1024 * 1024

    /// Where a new stream is kept.
    public var storage = Storage.file

    /// The number of servers of a NATS cluster that keep a new stream: 1 to 5.
    public var replicas = 1

    /// The settings of TLS, for URLs with the scheme `tls`.
    public var tls = ClientTLSConfiguration()

    /// The time for which ``NATSBackplane/start(for:_:)`` tries to reach NATS: more than 0.
    ///
    /// The attempt at the end of this time is completed.
    public var startTimeout = Duration.seconds(10)

    /// The timeout of one attempt to connect: 10 ms to 1 hour.
    public var connectTimeout = Duration.seconds(5)

    /// The longest silence of NATS: 100 ms to 1 hour.
    ///
    /// After that, the backplane replaces the connection.
    public var replyTimeout = Duration.seconds(3)

    /// The name of the connection in the monitoring of NATS: printable ASCII without spaces, at most 64 characters.
    public var clientName = "switchboard"

    /// The limits of the queue, and the time for which publishers are held.
    public var limits = BackplaneLimits()

    /// The default settings, for NATS at `url`.
    public init(url: NATSURL) {
        self.url = url
    }

    /// Checks the settings.
    ///
    /// - Throws: A `BackplaneError` that names the first setting that is out of range, or the file that cannot be read.
    public func validate() throws(BackplaneError) {
        func require(_ holds: Bool, _ what: String) throws(BackplaneError) {
            if !holds { throw BackplaneError(.invalidConfiguration, what) }
        }
        let hasAllowedCharacters = stream.unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == "-" || $0 == "_")
        }
        try require(
            (1...64).contains(stream.utf8.count) && hasAllowedCharacters,
            "stream is \"\(stream.prefix(80))\": 1 to 64 letters, digits, - and _ are allowed"
        )
        try require(
            retentionBytes >= 1 << 20,
            "retentionBytes is \(retentionBytes): it must be at least 1048576 (1 MiB)"
        )
        try require((1...5).contains(replicas), "replicas is \(replicas): 1 to 5 are allowed")
        try require(startTimeout > .zero, "startTimeout is \(startTimeout): it must be more than 0")
        try require(
            (.milliseconds(10)) ... .seconds(3600) ~= connectTimeout,
            "connectTimeout is \(connectTimeout): it must be 0.01 to 3600 seconds"
        )
        try require(
            (.milliseconds(100)) ... .seconds(3600) ~= replyTimeout,
            "replyTimeout is \(replyTimeout): it must be 0.1 to 3600 seconds"
        )
        let isPrintable = clientName.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        try require(
            isPrintable && (1...64).contains(clientName.utf8.count),
            "clientName may have 1 to 64 printable ASCII characters, and no spaces"
        )
        try require(
            (tls.certificateChainPath == nil) == (tls.privateKeyPath == nil),
            "certificateChainPath and privateKeyPath of tls must be set together"
        )
        try limits.validate()
        // libnats does not say which file it could not read.
        var files = url.files
        if url.usesTLS {
            files += [tls.authoritiesPath, tls.certificateChainPath, tls.privateKeyPath].compactMap { $0 }
        }
        for file in files {
            let result = unsafe access(file, R_OK)
            let reason = result == 0 ? "" : unsafe String(cString: strerror(errno))
            try require(result == 0, "the file \(file) cannot be read: \(reason)")
        }
    }
}
#endif
