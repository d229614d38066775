internal import SwitchboardSpec
internal import SwitchboardTransport

/// Accepts the connections of a mock server.
final class MockServer: @unchecked Sendable {
    private let loop: EventLoop
    private let tls: ListenTLS
    private let dissector: FrameDissector
    private let answers: MockAnswers
    private let printer: TrafficPrinter

    // Only the event loop uses the properties below.

    private var connectionCount = 0
    private var lastNumber = 0

    init(
        on loop: EventLoop,
        _ tls: ListenTLS,
        _ dissector: FrameDissector,
        _ answers: MockAnswers,
        _ printer: TrafficPrinter
    ) {
        self.loop = loop
        self.tls = tls
        self.dissector = dissector
        self.answers = answers
        self.printer = printer
    }

    /// Serves a connection, or closes it if there are too many.
    func accept(_ descriptor: Int32, _ client: SocketAddress) {
        lastNumber += 1
        let socket = SocketStream(adopting: descriptor, on: loop, remoteAddress: client, limits: tls.socketLimits)
        guard connectionCount < ServingLoop.maximumConnections else {
            printer.report("refused: there are \(connectionCount) connections", of: lastNumber)
            return socket.abort(.requested)
        }
        // If the handshake fails, the stream closes with the reason, which the connection reports.
        guard let stream = tls.stream(over: socket) else {
            printer.report("refused: not enough memory for a TLS session", of: lastNumber)
            return socket.abort(.requested)
        }
        connectionCount += 1
        let connection = MockConnection(lastNumber, stream, dissector, answers, printer) { [weak self] in
            self?.connectionCount -= 1
        }
        stream.start(connection)
    }
}
