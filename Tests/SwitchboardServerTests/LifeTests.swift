import Foundation
import Logging
import ServiceLifecycle
import Switchboard
import Testing

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
                #expect(await incoming.next() == nil)
            }
            try await tasks.waitForAll()
            let successor = try Server(.workshop(), configuration: .init(port: port), logger: silent)
            let running = Task { try await successor.run() }
            #expect(try await successor.listeningAddress.port == port)
            running.cancel()
            try await running.value
        }
    }

    @Test("tells who wants to know that a connection has closed, once for each")
    func disconnections() async throws {
        let (closed, continuation) = AsyncStream.makeStream(of: ConnectionID.self)
        var router = Router.workshop()
        router.onDisconnect { continuation.yield($0.id) }
        let server = try Server(router, configuration: .init(port: 0), logger: silent)
        let running = Task { try await server.run() }
        let port = try await server.listeningAddress.port
        var ids = closed.makeAsyncIterator()
        for expected in 1...3 as ClosedRange<ConnectionID> {
            try await withClient(port) { _ in }
            #expect(await ids.next() == expected)
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
            let error = await #expect(throws: TransportError.self) { try await server.run() }
            #expect(error?.code == .cannotListen)
            await #expect(throws: TransportError.self) { try await address.value }
        }
    }

    @Test("that the system has no descriptors for says so, and gives back those it had")
    func noDescriptors() async {
        await #expect(processExitsWith: .success) {
            func openDescriptors() throws -> Int {
                let directory = "/proc/self/fd"
                // Dispatch opens a timer of its own whenever it first needs one.
                return try FileManager.default.contentsOfDirectory(atPath: directory).count { name in
                    let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(directory)/\(name)")
                    return target != "anon_inode:[timerfd]"
                }
            }
            func serve(_ eventLoops: Int) async throws {
                let configuration = ServerConfiguration(port: 0, eventLoops: eventLoops)
                let server = try Server(.workshop(), configuration: configuration, logger: silent)
                let running = Task { try await server.run() }
                _ = try await server.listeningAddress
                running.cancel()
                try await running.value
            }
            // The first loop opens descriptors of the process itself.
            try await serve(1)
            let before = try openDescriptors()
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
            try #require(try openDescriptors() == before)
        }
    }

    @Test("runs once")
    func once() async throws {
        let server = try Server(.workshop(), configuration: .init(port: 0), logger: silent)
        let running = Task { try await server.run() }
        _ = try await server.listeningAddress
        await #expect(throws: ServerHasRunError.self) { try await server.run() }
        running.cancel()
        try await running.value
        await #expect(throws: ServerHasRunError.self) { try await server.run() }
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
        #expect(refusal { $0.port = -1 } == "port must be between 0 and 65535")
        #expect(refusal { $0.host = "" } == "host must be an address or a name")
        #expect(refusal { $0.eventLoops = 0 } == "eventLoops must be between 1 and 1024")
        #expect(refusal { $0.maximumConnections = 0 } == "maximumConnections must be at least 1")
        #expect(
            refusal { $0.maximumPendingOutput = 0 }
                == "maximumPendingOutput must be at least outputHighWaterMark (262144)"
        )
        #expect(
            refusal { $0.maximumConcurrentHandlers = 0 } == "maximumConcurrentHandlers must be between 1 and 65535"
        )
        #expect(refusal { $0.writeTimeout = .zero } == "writeTimeout must be longer than 0 s")
        #expect(refusal { _ in } == nil)
    }

    @Test("refuses a router with a mistake")
    func router() {
        var router = Router.workshop()
        router.on(Workshop.Note.self) { _, _ in }
        #expect(throws: RouterError.self) { try Server(router, logger: silent) }
    }
}
