internal import SwitchboardBackplane
public import SwitchboardTLS
internal import SwitchboardTransport

/// The addresses that a server listens on, and its limits.
public struct ServerConfiguration: Sendable {
    /// The address to listen on: an IPv4 or IPv6 address, or a host name.
    ///
    /// The server listens on every address of a name. `0.0.0.0` stands for all IPv4 addresses of the machine, `::` for all IPv4 and
    /// IPv6 addresses. The default is `127.0.0.1`, which accepts connections from this machine only.
    public var host: String

    /// The TCP port, 0 to 65,535; 0 selects a free port.
    public var port: Int

    /// The path of a Unix-domain socket to listen on, 1 to 107 bytes, instead of ``host`` and ``port``.
    ///
    /// The server replaces a socket that an earlier server left at the path, and no other file. It removes the socket when it
    /// stops.
    public var unixSocketPath: String?

    /// The permissions of the Unix-domain socket, 0 to 0o777: they decide which users can connect.
    public var unixSocketMode: UInt16 = 0o660

    /// The descriptor of a TCP or Unix-domain socket that already listens, instead of ``host``, ``port`` and
    /// ``unixSocketPath``.
    ///
    /// The server closes the descriptor when it stops. systemd passes such descriptors to services that it starts on demand.
    public var listeningDescriptor: Int32?

    /// The number of event loops, 1 to 1,024.
    ///
    /// Each event loop has a thread and serves a share of the connections.
    public var eventLoops: Int

    /// The TLS configuration; `nil` for connections without encryption.
    ///
    /// TLS requires the package trait `TLS`.
    public var tls: ServerTLSConfiguration?

    // MARK: Connections

    /// The number of connections that may be open at once, 1 or more.
    ///
    /// Further connections are refused with `Fault.tooManyConnections`.
    public var maximumConnections: Int

    /// The number of connections that may be open at once from one address, 0 or more; 0 disables the limit.
    ///
    /// Further connections are refused with `Fault.tooManyConnections`. IPv6 addresses with the same first 64 bits count as
    /// one address, because one customer usually has all of them.
    public var maximumConnectionsPerAddress = 0

    /// The number of connections that one user may have at once, 0 or more; 0 disables the limit.
    ///
    /// A connection counts from the moment at which a handler sets the identity of its session. Above the limit, the server removes the
    /// identity again, sends `Fault.tooManyConnections` and closes the connection; older connections stay.
    ///
    /// With a backplane whose engine has a store, such as Redis, the limit applies to the connections on all servers. The server then
    /// counts its own connections at once, and closes the connection as soon as the store has answered: until then, the connection is
    /// authenticated. While the store is unreachable, the server counts its own connections only; connections above the limit that were
    /// accepted meanwhile stay. A name of more than 1,024 bytes is counted on each server alone. All servers should have the same limit.
    public var maximumConnectionsPerUser = 0

    /// The number of connections that the kernel queues until the server accepts them, 1 to 65,535.
    public var backlog = 1024

    // MARK: Messages

    /// The number of messages per second from one connection, 0 to 1,000,000,000; 0 disables the limit.
    ///
    /// After a pause, a peer may send up to one second's worth of messages at once. Above the limit, a
    /// request is rejected with `Fault.rateLimited`, and a one-way message is dropped.
    public var rateLimit = 1000

    /// The number of messages per second from all connections together, 0 to 1,000,000,000; 0 disables the limit.
    ///
    /// The limit works like ``rateLimit``.
    public var globalRateLimit = 50_000

    /// The number of messages per second from all connections of all servers together, 0 to 1,000,000,000; 0 disables the limit.
    ///
    /// The limit works like ``rateLimit``, and requires a backplane whose engine has a store, such as Redis. All servers should have the
    /// same limit. While the store is unreachable, each server has the limit divided by the number of servers last known, and at least
    /// one message per second.
    public var clusterRateLimit = 0

    /// The number of consecutive frames with a wrong checksum, 0 to 10,000; a further such frame closes the connection.
    public var maximumChecksumFaultsInARow = 8

    /// Whether the server closes a connection whose peer sends a payload that does not fit its message.
    ///
    /// By default the server sends `Fault.malformedPayload`, or `Fault.payloadTooLarge` if the message has a smaller limit, and handles
    /// the next message. If this property is set, the server also closes the connection, as some protocols demand. A protocol without
    /// an error message only counts and logs the fault in both cases. A frame whose own structure is malformed always closes the
    /// connection.
    public var closesOnMalformedPayload = false

    /// The number of suspended handlers of one connection, 1 to 65,535.
    ///
    /// At the limit, the server stops reading from the connection until a handler finishes. A handler whose timeout has passed counts
    /// until it finishes. The limit applies to protocols
    /// whose header has a correlation. In other protocols replies keep the order of their requests, and the limit is 1.
    public var maximumConcurrentHandlers = 64

    /// The number of requests of the server to one peer that may have no reply yet, 1 to 65,535.
    ///
    /// At the limit, `Context.request(_:header:timeout:)` throws a `PeerRequestError`. Keep it below ``maximumConcurrentHandlers``: if all
    /// suspended handlers wait for replies, the server does not read the replies before a handler finishes.
    public var maximumRequestsToPeer = 32

    /// Whether the server closes a connection and cancels its suspended handlers as soon as the peer ends its side (a TCP FIN).
    ///
    /// By default the server still sends the replies to all requests that it has received, as RFC 9293 allows. A peer that is gone
    /// looks the same to the server until the server sends something to that peer. A connection that breaks (a TCP reset) is closed
    /// at once in both cases.
    public var closesWhenPeerEnds = false

    // MARK: Rooms

    /// The number of rooms that a connection may be in, 1 to 10,000.
    ///
    /// At the limit, `Context.join(_:)` throws a `RoomError`. Each room takes some 30 bytes of memory for each of its connections.
    public var maximumRoomsPerConnection = 100

    /// The length of a room's name in bytes of UTF-8, 1 to 1,024.
    ///
    /// For a longer name, `Context.join(_:)` throws a `RoomError`.
    public var maximumRoomNameBytes = 255

    // MARK: Credentials

    /// Whether the server rejects messages of peers that are not authenticated.
    ///
    /// A peer is authenticated once a handler sets the identity of its session. Messages with `requires: nothing` in the spec are
    /// exempt. The server rejects all other messages with `Fault.authenticationFailed`, and sends broadcasts to authenticated peers
    /// only.
    public var requiresAuthentication = false

    /// The time in which a peer must authenticate if ``requiresAuthentication`` is set; zero disables the limit.
    ///
    /// When the time has passed, the server sends `Fault.authenticationFailed` and closes the connection, at most a second later.
    public var authenticationTimeout = Duration.seconds(10)

    /// The largest payload in bytes before a peer is authenticated, 0 or more, if ``requiresAuthentication`` is set.
    ///
    /// When a frame announces a larger payload, the server sends `Fault.authenticationFailed` and closes the connection
    /// without receiving the payload.
    public var maximumUnauthenticatedPayload = 1024

    // MARK: Time

    /// The time without a complete message after which a connection is closed; zero disables the limit.
    ///
    /// When the time has passed, the server sends `Fault.timeout` and closes the connection, at most a second later. Every message
    /// restarts the time. A handler changes the time of one connection with `Connection.setIdleTimeout(_:)`.
    public var idleTimeout = Duration.seconds(60)

    /// The time to receive the rest of a frame after its first byte; zero disables the limit.
    ///
    /// When the time has passed, the server sends `Fault.timeout` and closes the connection, at most a second later.
    public var frameTimeout = Duration.seconds(10)

    // MARK: Output

    /// The number of bytes of pending output for a peer, 1 or more, above which the server stops reading from the peer.
    public var outputHighWaterMark = 256 * 1024

    /// The number of bytes of pending output for a peer, at least ``outputHighWaterMark``, above which its connection is
    /// closed.
    ///
    /// The effective limit is never less than ``outputHighWaterMark``, the largest frame of the protocol and 64 KiB together:
    /// the server may write that much before it learns how much a peer reads. A peer that reads therefore gets every reply.
    public var maximumPendingOutput = 4 * 1024 * 1024

    /// The time in which a peer must read some of its pending output, or all of it while the connection closes: more than
    /// zero.
    ///
    /// When the time has passed, the server aborts the connection.
    public var writeTimeout = Duration.seconds(30)

    // MARK: Cluster

    /// The time after which other servers forget this server when it does not renew its presence: 1 s to 1 h.
    ///
    /// The peers of a server that was killed are listed, and the connections of its users count, for up to this time. The server renews
    /// its presence three times in this time. The time applies with a backplane whose engine has a store, such as Redis.
    public var presenceLifetime = Duration.seconds(15)

    // MARK: Stopping

    /// The maximum duration of a graceful shutdown, zero or more.
    ///
    /// During this time the server answers the requests that it has received and closes every connection. It then aborts the
    /// connections that are still open.
    public var drainTimeout = Duration.seconds(10)

    /// A configuration; all other properties have their defaults.
    ///
    /// - Parameters:
    ///   - host: See ``host``.
    ///   - port: See ``port``.
    ///   - eventLoops: See ``eventLoops``; by default ``coreCount``, the cores that the process may use.
    ///   - maximumConnections: See ``maximumConnections``.
    public init(
        host: String = "127.0.0.1",
        port: Int = 5000,
        eventLoops: Int = ServerConfiguration.coreCount,
        maximumConnections: Int = 1000
    ) {
        self.host = host
        self.port = port
        self.eventLoops = eventLoops
        self.maximumConnections = maximumConnections
    }
}

// MARK: - Ranges

extension ServerConfiguration {
    /// The highest value of ``eventLoops``.
    public static let maximumEventLoops = 1024

    /// The highest value of ``maximumChecksumFaultsInARow``.
    public static let maximumChecksumFaultLimit = 10_000

    /// The highest value of ``maximumConcurrentHandlers``.
    public static let maximumConcurrentHandlerLimit = 65_535

    /// The highest value of ``maximumRequestsToPeer``.
    public static let maximumRequestsToPeerLimit = 65_535

    /// The highest value of ``maximumRoomsPerConnection``.
    public static let maximumRoomsPerConnectionLimit = 10_000

    /// The highest value of ``maximumRoomNameBytes``.
    public static let maximumRoomNameLimit = 1024

    /// The values that `ServerTLSConfiguration.handshakeTimeout` allows.
    package static let handshakeTimeouts = AllowedValues.moreThan(Duration.zero)

    /// The values that `ServerTLSConfiguration.sessionLifetime` allows; RFC 8446 (4.6.1) allows no more.
    package static let sessionLifetimes = AllowedValues.between(Duration.zero, .seconds(604_800))

    /// The ranges of the properties.
    ///
    /// No other place states these ranges: ``validate()`` checks them, and a command line reads them with ``rule(of:)``.
    private static let rules = [
        Rule("port", \.port, .between(0, 65_535)),
        Rule("unixSocketMode", \.unixSocketMode, .between(0, 0o777)) { "0o" + String($0, radix: 8) },
        Rule("eventLoops", \.eventLoops, .between(1, maximumEventLoops)),
        Rule("maximumConnections", \.maximumConnections, .atLeast(1)),
        Rule("maximumConnectionsPerAddress", \.maximumConnectionsPerAddress, .atLeast(0)),
        Rule("maximumConnectionsPerUser", \.maximumConnectionsPerUser, .atLeast(0)),
        Rule("backlog", \.backlog, .between(1, 65_535)),
        Rule("rateLimit", \.rateLimit, .between(0, MessageRate.maximum)),
        Rule("globalRateLimit", \.globalRateLimit, .between(0, MessageRate.maximum)),
        Rule("clusterRateLimit", \.clusterRateLimit, .between(0, MessageRate.maximum)),
        Rule("maximumChecksumFaultsInARow", \.maximumChecksumFaultsInARow, .between(0, maximumChecksumFaultLimit)),
        Rule("maximumConcurrentHandlers", \.maximumConcurrentHandlers, .between(1, maximumConcurrentHandlerLimit)),
        Rule("maximumRequestsToPeer", \.maximumRequestsToPeer, .between(1, maximumRequestsToPeerLimit)),
        Rule("maximumRoomsPerConnection", \.maximumRoomsPerConnection, .between(1, maximumRoomsPerConnectionLimit)),
        Rule("maximumRoomNameBytes", \.maximumRoomNameBytes, .between(1, maximumRoomNameLimit)),
        Rule("authenticationTimeout", \.authenticationTimeout, .atLeast(.zero), seconds),
        Rule("maximumUnauthenticatedPayload", \.maximumUnauthenticatedPayload, .atLeast(0)),
        Rule("idleTimeout", \.idleTimeout, .atLeast(.zero), seconds),
        Rule("frameTimeout", \.frameTimeout, .atLeast(.zero), seconds),
        Rule("outputHighWaterMark", \.outputHighWaterMark, .atLeast(1)),
        Rule("maximumPendingOutput", \.maximumPendingOutput, .atLeast(1)),
        Rule("writeTimeout", \.writeTimeout, .moreThan(.zero), seconds),
        Rule("presenceLifetime", \.presenceLifetime, .between(.seconds(1), .seconds(3600)), seconds),
        Rule("drainTimeout", \.drainTimeout, .atLeast(.zero), seconds),
    ]

    /// The text of a duration in an error, in whole seconds, because the bounds of all ranges are whole seconds.
    private static let seconds = { @Sendable (duration: Duration) in "\(duration.components.seconds) s" }

    /// The range of one property.
    private struct Rule: Sendable {
        let property: String
        let path: any PartialKeyPath<ServerConfiguration> & Sendable
        /// An ``AllowedValues`` of the property's type.
        let allowed: any Sendable
        /// Returns an error when the value of the property is not allowed.
        let error: @Sendable (ServerConfiguration) -> ConfigurationError?

        init<Value>(
            _ property: String,
            _ path: any KeyPath<ServerConfiguration, Value> & Sendable,
            _ allowed: AllowedValues<Value>,
            _ text: @escaping @Sendable (Value) -> String = { "\($0)" }
        ) {
            self.property = property
            self.path = path
            self.allowed = allowed
            error = { configuration in
                let value = configuration[keyPath: path]
                if allowed.contains(value) { return nil }
                return ConfigurationError(property: property, value: "\(value)", requirement: allowed.requirement(text))
            }
        }
    }

    /// Returns the name and the allowed values of a property; `nil` for a property without a range.
    package static func rule<Value>(
        of path: any KeyPath<ServerConfiguration, Value> & Sendable
    ) -> (property: String, allowed: AllowedValues<Value>)? {
        guard let rule = rules.first(where: { $0.path == path }), let allowed = rule.allowed as? AllowedValues<Value>
        else { return nil }
        return (rule.property, allowed)
    }

    /// Checks the values of all properties.
    ///
    /// - Throws: A ``ConfigurationError`` that names the first property whose value is not allowed.
    public func validate() throws(ConfigurationError) {
        if host.isEmpty {
            throw ConfigurationError(property: "host", value: "empty", requirement: "an address or a name")
        }
        if unixSocketPath?.isEmpty == true {
            throw ConfigurationError(property: "unixSocketPath", value: "empty", requirement: "a path")
        }
        if maximumPendingOutput < outputHighWaterMark {
            throw ConfigurationError(
                property: "maximumPendingOutput",
                value: "\(maximumPendingOutput)",
                requirement: "at least outputHighWaterMark (\(outputHighWaterMark))"
            )
        }
        for rule in Self.rules {
            if let error = rule.error(self) { throw error }
        }
        if let timeout = tls?.handshakeTimeout, !Self.handshakeTimeouts.contains(timeout) {
            throw ConfigurationError(
                property: "tls.handshakeTimeout",
                value: "\(timeout)",
                requirement: Self.handshakeTimeouts.requirement(Self.seconds)
            )
        }
        if let lifetime = tls?.sessionLifetime, !Self.sessionLifetimes.contains(lifetime) {
            throw ConfigurationError(
                property: "tls.sessionLifetime",
                value: "\(lifetime)",
                requirement: Self.sessionLifetimes.requirement(Self.seconds)
            )
        }
    }
}

extension ServerConfiguration {
    /// Checks that a backplane can do what the configuration asks for.
    ///
    /// - Throws: A ``ConfigurationError`` for a limit of all servers that the backplane cannot enforce.
    func validate(for backplane: (any Backplane)?) throws(ConfigurationError) {
        if backplane?.store != nil { return }
        let requirement = backplane.map { "0 with \(type(of: $0)), which has no store for limits of all servers" }
        if clusterRateLimit > 0 {
            throw ConfigurationError(
                property: "clusterRateLimit",
                value: "\(clusterRateLimit)",
                requirement: requirement ?? "0 without a backplane"
            )
        }
        if maximumConnectionsPerUser > 0, let requirement {
            throw ConfigurationError(
                property: "maximumConnectionsPerUser",
                value: "\(maximumConnectionsPerUser)",
                requirement: requirement
            )
        }
    }
}

/// The values that a setting allows: a lowest and, where there is one, a highest.
package struct AllowedValues<Value: Comparable & Sendable>: Sendable {
    package let lowest: Value
    /// Whether ``lowest`` itself is not allowed.
    package let excludesLowest: Bool
    package let highest: Value?

    package static func between(_ lowest: Value, _ highest: Value) -> AllowedValues {
        AllowedValues(lowest: lowest, excludesLowest: false, highest: highest)
    }

    package static func atLeast(_ lowest: Value) -> AllowedValues {
        AllowedValues(lowest: lowest, excludesLowest: false, highest: nil)
    }

    package static func moreThan(_ lowest: Value) -> AllowedValues {
        AllowedValues(lowest: lowest, excludesLowest: true, highest: nil)
    }

    /// Returns the range with the highest value `highest`, if it has none.
    package func atMost(_ highest: Value) -> AllowedValues {
        AllowedValues(lowest: lowest, excludesLowest: excludesLowest, highest: self.highest ?? highest)
    }

    package func contains(_ value: Value) -> Bool {
        (excludesLowest ? value > lowest : value >= lowest) && highest.map { value <= $0 } ?? true
    }

    /// Returns the text of the range as the end of a sentence after "must be": `between 0 and 65535`, `at least 1`,
    /// `more than 0 s`.
    package func requirement(_ text: (Value) -> String) -> String {
        switch (excludesLowest, highest) {
        case (false, nil): "at least \(text(lowest))"
        case (false, let highest?): "between \(text(lowest)) and \(text(highest))"
        case (true, nil): "more than \(text(lowest))"
        case (true, let highest?): "more than \(text(lowest)) and at most \(text(highest))"
        }
    }
}

/// A value of a server's configuration that is not allowed.
public struct ConfigurationError: Error, Hashable, CustomStringConvertible {
    /// The name of the property.
    public let property: String

    /// The value that is not allowed.
    public let value: String

    /// The requirement as the end of a sentence after "must be": `at least 1`.
    public let requirement: String

    /// The property, its value and the requirement, in one line: `port is -1: it must be between 0 and 65535`.
    public var description: String { "\(property) is \(value): it must be \(requirement)" }
}

// MARK: - Descriptors

extension ServerConfiguration {
    /// The number of descriptors for the rest of the program, such as logs and endpoints, and for refused connections.
    private static let otherDescriptors = 64

    /// The number of descriptors of an event loop, without its connections.
    private static let descriptorsPerLoop = 5

    /// The number of descriptors that the process needs for ``maximumConnections``.
    public var neededDescriptors: Int {
        let (sum, overflows) = maximumConnections.addingReportingOverflow(reservedDescriptors)
        return overflows ? .max : sum
    }

    private var reservedDescriptors: Int {
        min(max(eventLoops, 1), Self.maximumEventLoops) * Self.descriptorsPerLoop + Self.otherDescriptors
    }

    /// The number of connections that the process has descriptors for, at most ``maximumConnections``.
    ///
    /// The method keeps some descriptors for the other tasks of the process.
    var affordableConnections: Int {
        min(maximumConnections, max(DescriptorLimit.current - reservedDescriptors, 1))
    }
}
