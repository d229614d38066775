import Testing

/// Replies: each mistake, where it is reported, and in which words.
@Suite("Mistakes: replies")
struct ReplyDiagnosticTests {
    @Test("a reply that is no message")
    func aReplyThatIsNoMessage() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client, reply: Pnog }
                  Pong: { code: 2, from: server }
                """,
            """
            protocol.yaml:4:41: error: `reply` must name a message, and there is no message `Pnog`; did you mean \
            `Pong`?
            """
        )
    }

    @Test("a reply that is an enum")
    func aReplyThatIsAnEnum() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client, reply: Mood, fields: [ { name: mood, type: Mood } ] }
                enums:
                  Mood: { type: uint8, cases: { happy: 1, sad: 2 } }
                """,
            """
            protocol.yaml:4:41: error: `reply` must name a message, and `Mood` is an enum; name one under `messages`
            """
        )
    }

    @Test("a reply to a message of the server")
    func aReplyToAMessageOfTheServer() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: server, reply: Pong }
                  Pong: { code: 2, from: server }
                """,
            """
            protocol.yaml:4:41: error: only clients' messages can have a `reply`, and `Ping` is sent by the server: remove `reply`
            """
        )
    }

    @Test("a reply that only clients send")
    func aReplyThatOnlyClientsSend() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client, reply: Pong }
                  Pong: { code: 2, from: client }
                """,
            """
            protocol.yaml:4:41: error: `Pong` is sent by clients only, and cannot be a reply: give it `from: \
            server` or `from: both`
            protocol.yaml:5:3: note: `Pong` is here
            """
        )
    }
}
