internal import CoreMetrics
internal import Logging
internal import SwitchboardBackplane
internal import SwitchboardRouter
internal import SwitchboardTLS
internal import SwitchboardTransport
internal import Synchronization

/// The values that all connections of a server share; most do not change.
final class ServerCore: Sendable {
    let wireProtocol: any WireProtocol.Type
    /// The identity of the server: a random number, different for each server and each start.
    let serverID = ServerID.random(in: 1...ServerID.max)
    let table: RoutingTable
    let routes: RouteIndex
    let frameFormat: FrameFormat
    /// The decoders of frames of clients.
    let decoders: StageDecoders
    /// The decoder of the frames of the format itself, in which almost all messages come.
    let decoder: FrameDecoder
    /// Whether frames have delimiters and escapes.
    let hasFraming: Bool
    /// Whether some messages come in frames of another form.
    let hasStages: Bool
    /// Whether the server itself starts with frames of another form, before which it can send no error.
    let startsWithStage: Bool
    /// The largest number of bytes of a frame that are not payload.
    let maximumOverhead: Int
    let encoder: FrameEncoder
    let errorMessage: (any ErrorMessage.Type)?
    /// The code of the error message from a peer; `nil` when another message of clients has the code.
    let peerErrorCode: MessageCode?
    /// The codes of the messages with which peers reply to requests of the server.
    let peerReplyCodes: Set<MessageCode>
    let connectionRules: ConnectionState.Rules
    /// The configuration at the start of the server: ``currentConfiguration`` has the limits that have changed since.
    let configuration: ServerConfiguration
    let current: Mutex<ServerConfiguration>
    let socketLimits: SharedStreamLimits
    let tls: TLSAcceptor?
    let requiresAuthentication: Bool
    let rates: MessageRates
    /// The limit of connections of each user, if there is one.
    let userLimit: UserLimit?
    let logger: Logger
    /// Whether every frame is logged.
    let logsFrames: Bool
    let slots: ConnectionSlots
    let metricIndexes: MetricIndexes
    let metrics: MetricsBackend
    let closed = ClosedConnections()
    /// The metrics of TLS; `nil` without TLS.
    let tlsMetrics: TLSMetrics?
    /// The messages of clients by code and, for other codes, those that only the server sends.
    private let received: [MessageCode: any Message.Type]

    /// - Throws: A `RouterError`, a `ConfigurationError` or a `TLSError`: the first mistake.
    init(
        _ router: Router,
        configuration: ServerConfiguration,
        _ backplane: (any Backplane)? = nil,
        logger: Logger
    ) throws {
        try configuration.validate()
        try configuration.validate(for: backplane)
        let wireProtocol = router.wireProtocol
        self.wireProtocol = wireProtocol
        table = try router.makeTable()
        routes = table.index
        frameFormat = wireProtocol.frameFormat
        decoders = StageDecoders(wireProtocol.frameFormat, from: .client)
        decoder = decoders[0]
        hasFraming = decoder.hasFraming
        hasStages = !decoders.isSingle
        startsWithStage = StageDecoders(frameFormat, from: .server).first != 0
        maximumOverhead = frameFormat.forms.reduce(0) { max($0, $1.overhead) }
        encoder = FrameEncoder(wireProtocol.frameFormat, as: .server)
        errorMessage = wireProtocol.errorMessage
        self.configuration = configuration
        current = Mutex(configuration)
        let limits = Self.streamLimits(configuration, wireProtocol.frameFormat)
        let tls = try configuration.tls.map { try TLSAcceptor($0, streamLimits: limits) }
        self.tls = tls
        socketLimits = tls?.socketLimits ?? SharedStreamLimits(limits)
        requiresAuthentication = configuration.requiresAuthentication
        rates = MessageRates(
            perConnection: configuration.rateLimit,
            shared: configuration.globalRateLimit,
            cluster: configuration.clusterRateLimit
        )
        let userLimit = configuration.maximumConnectionsPerUser
        self.userLimit = userLimit > 0 ? UserLimit(limit: userLimit) : nil
        self.logger = logger
        logsFrames = logger.logLevel <= .debug
        slots = ConnectionSlots(
            limit: configuration.affordableConnections,
            limitPerAddress: configuration.maximumConnectionsPerAddress,
            loops: configuration.eventLoops
        )
        metricIndexes = MetricIndexes(wireProtocol)
        metrics = MetricsBackend(metricIndexes, factory: MetricsSystem.factory)
        tlsMetrics = tls == nil ? nil : TLSMetrics(MetricsSystem.factory)
        let messages = wireProtocol.messages
        let fromClients = messages.filter { $0.sender != .server }
        let received = Dictionary(
            (fromClients + messages).map { ($0.code, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        self.received = received
        peerErrorCode = errorMessage.flatMap { (error: any Message.Type) in
            (received[error.code] ?? error) == error ? error.code : nil
        }
        peerReplyCodes = wireProtocol.peerReplyCodes
        let isCorrelated = wireProtocol.frameFormat.correlation != nil
        connectionRules = ConnectionState.Rules(
            maximumSuspendedHandlers: isCorrelated ? configuration.maximumConcurrentHandlers : 1,
            closesWhenPeerEnds: configuration.closesWhenPeerEnds,
            takesReplies: isCorrelated && !peerReplyCodes.isEmpty
        )
        for message in router.unhandledMessages {
            logger.warning("message has no handler", metadata: ["message": "\(message.name)"])
        }
    }

    private static func streamLimits(_ configuration: ServerConfiguration, _ format: FrameFormat) -> StreamLimits {
        var limits = StreamLimits()
        limits.highWaterBytes = configuration.outputHighWaterMark
        limits.lowWaterBytes = configuration.outputHighWaterMark / 2
        // A message begins when the pending output is at most the high-water mark, after other replies of its read
        // burst. The limit must leave room for its reply, whatever the size. TLS adds less than 1 %, and a few bytes to
        // the smallest reply.
        let largest = format.forms.reduce(0) { max($0, $1.maximumFrameSize) }
        let burst = StreamLimits.maximumBurstBytes + largest
        let (needed, overflows) = limits.highWaterBytes.addingReportingOverflow(burst + burst / 100 + 256)
        limits.maximumPendingBytes = max(configuration.maximumPendingOutput, overflows ? .max : needed)
        limits.writeTimeout = configuration.writeTimeout
        return limits
    }

    /// The configuration with the limits that have changed since the start of the server.
    var currentConfiguration: ServerConfiguration { current.withLock(\.self) }

    /// Returns the name of the message from a peer with `code`, or the code.
    func name(of code: MessageCode) -> String {
        received[code]?.name ?? "\(code)"
    }

    /// Returns whether a message with `code` has a reply, or is unknown.
    func expectsReply(_ code: MessageCode) -> Bool {
        received[code].map { $0 is any Request.Type } ?? true
    }
}
