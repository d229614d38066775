internal import Logging
internal import SwitchboardRouter
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
    let logger: Logger
    let slots: ConnectionSlots

    init(
        wireProtocol: any WireProtocol.Type,
        table: RoutingTable,
        configuration: ServerConfiguration,
        logger: Logger
    ) {
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
        self.logger = logger
        slots = ConnectionSlots(limit: configuration.maximumConnections)
    }
}
