import ArgumentParser
import InProcess
import NET001
import Switchboard

/// The peers of the server: the process does what each line of its input says.
struct PeerProcess: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peers",
        abstract: "Be the peers of the server.",
        shouldDisplay: false
    )

    /// What the peers do.
    ///
    /// Each peer waits for a reply, so that the server has handled what it was sent.
    enum Order: String {
        /// One more peer connects, beside the others.
        case connectOne
        case connect
        case authenticate
        /// The first peer receives a message that the server sends.
        case receive
        case join
        /// Each peer sends a message, and the first part of another one.
        case sendPart
    }

    @Argument var path: String
    @Argument var connections: Int

    /// The name of the user of a peer.
    static func user(_ number: Int) -> String { "user-\(number)" }

    func run() throws {
        guard Descriptors.raisedLimit > connections else { throw BenchmarkFailure("no descriptors left") }
        let encoder = FrameEncoder(NET001.frameFormat)
        let ping = try encoder.encode(NET001.Ping(timestamp: 1))
        let part = try encoder.encode(NET001.Echo(data: Bytes(Array(repeating: 0, count: 200))))[0..<100]
        let joins = try encoder.encode(NET001.Echo(data: ""))
        let data = try encoder.encode(NET001.Data(data: ""))
        let authenticated = try encoder.encode(NET001.AuthReply(success: true, sessionID: ""))
        let joined = try encoder.encode(NET001.EchoReply(data: ""))

        var peers: [LocalPeer] = []
        let first = try LocalPeer(path: path)
        while let order = readLine().flatMap(Order.init) {
            switch order {
            case .connectOne: try ask(first, ping, repliesWith: ping.count)
            case .connect:
                for _ in 0..<connections {
                    let peer = try LocalPeer(path: path)
                    try ask(peer, ping, repliesWith: ping.count)
                    peers.append(peer)
                }
            case .authenticate:
                for (number, peer) in peers.enumerated() {
                    let auth = NET001.Auth(username: Self.user(number), token: "x")
                    try ask(peer, try encoder.encode(auth), repliesWith: authenticated.count)
                }
            case .receive: try peers.first?.receive(count: data.count)
            case .join: for peer in peers { try ask(peer, joins, repliesWith: joined.count) }
            case .sendPart:
                for peer in peers { try ask(peer, Bytes(Array(ping) + Array(part)), repliesWith: ping.count) }
            }
            ChildProcess.answer("done")
        }
        first.close()
        for peer in peers { peer.close() }
    }

    /// Sends a request, and waits for a reply of as many bytes; a PONG is as long as a PING.
    private func ask(_ peer: LocalPeer, _ request: Bytes, repliesWith count: Int) throws {
        try peer.send(request)
        try peer.receive(count: count)
    }
}
