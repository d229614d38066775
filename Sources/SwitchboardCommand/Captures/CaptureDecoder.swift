internal import SwitchboardCalling
internal import SwitchboardCaptures
internal import SwitchboardSpec

/// Takes apart the frames of the connections in a capture.
struct CaptureDecoder {
    /// The largest number of bytes of frames whose ends were not yet captured, in all connections.
    static let maximumAllBytes = 256 << 20

    /// What was found in a stream.
    enum Content {
        case frame(FoundFrame)
        /// Something that is no frame, at an offset of the stream.
        case notice(Notice, offset: Int)
    }

    /// What the decoder says of a stream besides its frames.
    struct Notice {
        let text: String
        /// Whether frames may be lost.
        let isMistake: Bool
    }

    /// What was found, and where.
    struct Found {
        let connection: Connection
        let sender: Sender
        let time: Timestamp?
        let content: Content
    }

    /// The connection of the streams that are read.
    private final class Conversation {
        var dissector: ConversationDissector
        let client: FrameStream
        let server: FrameStream
        /// Whether one end has sent bytes.
        var hasBegun = false

        init(_ dissector: ConversationDissector, _ spec: CheckedSpec, _ connection: Connection) {
            self.dissector = dissector
            let hasBeginning = connection.hasBeginning
            client = FrameStream(.client, FrameSearch(spec, .client), hasBeginning: hasBeginning)
            server = FrameStream(.server, FrameSearch(spec, .server), hasBeginning: hasBeginning)
        }
    }

    private let dissector: FrameDissector
    private let form: String?
    private var conversations: [Int: Conversation] = [:]
    /// The number of bytes that wait in all streams.
    private var waiting = 0

    /// A decoder of connections.
    ///
    /// - Parameter form: The name of the form of the first frames; `nil` for the one that the spec says.
    init(_ dissector: FrameDissector, form: String?) {
        self.dissector = dissector
        self.form = form
    }

    /// Returns what `event` completes.
    mutating func add(_ event: StreamEvent) -> [Found] {
        let number = event.connection.number
        let conversation: Conversation
        if let known = conversations[number] {
            conversation = known
        } else {
            let first = ConversationDissector(dissector, form: form)
            conversation = Conversation(first, dissector.spec, event.connection)
            conversations[number] = conversation
        }
        var contents: [Content] = []
        if case .bytes = event.content, !conversation.hasBegun {
            conversation.hasBegun = true
            if !event.connection.hasBeginning {
                let notice = Notice(text: "the capture begins within this connection", isMistake: false)
                contents.append(.notice(notice, offset: 0))
            }
        }
        let stream = event.sender == .client ? conversation.client : conversation.server
        waiting -= stream.waiting
        contents += stream.add(event, &conversation.dissector)
        if stream.waiting > FrameBuffer.maximumFrame || waiting + stream.waiting > Self.maximumAllBytes {
            contents.append(stream.giveUp())
        }
        waiting += stream.waiting
        let time = event.time ?? stream.time
        if conversation.client.hasEnded, conversation.server.hasEnded { conversations[number] = nil }
        return contents.map { Found(connection: event.connection, sender: event.sender, time: time, content: $0) }
    }
}
