import Testing

/// `requires`: each mistake, where it is reported, and in which words.
@Suite("Mistakes: requirements")
struct RequirementDiagnosticTests {
    @Test("a requirement that there is not")
    func unknown() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client, requires: authentication }
                """,
            """
            protocol.yaml:4:44: error: `requires` must be `authenticated` or `nothing`, not `authentication`; did you \
            mean `authenticated`?
            """
        )
    }

    @Test("a requirement of what the server sends")
    func server() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  News: { code: 1, from: server, requires: authenticated }
                """,
            """
            protocol.yaml:4:44: error: `News` is sent by the server only, and `requires` is for messages from clients: remove it
            """
        )
    }

    @Test("a requirement of the message that answers faults")
    func errorMessage() {
        expect(
            in: """
                protocol: Demo
                error: Problem
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Problem:
                    code: 1
                    from: both
                    requires: nothing
                    fields: [ { name: code, type: Code }, { name: text, type: string } ]
                enums:
                  Code: { type: uint8, cases: { internal: 1 } }
                """,
            """
            protocol.yaml:8:15: error: `Problem` is the error message, to which `requires` does not apply: remove it
            """
        )
    }
}
