internal import CoreMetrics
internal import Logging
internal import SwitchboardRouter
internal import SwitchboardTLS
internal import SwitchboardTransport

/// What all connections of a server share and none of them changes.
final class ServerCore: Sendable {
    let table: RoutingTable
    let routes: RouteIndex
    let frameFormat: FrameFormat
    let decoder: FrameDecoder
    let encoder: FrameEncoder
    let errorMessage: (any ErrorMessage.Type)?
    let configuration: ServerConfiguration
    let streamLimits: SharedStreamLimits
    let tls: TLSAcceptor?
    let requiresAuthentication: Bool
    let rate: MessageRate
    let sharedRate: SharedMessageRate
    /// Whether any rate is limited.
    let limitsRates: Bool
    let logger: Logger
    /// Whether every frame is noted in the log.
    let logsFrames: Bool
    let slots: ConnectionSlots
    let messageSlots: MessageSlots
    let metrics: ServerMetrics
    let closed = ClosedConnections()
    private let messages: [MessageCode: any Message.Type]

    init(
        wireProtocol: any WireProtocol.Type,
        table: RoutingTable,
        configuration: ServerConfiguration,
        logger: Logger
    ) throws(TLSError) {
        self.table = table
        routes = table.index
        frameFormat = wireProtocol.frameFormat
        decoder = FrameDecoder(wireProtocol.frameFormat)
        encoder = FrameEncoder(wireProtocol.frameFormat)
        errorMessage = wireProtocol.errorMessage
        self.configuration = configuration
        var limits = StreamLimits()
        limits.highWaterBytes = configuration.outputHighWaterMark
        limits.lowWaterBytes = configuration.outputHighWaterMark / 2
        limits.maximumPendingBytes = configuration.maximumPendingOutput
        limits.writeTimeout = configuration.writeTimeout
        streamLimits = SharedStreamLimits(limits)
        if let tls = configuration.tls {
            self.tls = try TLSAcceptor(tls, maximumPendingBytes: configuration.maximumPendingOutput)
        } else {
            tls = nil
        }
        requiresAuthentication = configuration.requiresAuthentication
        rate = MessageRate(perSecond: configuration.rateLimit)
        sharedRate = SharedMessageRate(perSecond: configuration.globalRateLimit)
        limitsRates = rate.isLimited || sharedRate.isLimited
        self.logger = logger
        logsFrames = logger.logLevel <= .debug
        slots = ConnectionSlots(
            limit: configuration.affordableConnections,
            limitPerAddress: configuration.maximumConnectionsPerAddress
        )
        messageSlots = MessageSlots(wireProtocol)
        metrics = ServerMetrics(messageSlots, factory: MetricsSystem.factory)
        messages = Dictionary(wireProtocol.messages.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The name of the messages with `code`, or the code.
    func name(of code: MessageCode) -> String {
        messages[code]?.name ?? "\(code)"
    }

    /// Whether the peer waits for a reply to messages with `code`, be it that there are none.
    func expectsReply(_ code: MessageCode) -> Bool {
        messages[code].map { $0 is any Request.Type } ?? true
    }
}
