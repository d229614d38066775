import NET001
import Switchboard

/// What a load consists of.
struct LoadPlan: Sendable {
    /// What is sent, again and again.
    enum Kind: String, CaseIterable, SettingValue {
        /// PING; each is answered.
        case ping
        /// ECHO; each is answered.
        case echo
        /// BROADCAST from the first connection to all others; each arrival counts.
        case broadcast
    }

    var kind: Kind
    /// How many connections there are.
    var connections: Int
    /// How many messages of a connection may be without an answer.
    var inFlight: Int
    /// The size of the payload of ECHO and BROADCAST, in bytes.
    var size: Int
    /// How many messages are sent in a second, over all connections; 0 sends the next as soon as one is answered.
    var rate: Double
    /// How long nothing is counted at first.
    var warmUp: Duration
    /// How long is counted.
    var duration: Duration
    /// How many event loops carry the connections.
    var eventLoops: Int
    /// Whether they spin.
    var spins: Bool
}

/// A few different frames in a row, sent over and over, and what must come back for them.
///
/// All connections refer to the same bytes: what a load costs is to be the server's, not the making of messages.
struct FrameRing: Sendable {
    /// How many frames there are before the first comes again.
    static let count = 64

    let requests: Bytes
    let replies: Bytes
    let requestSize: Int
    let replySize: Int
    /// A PING that each connection sends first: once it is answered the server knows the connection, which gets what is
    /// broadcast from then on.
    ///
    /// AUTH goes before it, where there are credentials.
    let greeting: Bytes

    /// - Parameters:
    ///   - kind: What is sent.
    ///   - size: The size of its payload, where that is not fixed.
    ///   - credentials: Who each connection authenticates as.
    init(_ kind: LoadPlan.Kind, size: Int, credentials: Credentials?) throws {
        let encoder = FrameEncoder(NET001.frameFormat)
        var requests = ByteWriter()
        var replies = ByteWriter()
        for number in 0..<Self.count {
            let data = Bytes((0..<size).map { UInt8(truncatingIfNeeded: $0 &+ number) })
            switch kind {
            case .ping:
                let timestamp = UInt64(number) &* 0x0123_4567_89AB_CDEF
                try encoder.encode(NET001.Ping(timestamp: timestamp), into: &requests)
                try encoder.encode(NET001.Pong(timestamp: timestamp), into: &replies)
            case .echo:
                try encoder.encode(NET001.Echo(data: data), into: &requests)
                try encoder.encode(NET001.EchoReply(data: data), into: &replies)
            case .broadcast:
                try encoder.encode(NET001.Broadcast(message: data), into: &requests)
                try encoder.encode(NET001.Broadcast(message: data), into: &replies)
            }
        }
        self.requests = requests.takeBytes()
        self.replies = replies.takeBytes()
        var greeting = ByteWriter()
        if let credentials {
            try encoder.encode(NET001.Auth(username: credentials.user, token: credentials.token), into: &greeting)
        }
        try encoder.encode(NET001.Ping(timestamp: 0), into: &greeting)
        self.greeting = greeting.takeBytes()
        requestSize = self.requests.count / Self.count
        replySize = self.replies.count / Self.count
    }
}
