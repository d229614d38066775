import Testing

/// The message that answers faults: each mistake, where it is reported, and in which words.
@Suite("Mistakes: the message that answers faults")
struct ErrorMessageDiagnosticTests {
    @Test("an error that is no message")
    func anErrorThatIsNoMessage() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client }
                  Problem: { code: 9, from: server, fields: [ { name: code, type: Reason }, { name: text, type: string \
                  } ] }
                error: Problme
                enums:
                  Reason: { type: uint8, cases: { internal: 1 } }
                """,
            """
            protocol.yaml:6:8: error: `error` must name a message, and there is no message `Problme`; did you mean \
            `Problem`?
            """
        )
    }

    @Test("an error with other fields")
    func anErrorWithOtherFields() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client }
                  Problem: { code: 9, from: server, fields: [ { name: text, type: string } ] }
                error: Problem
                enums:
                  Reason: { type: uint8, cases: { internal: 1 } }
                """,
            """
            protocol.yaml:5:3: error: `Problem` is the error message, and must have two fields: one of an enum, then a \
            `string` to the end
            """
        )
    }

    @Test("an error that only clients send")
    func anErrorThatOnlyClientsSend() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client }
                  Problem: { code: 9, from: client, fields: [ { name: code, type: Reason }, { name: text, type: string \
                  } ] }
                error: Problem
                enums:
                  Reason: { type: uint8, cases: { internal: 1 } }
                """,
            """
            protocol.yaml:5:3: error: `Problem` is the error message, but only clients send it: give it `from: server` or \
            `from: both`
            """
        )
    }

    @Test("an error without a case for everything else")
    func anErrorWithoutACaseForEverythingElse() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client }
                  Problem: { code: 9, from: server, fields: [ { name: code, type: Reason }, { name: text, type: string \
                  } ] }
                error: Problem
                enums:
                  Reason: { type: uint8, cases: { timeout: 1 } }
                """,
            """
            protocol.yaml:8:3: error: enum `Reason` needs a case `internal`, which reports every fault without a case of its own: add it
            protocol.yaml:6:8: note: the error message `Problem`
            """
        )
    }

    @Test("an error that is a reply")
    func anErrorThatIsAReply() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client, reply: Problem }
                  Problem: { code: 9, from: server, fields: [ { name: code, type: Reason }, { name: text, type: string \
                  } ] }
                error: Problem
                enums:
                  Reason: { type: uint8, cases: { internal: 1 } }
                """,
            """
            protocol.yaml:4:41: error: `Problem` is the error message, which can replace any reply: name another message
            """
        )
    }

    @Test("an error that has a reply")
    func anErrorThatHasAReply() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client }
                  Problem: { code: 9, from: both, reply: Ping, fields: [ { name: code, type: Reason }, { name: text, \
                  type: string } ] }
                error: Problem
                enums:
                  Reason: { type: uint8, cases: { internal: 1 } }
                """,
            """
            protocol.yaml:5:42: error: `Ping` is sent by clients only, and cannot be a reply: give it `from: \
            server` or `from: both`
            protocol.yaml:4:3: note: `Ping` is here
            protocol.yaml:5:42: error: `Problem` is the error message, which has no reply: remove `reply`
            """
        )
    }

    @Test("an error with a field called fault")
    func anErrorWithAFieldCalledFault() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client }
                  Problem: { code: 9, from: server, fields: [ { name: fault, type: Reason }, { name: text, type: string \
                  } ] }
                error: Problem
                enums:
                  Reason: { type: uint8, cases: { internal: 1 } }
                """,
            """
            protocol.yaml:5:55: error: field `fault` has a name that the generated Swift uses itself: \
            rename it; these names are taken: `checkBounds`, `encode`, `fault` and `hashValue`
            """
        )
    }
}
