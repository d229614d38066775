internal import SwitchboardSpec
internal import SwitchboardTransport

/// Accepts the connections of a proxy, and connects each to the server.
final class ProxyServer: @unchecked Sendable {
    /// The time to connect to the server.
    private static let connectTime = Duration.seconds(10)

    /// A client that waits for the connection to the server.
    private struct Client: @unchecked Sendable {
        let number: Int
        let stream: SocketStream
        let address: SocketAddress
    }

    private let loop: EventLoop
    private let server: [SocketAddress]
    private let dissector: FrameDissector
    private let rules: ProxyRules
    private let printer: TrafficPrinter

    // Only the event loop uses the properties below, once connections are accepted.

    /// Where the bytes of the connections are written, if they are.
    var capture: CaptureWriter?

    private var connectionCount = 0
    private var lastNumber = 0

    init(
        on loop: EventLoop,
        to server: [SocketAddress],
        _ dissector: FrameDissector,
        _ rules: ProxyRules,
        _ printer: TrafficPrinter
    ) {
        self.loop = loop
        self.server = server
        self.dissector = dissector
        self.rules = rules
        self.printer = printer
    }

    /// Connects a client to the server, or closes its connection if there are too many.
    func accept(_ descriptor: Int32, _ address: SocketAddress) {
        lastNumber += 1
        let stream = SocketStream(adopting: descriptor, on: loop, remoteAddress: address, limits: ProxyEnd.limits)
        guard connectionCount < ServingLoop.maximumConnections else {
            printer.report("refused: there are \(connectionCount) connections", of: lastNumber)
            return stream.reset()
        }
        connectionCount += 1
        let client = Client(number: lastNumber, stream: stream, address: address)
        Connector.connect(to: server, on: loop, timeout: Self.connectTime) { result in
            do throws(TransportError) {
                let (descriptor, address) = try result.get()
                self.connect(client, descriptor, address)
            } catch {
                self.printer.report("\(error)", of: client.number)
                client.stream.reset()
                self.connectionCount -= 1
            }
        }
    }

    private func connect(_ client: Client, _ descriptor: Int32, _ address: SocketAddress) {
        let stream = SocketStream(adopting: descriptor, on: loop, remoteAddress: address, limits: ProxyEnd.limits)
        let captured = capture.map { CapturedConnection($0, from: client.address, to: address) }
        let traffic = ProxyTraffic(client.number, dissector, rules, printer, captured) { [weak self] in
            self?.connectionCount -= 1
        }
        ProxyEnd.connect(client.stream, stream, traffic)
    }
}
