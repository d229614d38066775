public import SwitchboardTLS

/// Where a server listens, and the limits that it keeps.
public struct ServerConfiguration: Sendable {
    /// The address to listen on: an IPv4 or IPv6 address, or a host name, of which every address is listened on.
    ///
    /// `0.0.0.0` stands for all IPv4 addresses of the machine, `::` for all addresses of both families.
    /// `127.0.0.1` unless said otherwise: a server is opened to the network on purpose only.
    public var host: String

    /// The TCP port, 0 to 65,535; 0 takes any that is free.
    public var port: Int

    /// The path of a Unix-domain socket to listen on, 1 to 107 bytes, instead of ``host`` and ``port``.
    ///
    /// A socket that a server has left there is replaced; any other file is not. It is removed when the server stops.
    public var unixSocketPath: String?

    /// The permissions of that socket: who may connect.
    public var unixSocketMode: UInt16 = 0o660

    /// A descriptor of a stream socket that listens already, TCP or Unix-domain, instead of all the above.
    ///
    /// The server closes it when it stops. systemd passes such descriptors to services that it starts on demand.
    public var listeningDescriptor: Int32?

    /// How many event loops serve connections, each on a thread of its own: 1 to 1,024.
    public var eventLoops: Int

    /// How it speaks TLS; `nil` for connections that everybody on the way can read and change.
    ///
    /// It needs a program that was built with the package trait `TLS`.
    public var tls: ServerTLSConfiguration?

    // MARK: Connections

    /// How many connections may be open at once: at least 1.
    ///
    /// Further connections are refused with `Fault.tooManyConnections`.
    public var maximumConnections: Int

    /// How many connections may be open at once from one address: 0 or more, where 0 means no such limit.
    ///
    /// Further connections are refused with `Fault.tooManyConnections`. IPv6 addresses with the same first 64 bits count as
    /// one: a single customer usually has them all.
    public var maximumConnectionsPerAddress = 0

    /// How many connections the kernel may hold ready for the server to accept: at least 1.
    public var backlog = 1024

    // MARK: Messages

    /// How many messages a second a connection may send: 0 to 1,000,000,000, where 0 means no such limit.
    ///
    /// What a peer does not use it may save up, a second's worth at most. A request beyond is answered with
    /// `Fault.rateLimited`; a message without a reply is dropped.
    public var rateLimit = 1000

    /// How many messages a second all connections together may send: 0 to 1,000,000,000, where 0 means no such limit.
    ///
    /// It works as ``rateLimit`` does.
    public var globalRateLimit = 50_000

    /// How many frames in a row may have a wrong checksum: 0 to 10,000.
    ///
    /// At one more the connection is closed.
    public var maximumChecksumFaultsInARow = 8

    /// How many handlers of one connection may wait for something at once: 1 to 65,535.
    ///
    /// It counts where the protocol's header has a correlation, so that replies need not keep the order of their requests;
    /// elsewhere it is 1. When as many wait, no more is read from the connection until one is done.
    public var maximumConcurrentHandlers = 64

    /// Whether a connection is closed, and its suspended handlers are cancelled, as soon as its peer ends its side (a TCP FIN).
    ///
    /// Without it a peer may end its side and still get the replies to what it has sent, as RFC 9293 allows; a peer that is
    /// gone looks the same until something is sent to it. A connection that breaks (a TCP reset, also the answer to what is
    /// sent to a peer that is gone) is closed at once either way.
    public var closesWhenPeerEnds = false

    // MARK: Credentials

    /// Whether peers must prove who they are before their messages are handled, but for those that say
    /// `requires: nothing` in the spec.
    ///
    /// A message from any other peer is answered with `Fault.authenticationFailed`, and broadcasts go to those only who
    /// have proved it. A peer has as soon as a handler has set its session's identity.
    public var requiresAuthentication = false

    /// How long a peer may take to prove who it is, where it must; zero means for ever.
    ///
    /// The server then sends `Fault.authenticationFailed` and closes the connection, within a second.
    public var authenticationTimeout = Duration.seconds(10)

    /// The largest payload in bytes, 0 or more, that a peer may send before it has proved who it is, where it must.
    ///
    /// The server answers a frame that announces more with `Fault.authenticationFailed`, and closes the connection without
    /// receiving the payload.
    public var maximumUnauthenticatedPayload = 1024

    // MARK: Time

    /// How long a connection may stay open while nothing complete comes from its peer; zero means for ever.
    ///
    /// The server then sends `Fault.timeout` and closes the connection, within a second. Any message keeps it alive.
    public var idleTimeout = Duration.seconds(60)

    /// How long the rest of a frame may take, once its first byte has come; zero means for ever.
    ///
    /// The server then sends `Fault.timeout` and closes the connection, within a second.
    public var frameTimeout = Duration.seconds(10)

    // MARK: Output

    /// How many bytes of output may wait for a peer before the server stops reading from it.
    public var outputHighWaterMark = 256 * 1024

    /// How many bytes of output may wait for a peer: at least ``outputHighWaterMark``.
    ///
    /// Beyond them the connection is closed. Where that is less than ``outputHighWaterMark``, the largest frame of the protocol
    /// and 64 KiB together, which is what may be written before it is seen how much a peer takes, those count: a peer that
    /// reads gets every reply.
    public var maximumPendingOutput = 4 * 1024 * 1024

    /// How long output may wait while the peer takes none of it, and how long all of it may take once the connection is
    /// to be closed.
    ///
    /// Then it is cut off.
    public var writeTimeout = Duration.seconds(30)

    // MARK: Stopping

    /// How long the server, told to stop, may take to answer what it has received and to close every connection.
    ///
    /// What is left then is cut off.
    public var drainTimeout = Duration.seconds(10)

    /// A configuration; what is not named here can be set afterwards.
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
