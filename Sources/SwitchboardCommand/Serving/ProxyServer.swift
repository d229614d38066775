internal import SwitchboardSpec
internal import SwitchboardTLS
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
    private let tls: ProxyTLS
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
        _ tls: ProxyTLS,
        _ dissector: FrameDissector,
        _ rules: ProxyRules,
        _ printer: TrafficPrinter
    ) {
        self.loop = loop
        self.server = server
        self.tls = tls
        self.dissector = dissector
        self.rules = rules
        self.printer = printer
    }

    /// Connects a client to the server, or closes its connection if there are too many.
    func accept(_ descriptor: Int32, _ address: SocketAddress) {
        lastNumber += 1
        let stream = SocketStream(adopting: descriptor, on: loop, remoteAddress: address, limits: tls.clientLimits)
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
                self.refuse(client, "\(error)")
            }
        }
    }

    private func connect(_ client: Client, _ descriptor: Int32, _ address: SocketAddress) {
        let socket = SocketStream(adopting: descriptor, on: loop, remoteAddress: address, limits: tls.serverLimits)
        guard let clientStream = tls.client(over: client.stream, whenFailed: reporter(.client, client.number)) else {
            socket.reset()
            return refuse(client, "not enough memory for a TLS session")
        }
        let serverStream: ProxyStream
        do throws(TLSError) {
            serverStream = try tls.server(over: socket, whenFailed: reporter(.server, client.number))
        } catch {
            socket.reset()
            return refuse(client, "\(error)")
        }
        let captured = capture.map { CapturedConnection($0, from: client.address, to: address) }
        let traffic = ProxyTraffic(client.number, dissector, rules, printer, captured) { [weak self] in
            self?.connectionCount -= 1
        }
        ProxyEnd.connect(clientStream, serverStream, traffic)
    }

    /// Returns a function that reports why the connection with an end broke.
    private func reporter(_ end: Sender, _ number: Int) -> (String) -> Void {
        { [printer] reason in printer.report("the connection with the \(end) broke: \(reason)", of: number) }
    }

    private func refuse(_ client: Client, _ reason: String) {
        printer.report(reason, of: client.number)
        client.stream.reset()
        connectionCount -= 1
    }
}
