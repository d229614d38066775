import BitHeader
import LongHeader
import NET001
import Switchboard

/// The frames that a peer sends, and the frames that it must receive.
struct Workload: Sendable {
    private(set) var name: String
    /// The handlers of the server.
    let router: Router
    /// Changes the limits of the server.
    var configure: @Sendable (inout ServerConfiguration) -> Void = { _ in }
    /// The number of other connections that receive the frames; 0 for the sender itself.
    var receivers = 0
    /// The divisor of the number of messages, for messages that take longer.
    var divisor = 1
    /// The highest average costs of a message.
    var ceiling = Costs()
    /// The first frames of each peer, and the reply to them.
    var greeting: (request: Bytes, reply: Bytes)
    /// The frames of one batch, and the frames that the receivers get.
    let requests: Bytes
    let replies: Bytes
    let batchSize: Int

    private init<Request: Message, Reply: Message>(
        _ name: String,
        _ request: Request,
        _ reply: Reply,
        batchSize: Int = 64,
        through router: Router = .net001(),
        allocations: Double,
        references: Double
    ) throws {
        self.name = name
        self.router = router
        self.batchSize = batchSize
        let encoder = FrameEncoder(router.wireProtocol.frameFormat)
        greeting =
            router.wireProtocol == NET001.self
            ? (try encoder.encode(NET001.Ping(timestamp: 1)), try encoder.encode(NET001.Pong(timestamp: 1)))
            : (try encoder.encode(request), try encoder.encode(reply))
        var requests = ByteWriter()
        var replies = ByteWriter()
        for number in 0..<batchSize {
            // If headers have a correlation, each header has another number.
            var header = HeaderBytes()
            router.wireProtocol.frameFormat.correlation?.set(UInt64(number), in: &header)
            try encoder.encode(request, header: header, into: &requests)
            try encoder.encode(reply, header: header, into: &replies)
        }
        self.requests = requests.takeBytes()
        self.replies = replies.takeBytes()
        ceiling = Costs(allocations: allocations, retains: references, releases: references)
    }

    static func all() throws -> [Workload] {
        let (ping, pong) = (NET001.Ping(timestamp: 7), NET001.Pong(timestamp: 7))
        let (text, page) = (bytes(64), bytes(16 * 1024))
        var all = [
            try Workload("ping", ping, pong, allocations: 0.001, references: 0.2),
            try Workload("lone-ping", ping, pong, batchSize: 1, allocations: 0.005, references: 6),
            try Workload(
                "echo-64",
                NET001.Echo(data: text),
                NET001.EchoReply(data: text),
                allocations: 0.001,
                references: 0.2
            ),
            try Workload(
                "echo-16k",
                NET001.Echo(data: page),
                NET001.EchoReply(data: page),
                // Two frames may come in two segments. The server then copies what it has of the second, so that the
                // costs would depend on when the segments arrive.
                batchSize: 1,
                allocations: 0.005,
                references: 8
            ),
            try Workload(
                "broadcast",
                NET001.Broadcast(message: text),
                NET001.Broadcast(message: text),
                allocations: 0.05,
                references: 4.5
            ),
            try Workload("async-ping", ping, pong, through: .asyncPing(), allocations: 0.12, references: 2.9),
        ]
        (all[1].divisor, all[3].divisor) = (10, 10)
        all[4].receivers = 8
        // The same workloads with the default limits, and with rates that are too high to reject a message.
        for index in 0...2 {
            var limited = all[index].named(all[index].name + "-limits")
            limited.configure = { configuration in
                configuration.rateLimit = 1_000_000_000
                configuration.globalRateLimit = 1_000_000_000
            }
            all.append(limited)
        }
        var authenticated = try Workload(
            "ping-auth",
            ping,
            pong,
            through: .fixedCredentials(),
            allocations: 0.001,
            references: 0.2
        )
        authenticated.configure = { $0.requiresAuthentication = true }
        let encoder = FrameEncoder(NET001.frameFormat)
        authenticated.greeting = (
            try encoder.encode(NET001.Auth(username: "ada", token: "x")),
            try encoder.encode(NET001.AuthReply(success: true, sessionID: "1"))
        )
        all.append(authenticated)
        let (question, answer) = (Numbered.Question(value: 7), Numbered.Answer(value: 7))
        all.append(
            try Workload(
                "ping-header",
                question,
                answer,
                through: .numbered(isAsync: false),
                allocations: 0.001,
                references: 0.2
            )
        )
        all.append(
            try Workload(
                "async-ping-header",
                question,
                answer,
                through: .numbered(isAsync: true),
                allocations: 0.14,
                references: 2.9
            )
        )
        return try all + codecs()
    }

    /// Workloads of protocols whose headers generated code reads.
    private static func codecs() throws -> [Workload] {
        [
            try Workload(
                "bit-header",
                BitHeader.Question(value: 7),
                BitHeader.Answer(value: 7),
                through: .bitHeader(),
                allocations: 0.001,
                references: 0.2
            ),
            try Workload(
                "long-header",
                LongHeader.Question(key: bytes(8)),
                LongHeader.Answer(extras: bytes(4), value: bytes(8)),
                through: .longHeader(),
                allocations: 0.001,
                references: 2.3
            ),
        ]
    }

    private func named(_ name: String) -> Workload {
        var copy = self
        copy.name = name
        return copy
    }

    private static func bytes(_ count: Int) -> Bytes {
        Bytes(Array(repeating: UInt8(ascii: "x"), count: count))
    }
}

/// A protocol like NET-001, with a correlation and an extra field in the header.
enum Numbered: WireProtocol {
    static var name: String { "Numbered" }
    static let frameFormat = FrameFormat(
        byteOrder: .big,
        header: [
            .magic(0xDEAD_BEEF, .four), .version(1, .one), .type(.one), .length(.two), .correlation(.four),
            .field(.two),
        ],
        checksum: .crc32,
        maximumPayload: 65_535
    )
    static var messages: [any Message.Type] { [Question.self, Answer.self] }

    struct Question: Request {
        typealias Reply = Answer
        static var code: MessageCode { 1 }
        static var name: String { "Question" }
        static var sender: Sender { .client }
        var value: UInt64

        init(value: UInt64) {
            self.value = value
        }

        init(from reader: inout ByteReader) throws(PayloadError) {
            value = try reader.integer(.big, field: "value")
        }

        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(value, .big)
        }
    }

    struct Answer: Message {
        static var code: MessageCode { 2 }
        static var name: String { "Answer" }
        static var sender: Sender { .server }
        var value: UInt64

        init(value: UInt64) {
            self.value = value
        }

        init(from reader: inout ByteReader) throws(PayloadError) {
            value = try reader.integer(.big, field: "value")
        }

        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(value, .big)
        }
    }
}

/// Replies as the bundled handler does, and is never suspended.
struct AsyncPingResponder: NET001.PingHandler {
    func handle(_ message: NET001.Ping, context: Context) async -> NET001.Pong {
        NET001.Pong(timestamp: message.timestamp)
    }
}

/// Replies as the bundled handler does.
///
/// If this module registered the bundled handler, the compiler would compile its route here, too, and would inline less
/// of it. The linker keeps only one of the two routes.
struct PlainPingResponder: NET001.PingHandler {
    func handle(_ message: NET001.Ping, context: Context) -> NET001.Pong {
        NET001.Pong(timestamp: message.timestamp)
    }
}

struct BitHeaderResponder: BitHeader.QuestionHandler {
    func handle(_ message: BitHeader.Question, context: Context) -> BitHeader.Answer {
        BitHeader.Answer(value: message.value)
    }
}

struct LongHeaderResponder: LongHeader.QuestionHandler {
    private static let extras = Bytes(Array("xxxx".utf8))

    func handle(_ message: LongHeader.Question, context: Context) -> LongHeader.Answer {
        LongHeader.Answer(extras: Self.extras, value: message.key)
    }
}

struct QuestionResponder: RequestHandler {
    func handle(_ message: Numbered.Question, context: Context) -> Numbered.Answer {
        Numbered.Answer(value: message.value)
    }
}

struct AsyncQuestionResponder: RequestHandler {
    func handle(_ message: Numbered.Question, context: Context) async -> Numbered.Answer {
        Numbered.Answer(value: message.value)
    }
}

extension Router {
    fileprivate static func asyncPing() -> Router {
        var router = Router(NET001.self)
        router.register(AsyncPingResponder())
        return router
    }

    /// Accepts any credentials, with the same reply each time.
    fileprivate static func fixedCredentials() -> Router {
        var router = Router(NET001.self)
        router.register(PlainPingResponder())
        router.on(NET001.Auth.self) { auth, context in
            context.session.identity = Session.Identity(user: auth.username)
            return NET001.AuthReply(success: true, sessionID: "1")
        }
        return router
    }

    fileprivate static func bitHeader() -> Router {
        var router = Router(BitHeader.self)
        router.register(BitHeaderResponder())
        return router
    }

    fileprivate static func longHeader() -> Router {
        var router = Router(LongHeader.self)
        router.register(LongHeaderResponder())
        return router
    }

    fileprivate static func numbered(isAsync: Bool) -> Router {
        var router = Router(Numbered.self)
        if isAsync { router.register(AsyncQuestionResponder()) } else { router.register(QuestionResponder()) }
        return router
    }
}
