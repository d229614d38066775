import SwitchboardSpec
import Testing

/// Types of fields: each mistake, where it is reported, and in which words.
@Suite("Mistakes: types of fields")
struct TypeDiagnosticTests {
    @Test("a type with a slip")
    func aTypeWithASlip() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: a, type: uint61 }
                """,
            """
            protocol.yaml:8:17: error: this field has 61 bits: did you mean `uint16`? Otherwise fill the byte with \
            `reserved: uint3` behind `a`
            """
        )
    }

    @Test("an enum with a slip")
    func anEnumWithASlip() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: a, type: mod }
                enums:
                  Mood: { type: uint8, cases: { happy: 1, sad: 2 } }
                """,
            """
            protocol.yaml:8:26: error: unknown type `mod`; did you mean `Mood`?
            """
        )
    }

    @Test("a type that resembles nothing")
    func aTypeThatResemblesNothing() {
        let numbers = IntegerType.common.map(\.rawValue) + FloatType.allCases.map(\.rawValue)
        let others = ["bool", "bit", "string", "bytes"] + Notation.allCases.map(\.rawValue)
        let types = (numbers + others).map { "`\($0)`" }.joined(separator: ", ")
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: a, type: zebra }
                """,
            """
            protocol.yaml:8:26: error: unknown type `zebra`; the types are \(types), numbers of other widths such as \
            `uint24` and `uint4`, `varuint`, `varint`, and the names under `enums`, `flags`, `structs` and `unions`
            """
        )
    }

    @Test("a field without its keys")
    func aFieldWithoutItsKeys() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { doc: Nothing. }
                """,
            """
            protocol.yaml:8:9: error: a field needs `name`: add it
            protocol.yaml:8:9: error: a field needs `type`: add it
            """
        )
    }

    @Test("a length that is none")
    func aLengthThatIsNone() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: a, type: bytes, length: uint23 }
                      - { name: b, type: bytes, length: 0 }
                      - { name: c, type: bytes, length: -1 }
                """,
            """
            protocol.yaml:8:41: error: `length` must be `uint8`, `uint16` or `uint32` (a prefix that counts the \
            bytes), a number of bytes or a mapping such as `{ type: uint16, plus: 2 }`, not `uint23`; did you mean `uint32`?
            protocol.yaml:9:41: error: `length` is 0: use 1 to 4294967295 bytes
            protocol.yaml:10:41: error: `length` is -1, and must not be below 0
            """
        )
    }

    @Test("a length where none belongs")
    func aLengthWhereNoneBelongs() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: a, type: bool, length: 1 }
                """,
            """
            protocol.yaml:8:40: error: `length` belongs to `string`, `bytes`, structs and unions: \
            remove it from a field of type `bool`
            """
        )
    }

    @Test("a byte order without effect")
    func aByteOrderWithoutEffect() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: a, type: bool, byte-order: little }
                """,
            """
            protocol.yaml:8:44: warning: `byte-order` changes nothing here: the field has no number of its own
            """
        )
    }

    @Test("a truth value that is none")
    func aTruthValueThatIsNone() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: a, type: bool, secret: yes }
                """,
            """
            protocol.yaml:8:40: error: `secret` must be true or false, not `yes`; did you mean `true`?
            """
        )
    }
}
