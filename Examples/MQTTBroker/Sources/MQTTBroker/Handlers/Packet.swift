import Switchboard

/// A packet whose payload may be malformed.
///
/// When a payload does not fit its message, Switchboard does not call the handler, counts a fault and keeps the connection. MQTT
/// demands that the connection is closed. So the router handles packets, which decode without an error, and looks at the result.
struct Packet<Content: Message>: Message {
    static var code: MessageCode { Content.code }
    static var name: String { Content.name }
    static var sender: Sender { Content.sender }

    /// Nothing, although the server requires authentication: otherwise it would drop a packet before the Connect, and keep the
    /// connection.
    static var requirement: Requirement { .nothing }

    private let result: Result<Content, PayloadError>

    init(from reader: inout ByteReader) { self.init(from: &reader, header: HeaderBytes()) }

    init(from reader: inout ByteReader, header: HeaderBytes) {
        result = Result { () throws(PayloadError) in try Content(payload: &reader, header: header) }
        reader.skip(reader.remaining)
    }

    func encode(into writer: inout ByteWriter) throws(PayloadError) { try result.get().encode(into: &writer) }

    /// The message.
    ///
    /// - Throws: A ``Violation`` when the payload is malformed, or the flags in the header are not those of the message.
    func content(_ context: Context) throws -> Content {
        let header = context.header(of: MQTT.self)
        guard header.isAllowed(for: Content.code) else { throw Violation("the flags of \(Content.name) are wrong") }
        do { return try result.get() } catch { throw Violation("\(Content.name) is malformed: \(error)") }
    }
}

extension MQTT.Header {
    /// Whether a message may have these flags: table 2.2 of MQTT 3.1.1.
    fileprivate func isAllowed(for code: MessageCode) -> Bool {
        switch code {
        case MQTT.Publish.code: qos == 0 ? !duplicate : qos <= 2
        case MQTT.PublishRelease.code, MQTT.Subscribe.code, MQTT.Unsubscribe.code: self == MQTT.Header(qos: 1)
        default: self == MQTT.Header()
        }
    }
}

/// MQTT, with a ``Packet`` for each message.
enum MQTTPackets: WireProtocol {
    typealias Header = MQTT.Header

    static var name: String { MQTT.name }
    static var frameFormat: FrameFormat { MQTT.frameFormat }
    static let messages = MQTT.messages.map { packet(of: $0) }

    private static func packet<Content: Message>(of type: Content.Type) -> any Message.Type { Packet<Content>.self }
}
