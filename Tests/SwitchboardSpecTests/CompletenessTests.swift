import Testing

/// All mistakes are reported in one run.
///
/// A mistake that only follows from another one is not reported.
@Suite("Mistakes: all at once")
struct CompletenessTests {
    @Test("a message without a sender, or without a code, is checked all the same")
    func incompleteMessages() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint8 ] }
                messages:
                  A: { code: 1, from: clinet, reply: Bx, fields: [ { name: x, type: bool }, { name: x, type: bool } ] }
                  B: { code: 1, from: server }
                  C: { from: client, reply: D }
                """,
            """
            protocol.yaml:4:23: error: `from` must be `client`, `server` or `both`, not `clinet`; did you mean \
            `client`?
            protocol.yaml:4:38: error: `reply` must name a message, and there is no message `Bx`; name one under \
            `messages`
            protocol.yaml:4:85: error: message `A` has two fields `x`: rename one
            protocol.yaml:4:60: note: the first `x` is here
            protocol.yaml:5:14: error: code 0x01 of `B` is taken by `A`: choose another
            protocol.yaml:4:14: note: `A` has it here
            protocol.yaml:6:3: error: message `C` needs `code`: add it
            protocol.yaml:6:29: error: `reply` must name a message, and there is no message `D`; name one under \
            `messages`
            """
        )
    }

    @Test("an example that cannot be read does not keep the others from being checked")
    func brokenExample() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint8 ] }
                messages:
                  A:
                    code: 1
                    from: client
                    fields: [ { name: x, type: uint8 } ]
                    examples:
                      - { frame: "010105", fields: { x: [ 5 ] } }
                      - { frame: "010105", fields: { y: 5 } }
                """,
            """
            protocol.yaml:9:41: error: `x` must be a number, not a list
            protocol.yaml:10:18: error: this `A` has no value for `x`: add it
            protocol.yaml:10:38: error: this `A` has no field `y`; it has `x`
            """
        )
    }

    @Test("a version that is none is not also missing")
    func version() {
        expect(
            in: """
                protocol: Demo
                version: 1.0
                frame: { header: [ version: uint8, type: uint8, length: uint8 ] }
                messages: { A: { code: 1, from: client } }
                """,
            "protocol.yaml:2:10: error: `version` must be a whole number such as 10 or 0x0A, not `1.0`"
        )
    }

    @Test("a case that is nearly a fault's name is warned of")
    func misspeltFault() {
        expect(
            in: """
                protocol: Demo
                error: Problem
                frame: { header: [ type: uint8, length: uint8 ] }
                messages:
                  Problem:
                    code: 1
                    from: server
                    fields: [ { name: code, type: Code }, { name: text, type: string } ]
                enums:
                  Code: { type: uint8, cases: { checksumMissmatch: 1, soldOut: 2, internal: 3 } }
                """,
            """
            protocol.yaml:10:33: warning: `checksumMissmatch` is not the name of a fault; did you mean `checksumMismatch`?
            """
        )
    }
}
