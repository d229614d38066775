import Foundation
import Glibc
import Logging
import ServiceLifecycle
import Switchboard
import TestSupport
import Testing
import UnixSignals

private let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

@Suite("A server")
struct LifeTests {
    @Test("that is shut down gracefully answers what it is handling, then closes and gives its port back")
    func gracefulShutdown() async throws {
        let gate = Gate()
        let server = try Server(.workshop(gate), configuration: .init(port: 0, eventLoops: 2), logger: silent)
        let group = ServiceGroup(services: [server], logger: silent)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            let port = try await server.listeningAddress.port
            try await withClient(port) { client in
                async let reply = client.request(Workshop.Hold(value: 7))
                await gate.arrival(of: 1)
                await group.triggerGracefulShutdown()
                var incoming = client.incoming.makeAsyncIterator()
                await gate.open()
                let sum = try await reply
                #expect(sum.value == 7)
                await #expect(throws: ClientError.self) { try await incoming.next() }
            }
            try await tasks.waitForAll()
            let successor = try Server(.workshop(), configuration: .init(port: port), logger: silent)
            let running = Task { try await successor.run(gracefulShutdownSignals: []) }
            #expect(try await successor.listeningAddress.port == port)
            running.cancel()
            try await running.value
        }
    }

    @Test("has taken its port when it does what is to be done before it accepts, and gives it back when that fails")
    func beforeAccepting() async throws {
        struct NotNow: Error {}
        @Sendable func server(_ port: Int) throws -> Server {
            try Server(.workshop(), configuration: .init(port: port, eventLoops: 1), logger: silent)
        }
        let first = try server(0)
        let running = Task { try await first.run(gracefulShutdownSignals: []) }
        let port = try await first.listeningAddress.port
        running.cancel()
        try await running.value
        let second = try server(port)
        let prepare: @Sendable () async throws -> Void = {
            #expect(second.state != .ready)
            do {
                try await server(port).run(gracefulShutdownSignals: [])
            } catch is TransportError {
                throw NotNow()
            }
        }
        await #expect(throws: NotNow.self) { try await second.run(beforeAccepting: prepare) }
        await #expect(throws: NotNow.self) { try await second.listeningAddress }
        let third = try server(port)
        let serving = Task { try await third.run(beforeAccepting: {}) }
        try await withClient(third.listeningAddress.port) { _ in }
        serving.cancel()
        try await serving.value
    }

    @Test("tells who wants to know that a connection has closed, once for each")
    func disconnections() async throws {
        let (closed, continuation) = AsyncStream.makeStream(of: ConnectionID.self)
        var router = Router.workshop()
        router.onDisconnect { continuation.yield($0.id) }
        let server = try Server(router, configuration: .init(port: 0), logger: silent)
        let running = Task { try await server.run(gracefulShutdownSignals: []) }
        let port = try await server.listeningAddress.port
        var ids = closed.makeAsyncIterator()
        var last: ConnectionID = 0
        for _ in 1...3 {
            try await withClient(port) { _ in }
            let id = try #require(await ids.next())
            #expect(id > last)
            last = id
        }
        running.cancel()
        try await running.value
        continuation.finish()
        #expect(await ids.next() == nil)
    }

    @Test("that is shut down gracefully does not wait for longer than it was told to")
    func drainTimeout() async throws {
        let gate = Gate()
        var configuration = ServerConfiguration(port: 0)
        configuration.drainTimeout = .milliseconds(50)
        let server = try Server(.workshop(gate), configuration: configuration, logger: silent)
        let group = ServiceGroup(services: [server], logger: silent)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            try await withClient(server.listeningAddress.port) { client in
                let reply = Task { try await client.request(Workshop.Hold(value: 7)) }
                await gate.arrival(of: 1)
                await group.triggerGracefulShutdown()
                await #expect(throws: ClientError.self) { try await reply.value }
            }
            try await tasks.waitForAll()
            await gate.open()
        }
    }

    @Test("that cannot listen says so, to those who wait for its address too")
    func portInUse() async throws {
        try await withServer { port in
            let server = try Server(.workshop(), configuration: .init(port: port), logger: silent)
            let address = Task { try await server.listeningAddress }
            let error = await #expect(throws: TransportError.self) { try await server.run(gracefulShutdownSignals: []) }
            #expect(error?.code == .cannotListen)
            await #expect(throws: TransportError.self) { try await address.value }
        }
    }

    @Test("that the system has no descriptors for says so, and gives back those it had")
    func noDescriptors() async {
        await #expect(processExitsWith: .success) {
            func serve(_ eventLoops: Int) async throws {
                let configuration = ServerConfiguration(port: 0, eventLoops: eventLoops)
                let server = try Server(.workshop(), configuration: configuration, logger: silent)
                let running = Task { try await server.run(gracefulShutdownSignals: []) }
                _ = try await server.listeningAddress
                running.cancel()
                try await running.value
            }
            // The first loop opens descriptors of the process itself.
            try await serve(1)
            let before = try openDescriptorCount()
            var limit = rlimit()
            unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            limit.rlim_cur = 64
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            do {
                try await serve(40)
                Issue.record("40 loops have 64 descriptors")
            } catch let error as TransportError {
                try #require(error.code == .cannotMakeEventLoop)
            }
            try #require(try openDescriptorCount() == before)
        }
    }

    @Test("drains on the first signal, stops at once on the second, and leaves signals as they were")
    func signals() async {
        await #expect(processExitsWith: .signal(SIGTERM)) {
            for isPatient in [true, false] {
                let gate = Gate()
                let server = try Server(.workshop(gate), configuration: .init(port: 0), logger: silent)
                let running = Task { try await server.run() }
                let port = try await server.listeningAddress.port
                let client = try await Client.connect(host: "127.0.0.1", port: port, speaking: Workshop.self)
                let reply = Task { try await client.request(Workshop.Hold(value: 7)) }
                await gate.arrival(of: 1)
                kill(getpid(), isPatient ? SIGTERM : SIGINT)
                while server.state != .stopping { await Task.yield() }
                if isPatient {
                    await gate.open()
                    try #require(try await reply.value.value == 7)
                } else {
                    kill(getpid(), SIGTERM)
                    await #expect(throws: ClientError.self) { try await reply.value }
                    await gate.open()
                }
                try await running.value
                await client.close()
            }
            kill(getpid(), SIGTERM)
            try await Task.sleep(for: .seconds(60))
        }
    }

    @Test("leaves signals alone where it is told to")
    func noSignals() async {
        await #expect(processExitsWith: .signal(SIGTERM)) {
            let server = try Server(.workshop(), configuration: .init(port: 0), logger: silent)
            let running = Task { try await server.run(gracefulShutdownSignals: []) }
            _ = try await server.listeningAddress
            kill(getpid(), SIGTERM)
            try await running.value
        }
        await #expect(processExitsWith: .signal(SIGTERM)) {
            let server = try Server(.workshop(), configuration: .init(port: 0), logger: silent)
            let running = Task { try await server.run(gracefulShutdownSignals: [.sigint]) }
            _ = try await server.listeningAddress
            kill(getpid(), SIGTERM)
            try await running.value
        }
    }

    @Test("that never runs does not keep those who wait for its address from being cancelled")
    func cancelledWaiting() async throws {
        let server = try Server(.workshop(), configuration: .init(port: 0), logger: silent)
        let waiting = (0..<2).map { _ in Task.immediate { try await server.listeningAddress } }
        for task in waiting {
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        let cancelled = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            return try await server.listeningAddresses
        }
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        // Others get the address all the same.
        let patient = Task.immediate { try await server.listeningAddress.port }
        let running = Task { try await server.run(gracefulShutdownSignals: []) }
        #expect(try await patient.value > 0)
        running.cancel()
        try await running.value
    }

    @Test("on a name listens at all its addresses, with one port")
    func allAddresses() async throws {
        let expected = Set(
            try await SocketAddress.resolve(host: "localhost", port: 0, within: .seconds(60)).map(\.host)
        )
        try await withServers(host: "localhost") { server in
            let addresses = try await server.listeningAddresses
            #expect(Set(addresses.map(\.port)).count == 1)
            #expect(!addresses.isEmpty && expected.isSuperset(of: addresses.map(\.host)))
            for address in addresses {
                let client = try await Client.connect(host: address.host, port: address.port, speaking: Workshop.self)
                #expect(try await client.request(Workshop.Add(left: 1, right: 2)).value == 3)
                await client.close()
            }
        }
    }

    @Test("on :: is reached over IPv4 and IPv6, and on 0.0.0.0 over IPv4")
    func anyAddress() async throws {
        for (host, reachable) in [("::", ["127.0.0.1", "::1"]), ("0.0.0.0", ["127.0.0.1"])] {
            do {
                try await withServers(host: host) { server in
                    let port = try await server.listeningAddress.port
                    for address in reachable {
                        let client = try await Client.connect(host: address, port: port, speaking: Workshop.self)
                        #expect(try await client.request(Workshop.Add(left: 1, right: 2)).value == 3)
                        await client.close()
                    }
                }
            } catch let error as TransportError where host == "::" {
                // A machine without IPv6.
                #expect([EAFNOSUPPORT, EADDRNOTAVAIL].contains(error.errno))
            }
        }
    }

    private func withServers(host: String, _ body: (Server) async throws -> Void) async throws {
        let server = try Server(.workshop(), configuration: .init(host: host, port: 0), logger: silent)
        let running = Task { try await server.run(gracefulShutdownSignals: []) }
        defer { running.cancel() }
        try await body(server)
        running.cancel()
        try await running.value
    }

    @Test("runs once")
    func once() async throws {
        let server = try Server(.workshop(), configuration: .init(port: 0), logger: silent)
        let running = Task { try await server.run(gracefulShutdownSignals: []) }
        _ = try await server.listeningAddress
        await #expect(throws: ServerHasRunError.self) { try await server.run(gracefulShutdownSignals: []) }
        running.cancel()
        try await running.value
        await #expect(throws: ServerHasRunError.self) { try await server.run(gracefulShutdownSignals: []) }
    }

    @Test("refuses a configuration that makes no sense, and says which value")
    func configuration() {
        func refusal(_ change: (inout ServerConfiguration) -> Void) -> String? {
            var configuration = ServerConfiguration()
            change(&configuration)
            do {
                _ = try Server(.workshop(), configuration: configuration, logger: silent)
                return nil
            } catch {
                return "\(error)"
            }
        }
        #expect(refusal { $0.port = -1 } == "port is -1: it must be between 0 and 65535")
        #expect(refusal { $0.host = "" } == "host is empty: it must be an address or a name")
        #expect(refusal { $0.eventLoops = 0 } == "eventLoops is 0: it must be between 1 and 1024")
        #expect(refusal { $0.maximumConnections = 0 } == "maximumConnections is 0: it must be at least 1")
        #expect(
            refusal { $0.maximumPendingOutput = 0 }
                == "maximumPendingOutput is 0: it must be at least outputHighWaterMark (262144)"
        )
        #expect(
            refusal { $0.maximumConcurrentHandlers = 0 }
                == "maximumConcurrentHandlers is 0: it must be between 1 and 65535"
        )
        #expect(refusal { $0.writeTimeout = .zero } == "writeTimeout is 0.0 seconds: it must be more than 0 s")
        #expect(refusal { _ in } == nil)
    }

    @Test("refuses a router with a mistake")
    func router() {
        var router = Router.workshop()
        router.on(Workshop.Note.self) { _, _ in }
        #expect(throws: RouterError.self) { try Server(router, logger: silent) }
    }
}
