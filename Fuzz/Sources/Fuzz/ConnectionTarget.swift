import Dispatch
import Glibc
import NET001
import Switchboard
import SwitchboardTesting

/// Fuzzes a server with several peers.
///
/// The input selects what they do: send, stall, disconnect, or advance the time.
enum ConnectionTarget {
    private static let maximumPeers = 4
    private static let maximumSteps = 200
    /// The time for resumed handlers to end, in seconds.
    private static let patience = 10

    static func run(_ input: Input) {
        var input = input
        let options = input.byte()
        let conversation: any Conversation = options & 2 == 0 ? PlainConversation() : NumberedConversation()
        do {
            let server = try makeServer(conversation.router, options)
            var peers = [try server.connect()]
            for _ in 0..<maximumSteps where !input.isEmpty { try step(&input, conversation, server, &peers) }
            conversation.finish()
            for peer in peers {
                peer.isReading = true
                require((try? peer.takeMessages()) != nil, "the server sends complete frames")
                peer.close()
            }
            server.advance(by: .seconds(300))
            awaitHandlers(server)
            require(server.openConnections == 0, "every connection closes")
        } catch {
            fatalError("unexpected error: \(error)")
        }
    }

    private static func makeServer(_ router: Router, _ options: UInt8) throws -> TestServer {
        var configuration = ServerConfiguration()
        // Without rate limits, messages that arrive together are handled as batches.
        configuration.rateLimit = options & 4 == 0 ? 50 : 0
        configuration.globalRateLimit = options & 4 == 0 ? 50_000 : 0
        configuration.requiresAuthentication = options & 1 == 1
        configuration.outputHighWaterMark = 4096
        configuration.maximumPendingOutput = 64 * 1024
        configuration.maximumChecksumFaultsInARow = 2
        configuration.maximumConcurrentHandlers = 3
        return try TestServer(router, configuration: configuration)
    }

    /// Waits for resumed handlers, which end on other threads.
    private static func awaitHandlers(_ server: TestServer) {
        let end = DispatchTime.now() + .seconds(patience)
        while server.openConnections > 0, DispatchTime.now() < end { sched_yield() }
    }

    private static func step(
        _ input: inout Input,
        _ conversation: any Conversation,
        _ server: TestServer,
        _ peers: inout [TestPeer]
    ) throws {
        let peer = input.choice(of: peers)
        let kind = input.byte() % 16
        switch kind {
        case 0: peer.send(bytes: input.bytes(Int(input.byte())))
        case 1...5: try conversation.say(kind, &input, peer)
        case 6: server.advance(by: .milliseconds(Int(input.byte()) * 100))
        case 7: peer.link.pieceSize = Int(input.byte()) + 1
        case 8: peer.link.delay = .milliseconds(Int(input.byte()))
        case 9: peer.link.isStalled.toggle()
        case 10: peer.isReading.toggle()
        case 11: peer.endOutput()
        case 12: peer.reset()
        case 13: peer.close()
        case 14: if peers.count < maximumPeers { peers.append(try server.connect()) }
        default: if input.byte() == 0 { server.drain() }
        }
    }
}
