import Glibc
import SwitchboardBytes
import SwitchboardTransport
import TestSupport
import Testing

@Suite("The connector")
struct ConnectorTests {
    /// Connects, and waits for the result.
    private func connect(
        toPort port: Int,
        timeout: Duration = .seconds(60),
        onRace: (ConnectionRace) -> Void = { _ in }
    ) throws -> Result<Int32, TransportError> {
        let address = try SocketAddress("127.0.0.1", port: port)
        return try connect(to: [address], timeout: timeout, onRace: onRace).map(\.descriptor)
    }

    private func connect(
        to addresses: [SocketAddress],
        timeout: Duration = .seconds(60),
        onRace: (ConnectionRace) -> Void = { _ in }
    ) throws -> Result<ConnectionRace.Winner, TransportError> {
        let loop = try EventLoop(label: "test")
        defer { loop.stop() }
        let outcomes = Watched<[Result<ConnectionRace.Winner, TransportError>]>([])
        let race = Connector.connect(to: addresses, on: loop, timeout: timeout) { outcome in
            outcomes.update { $0.append(outcome) }
        }
        onRace(race)
        let outcome = try outcomes.wait { !$0.isEmpty }[0]
        // This cancellation comes too late to have an effect.
        race.cancel()
        let isDone = Watched(false)
        loop.execute { isDone.update { $0 = true } }
        try isDone.wait { $0 }
        #expect(outcomes.value.count == 1)
        return outcome
    }

    @Test("A connection that is made can be used")
    func connects() throws {
        let listener = try RawListener(backlog: 1)
        let descriptor = try connect(toPort: listener.port).get()
        let peer = try listener.accept()
        let loop = try EventLoop(label: "test")
        defer { loop.stop() }
        loop.execute {
            ScriptedDelegate(onReceived: echo)
                .start(SocketStream(adopting: descriptor, on: loop, remoteAddress: nil))
        }
        try peer.send("hello")
        #expect(try peer.receive(count: 5) == "hello")
    }

    @Test("A refused connection is reported in plain words")
    func isRefused() throws {
        // The port is bound but not listening, so that no other process gets it.
        let listener = try RawListener(backlog: 1)
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
            #expect(error?.description == "cannot connect to 127.0.0.1:\(port): no reply within 0.1 seconds")
        }
    }

    @Test("An attempt can be cancelled")
    func isCancelled() throws {
        try withFullBacklog { port in
            let error = #expect(throws: TransportError.self) {
                try connect(toPort: port, onRace: { $0.cancel() }).get()
            }
            #expect(error?.code == .cancelled)
        }
    }

    @Test("An attempt ends with its loop")
    func endsWithItsLoop() throws {
        try withFullBacklog { port in
            let loop = try EventLoop(label: "test")
            let address = try SocketAddress("127.0.0.1", port: port)
            let outcomes = Watched<[TransportError.Code]>([])
            func attempt() {
                Connector.connect(to: [address], on: loop, timeout: .seconds(60)) { outcome in
                    if case .failure(let error) = outcome { outcomes.update { $0.append(error.code) } }
                }
            }
            attempt()
            loop.stop()
            attempt()
            #expect(try outcomes.wait { $0.count == 2 } == [.cancelled, .cancelled])
        }
    }

    @Test("An address that swallows everything delays the next one by a head start only")
    func passesSilentAddresses() throws {
        try withFullBacklog { silent in
            let listener = try RawListener(backlog: 1)
            let addresses = try [silent, listener.port].map { try SocketAddress("127.0.0.1", port: $0) }
            let winner = try connect(to: addresses).get()
            #expect(winner.address == addresses[1])
            close(winner.descriptor)
        }
    }

    @Test("An address that refuses is followed by the next one at once, and all reasons are told when none is left")
    func goesOn() throws {
        let refusing = try (0..<2).map { _ in try RawListener(backlog: 1) }
        for listener in refusing { shutdown(listener.descriptor, Int32(SHUT_RDWR)) }
        let listener = try RawListener(backlog: 1)
        let addresses = try (refusing + [listener]).map { try SocketAddress("127.0.0.1", port: $0.port) }
        let winner = try connect(to: addresses).get()
        #expect(winner.address == addresses[2])
        close(winner.descriptor)
        let error = #expect(throws: TransportError.self) { try connect(to: Array(addresses[..<2])).get() }
        #expect(error?.errno == ECONNREFUSED)
        for address in addresses[..<2] {
            #expect(error?.description.contains("\(address): connection refused") == true)
        }
        #expect(throws: TransportError.self) { try connect(to: []).get() }
    }

    @Test("Silent addresses are tried a quarter of a second apart, until the time is up")
    func staggers() async {
        await #expect(processExitsWith: .success) {
            let listeners = try (0..<3).map { _ in try RawListener(backlog: 0) }
            let waiting = try listeners.map { try RawPeer(port: $0.port) }
            let addresses = try listeners.map { try SocketAddress("127.0.0.1", port: $0.port) }
            let loop = try EventLoop(label: "test", runByHandFrom: 0) {}
            let failures = Watched<[TransportError]>([])
            let before = try openDescriptorCount()
            Connector.connect(to: addresses, on: loop, timeout: .seconds(1)) { result in
                if case .failure(let error) = result { failures.update { $0.append(error) } }
            }
            for (milliseconds, attempts) in [(0, 1), (249, 1), (250, 2), (499, 2), (500, 3), (999, 3), (1000, 0)] {
                loop.run(at: UInt64(milliseconds) * 1_000_000)
                try #require(try openDescriptorCount() - before == attempts, "after \(milliseconds) ms")
            }
            try #require(failures.value.map(\.code) == [.timedOut])
            for peer in waiting { peer.close() }
        }
    }

    @Test("The addresses of the two families alternate, and none is tried twice")
    func order() throws {
        func addresses(_ hosts: String...) throws -> [SocketAddress] {
            try hosts.map { try SocketAddress($0, port: 1) }
        }
        let found = try addresses("::1", "::2", "::1", "::3", "127.0.0.1", "::ffff:127.0.0.1", "127.0.0.2")
        let order = try addresses("::1", "127.0.0.1", "::2", "127.0.0.2", "::3")
        #expect(ConnectionRace.order(found) == order)
        #expect(try ConnectionRace.order(addresses("127.0.0.1")) == addresses("127.0.0.1"))
        #expect(ConnectionRace.order([]) == [])
    }

    /// Runs `body` with a port whose listener accepts no connections, with a full backlog.
    private func withFullBacklog(_ body: (Int) throws -> Void) throws {
        let listener = try RawListener(backlog: 0)
        let waiting = try RawPeer(port: listener.port)
        try body(listener.port)
        waiting.close()
    }
}
