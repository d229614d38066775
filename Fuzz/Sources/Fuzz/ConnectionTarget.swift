import NET001
import Switchboard
import SwitchboardTesting

/// A server and its peers, who do what the input says: send, stall, leave, let time pass.
enum ConnectionTarget {
    private static let maximumPeers = 4
    private static let maximumSteps = 200

    static func run(_ input: Input) {
        var input = input
        do {
            let server = try makeServer(requiresAuthentication: input.byte() & 1 == 1)
            var peers = [try server.connect()]
            for _ in 0..<maximumSteps where !input.isEmpty { try step(&input, server, &peers) }
            for peer in peers {
                peer.isReading = true
                require((try? peer.takeMessages()) != nil, "the server sends whole frames")
                peer.close()
            }
            server.advance(by: .seconds(300))
            require(server.openConnections == 0, "no connection is left behind")
        } catch {
            fatalError("broken promise: \(error)")
        }
    }

    private static func makeServer(requiresAuthentication: Bool) throws -> TestServer {
        var configuration = ServerConfiguration()
        configuration.rateLimit = 50
        configuration.requiresAuthentication = requiresAuthentication
        configuration.outputHighWaterMark = 4096
        configuration.maximumPendingOutput = 64 * 1024
        configuration.maximumChecksumFaultsInARow = 2
        return try TestServer(.net001(authenticator: AcceptAnyone()), configuration: configuration)
    }

    private static func step(_ input: inout Input, _ server: TestServer, _ peers: inout [TestPeer]) throws {
        let peer = input.choice(of: peers)
        switch input.byte() % 16 {
        case 0: peer.send(bytes: input.bytes(Int(input.byte())))
        case 1: try peer.send(NET001.Ping(timestamp: UInt64(input.byte())))
        case 2: try peer.send(NET001.Echo(data: Bytes(repeatElement(7, count: Int(input.byte()) * 256))))
        case 3: try peer.send(NET001.Broadcast(message: Bytes(input.bytes(Int(input.byte())))))
        case 4: try peer.send(NET001.Auth(username: "ada", token: "x"))
        case 5: try peer.send(NET001.Data(data: Bytes(input.bytes(Int(input.byte())))))
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
