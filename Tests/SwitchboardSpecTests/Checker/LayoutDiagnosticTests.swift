import Testing

/// Codes and sizes: each mistake, where it is reported, and in which words.
@Suite("Mistakes: codes and sizes")
struct LayoutDiagnosticTests {
    @Test("a code that another message has")
    func aCodeThatAnotherMessageHas() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client }
                  Pong: { code: 0x01, from: server }
                """,
            """
            protocol.yaml:5:17: error: code 0x01 of `Pong` is taken by `Ping`: choose another, or set `codes: by-direction` in `frame` if each end numbers its own messages
            protocol.yaml:4:17: note: `Ping` has it here
            """
        )
    }

    @Test("a code that the header cannot say")
    func aCodeThatTheHeaderCannotSay() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 256, from: client }
                """,
            """
            protocol.yaml:4:17: error: `code` is 256, but `type` in `header` is a uint8: use 0 to 255 (0xFF)
            """
        )
    }

    @Test("a field behind one that runs to the end")
    func aFieldBehindOneThatRunsToTheEnd() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: text, type: string }
                      - { name: number, type: uint8 }
                """,
            """
            protocol.yaml:9:17: error: field `number` follows `text`, which runs to the end of the payload: move \
            `text` to the end, or give it a `length`
            protocol.yaml:8:17: note: `text` is here
            """
        )
    }

    @Test("a fixed size past the largest payload")
    func aFixedSizePastTheLargestPayload() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: a, type: bytes, length: 65535 }
                      - { name: b, type: bool }
                """,
            """
            protocol.yaml:4:3: error: the smallest payload of message `Ping` has 65536 bytes, but at most 65535 are allowed: \
            shorten its fields, or raise `max-payload`
            """
        )
    }

    @Test("a fixed size past the message's own limit")
    func aFixedSizePastTheMessagesOwnLimit() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client, max-payload: 7, fields: [ { name: a, type: uint64 } ] }
                """,
            """
            protocol.yaml:4:3: error: the smallest payload of message `Ping` has 8 bytes, but at most 7 are allowed: shorten its \
            fields, or raise `max-payload`
            """
        )
    }

    @Test("a message limit past the frame's")
    func aMessageLimitPastTheFrames() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client, max-payload: 70000 }
                """,
            """
            protocol.yaml:4:47: error: `max-payload` is 70000, but the largest payload of a frame is 65535: use at most 65535
            """
        )
    }

    @Test("a spec without messages")
    func aSpecWithoutMessages() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages: {}
                """,
            """
            protocol.yaml:3:11: error: `messages` has no message: add one
            """
        )
    }
}
