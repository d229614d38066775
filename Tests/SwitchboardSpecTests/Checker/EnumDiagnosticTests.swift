import Testing

/// Enums: each mistake, where it is reported, and in which words.
@Suite("Mistakes: enums")
struct EnumDiagnosticTests {
    @Test("two cases with the same number")
    func twoCasesWithTheSameNumber() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: mood, type: Mood }
                enums:
                  Mood: { type: uint8, cases: { happy: 1, sad: 0x01 } }
                """,
            """
            protocol.yaml:10:48: error: case `sad` has the same number as `happy`: choose another
            protocol.yaml:10:40: note: `happy` has it here
            """
        )
    }

    @Test("a case that does not fit")
    func aCaseThatDoesNotFit() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: mood, type: Mood }
                enums:
                  Mood: { type: int8, cases: { happy: 128 } }
                """,
            """
            protocol.yaml:10:39: error: case `happy` is 128, which does not fit in int8: use -128 to 127
            """
        )
    }

    @Test("an enum without cases")
    func anEnumWithoutCases() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: mood, type: Mood }
                enums:
                  Mood: { type: uint8, cases: {} }
                """,
            """
            protocol.yaml:10:3: error: enum `Mood` has no case: add one
            """
        )
    }

    @Test("an enum without a type")
    func anEnumWithoutAType() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: mood, type: Mood }
                enums:
                  Mood: { cases: { happy: 1 } }
                """,
            """
            protocol.yaml:10:3: error: enum `Mood` needs `type`: add it
            """
        )
    }

    @Test("an enum of texts")
    func anEnumOfTexts() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: mood, type: Mood }
                enums:
                  Mood: { type: string, cases: { happy: 1 } }
                """,
            """
            protocol.yaml:10:17: error: `type` of an enum must be `uint8`, `uint16`, `uint32`, `uint64`, `int8`, \
            `int16`, `int32` or `int64`, not `string`
            """
        )
    }

    @Test("an enum that no field uses")
    func anEnumThatNoFieldUses() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client }
                enums:
                  Mood: { type: uint8, cases: { happy: 1, sad: 2 } }
                """,
            """
            protocol.yaml:6:3: warning: no field has the type `Mood`: use it or remove it
            """
        )
    }
}
