import Glibc
import SwitchboardBytes
import SwitchboardTransport
import Testing

@Suite("The connector")
struct ConnectorTests {
    /// Connects, and waits for the outcome.
    private func connect(
        toPort port: Int,
        timeout: Duration = .seconds(60),
        onAttempt: (ConnectionAttempt) -> Void = { _ in }
    ) throws -> Result<Int32, TransportError> {
        let loop = try EventLoop(label: "test")
        defer { loop.stop() }
        let address = try SocketAddress.resolve(host: "127.0.0.1", port: port)[0]
        let outcomes = Watched<[Result<Int32, TransportError>]>([])
        let attempt = Connector.connect(to: address, on: loop, timeout: timeout) { outcome in
            outcomes.update { $0.append(outcome) }
        }
        onAttempt(attempt)
        let outcome = try outcomes.wait { !$0.isEmpty }[0]
        // Too late to matter.
        attempt.cancel()
        let isDone = Watched(false)
        loop.execute { isDone.update { $0 = true } }
        try isDone.wait { $0 }
        #expect(outcomes.value.count == 1)
        return outcome
    }

    @Test("A connection that is made can be used")
    func connects() throws {
        let listener = try PlainListener(backlog: 1)
        let descriptor = try connect(toPort: listener.port).get()
        let peer = Peer(accept(listener.descriptor, nil, nil))
        let loop = try EventLoop(label: "test")
        defer { loop.stop() }
        loop.execute {
            ScriptedDelegate(onReceived: echo)
                .start(SocketStream(adopting: descriptor, on: loop, remoteAddress: nil))
        }
        try peer.send("hello")
        #expect(try peer.receive(5) == "hello")
    }

    @Test("A refused connection is reported in plain words")
    func isRefused() throws {
        // Bound, but not listened on: nobody else gets the port meanwhile.
        let listener = try PlainListener(backlog: 1)
        shutdown(listener.descriptor, Int32(SHUT_RDWR))
        let error = #expect(throws: TransportError.self) { try connect(toPort: listener.port).get() }
        #expect(error?.code == .cannotConnect)
        #expect(error?.errno == ECONNREFUSED)
        #expect(error?.description == "cannot connect to 127.0.0.1:\(listener.port): connection refused")
    }

    @Test("A peer that does not answer is given up after the timeout")
    func timesOut() throws {
        try withFullBacklog { port in
            let error = #expect(throws: TransportError.self) {
                try connect(toPort: port, timeout: .milliseconds(100)).get()
            }
            #expect(error?.code == .timedOut)
            #expect(error?.description == "cannot connect to 127.0.0.1:\(port): no answer within 0.1 seconds")
        }
    }

    @Test("An attempt can be cancelled")
    func isCancelled() throws {
        try withFullBacklog { port in
            let error = #expect(throws: TransportError.self) {
                try connect(toPort: port, onAttempt: { $0.cancel() }).get()
            }
            #expect(error?.code == .cancelled)
        }
    }

    @Test("An attempt ends with its loop")
    func endsWithItsLoop() throws {
        try withFullBacklog { port in
            let loop = try EventLoop(label: "test")
            let address = try SocketAddress.resolve(host: "127.0.0.1", port: port)[0]
            let outcomes = Watched<[TransportError.Code]>([])
            func attempt() {
                Connector.connect(to: address, on: loop, timeout: .seconds(60)) { outcome in
                    if case .failure(let error) = outcome { outcomes.update { $0.append(error.code) } }
                }
            }
            attempt()
            loop.stop()
            attempt()
            #expect(try outcomes.wait { $0.count == 2 } == [.cancelled, .cancelled])
        }
    }

    /// A port whose listener takes no more connections, and answers none.
    private func withFullBacklog(_ body: (Int) throws -> Void) throws {
        let listener = try PlainListener(backlog: 0)
        let waiting = try Peer.connected(toPort: listener.port)
        try body(listener.port)
        waiting.close()
    }
}
