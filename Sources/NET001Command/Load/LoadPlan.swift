import NET001
import Switchboard
import SwitchboardApplication

/// The parameters of a load.
struct LoadPlan: Sendable {
    /// The message that is sent repeatedly.
    enum Kind: String, CaseIterable, SettingValue {
        /// PING; each has a reply.
        case ping
        /// ECHO; each has a reply.
        case echo
        /// BROADCAST from the first connection to all others; each arrival counts.
        case broadcast
    }

    var kind: Kind
    /// The number of connections.
    var connections: Int
    /// The largest number of messages of a connection without a reply.
    var inFlight: Int
    /// The size of the payload of ECHO and BROADCAST, in bytes.
    var size: Int
    /// Messages per second over all connections; 0 sends the next message as soon as a reply comes.
    var rate: Double
    /// The time before the measurement.
    var warmUp: Duration
    /// The time of the measurement.
    var duration: Duration
    /// The number of event loops that serve the connections.
    var eventLoops: Int
    /// Whether the event loops poll instead of waiting.
    var spins: Bool
}

/// A sequence of different frames that is sent repeatedly, and the replies that must come.
///
/// All connections share these bytes, so that encoding does not count towards the cost of a load.
struct FrameRing: Sendable {
    /// The number of frames in the sequence.
    static let count = 64

    let requests: Bytes
    let replies: Bytes
    let requestSize: Int
    let replySize: Int
    /// The first frames of each connection: AUTH, where there are credentials, and a PING.
    ///
    /// After the reply to PING, the server knows the connection, which receives broadcasts from then on.
    let greeting: Bytes

    /// - Parameters:
    ///   - kind: The message to send.
    ///   - size: The size of its payload in bytes, where that is not fixed.
    ///   - credentials: The user and token for AUTH on each connection, if there are any.
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
