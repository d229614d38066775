import Testing

/// Keys and kinds of values: each mistake, where it is reported, and in which words.
@Suite("Mistakes: keys and kinds of values")
struct KeyDiagnosticTests {
    @Test("an unknown key")
    func anUnknownKey() {
        expect(
            in: """
                protocol: Demo
                farme: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client }
                """,
            """
            protocol.yaml:2:1: error: unknown key `farme` in the spec; did you mean `frame`?
            """
        )
    }

    @Test("an unknown key that resembles nothing")
    func anUnknownKeyThatResemblesNothing() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client }
                colour: blue
                """,
            """
            protocol.yaml:5:1: error: unknown key `colour` in the spec; the keys here are `protocol`, `messages`, \
            `frame`, `frames`, `imports`, `version`, `wire-version`, `byte-order`, `error`, `heartbeat`, `trailing`, \
            `reserved`, `swift`, `enums`, `flags`, `structs`, `unions`, `doc`
            """
        )
    }

    @Test("missing keys")
    func missingKeys() {
        expect(
            in: """
                doc: Nothing else.
                """,
            """
            protocol.yaml:1:1: error: the spec needs `protocol`: add it
            protocol.yaml:1:1: error: the spec needs `messages`: add it
            protocol.yaml:1:1: error: the spec needs `frame`: add it, or `imports` of a spec that has one
            """
        )
    }

    @Test("a key given twice")
    func aKeyGivenTwice() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client }
                doc: One.
                doc: Two.
                """,
            """
            protocol.yaml:6:1: error: `doc` is given twice: remove one
            protocol.yaml:5:1: note: the first `doc` is here
            """
        )
    }

    @Test("a name given twice")
    func aNameGivenTwice() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client }
                  Ping: { code: 2, from: client }
                """,
            """
            protocol.yaml:5:3: error: the name `Ping` is given twice in `messages`: rename one
            protocol.yaml:4:3: note: the first `Ping` is here
            """
        )
    }

    @Test("values of the wrong kind")
    func valuesOfTheWrongKind() {
        expect(
            in: """
                protocol: [ Demo ]
                version: one
                byte-order: middle
                frame: none
                messages: []
                doc:
                """,
            """
            protocol.yaml:1:11: error: `protocol` must be text, not a list
            protocol.yaml:2:10: error: `version` must be a whole number such as 10 or 0x0A, not `one`
            protocol.yaml:3:13: error: `byte-order` must be `big` or `little`, not `middle`
            protocol.yaml:4:8: error: `frame` must be a mapping of keys to values such as `{ header: [ type: uint8, \
            length: uint16 ] }`, not `none`
            protocol.yaml:5:11: error: `messages` must be a mapping of names to values such as `Ping: { code: 0x01, \
            from: client }`, not a list
            protocol.yaml:6:5: error: `doc` must be text, not nothing
            """
        )
    }

    @Test("a number in quotes")
    func aNumberInQuotes() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: "1", from: client }
                """,
            """
            protocol.yaml:4:17: error: `code` must be a number: remove the quotes
            """
        )
    }

    @Test("a number that no integer type can hold")
    func aNumberThatNoIntegerTypeCanHold() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 0x1_0000_0000_0000_0000, from: client }
                """,
            """
            protocol.yaml:4:17: error: `code` is too large: no number may be more than 18446744073709551615 or less \
            than -9223372036854775808
            """
        )
    }

    @Test("a number below zero")
    func aNumberBelowZero() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: -1, from: client }
                """,
            """
            protocol.yaml:4:17: error: `code` is -1, and must not be below 0
            """
        )
    }

    @Test("a word where a number belongs")
    func aWordWhereANumberBelongs() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: first, from: client }
                """,
            """
            protocol.yaml:4:17: error: `code` must be a whole number such as 10 or 0x0A, not `first`
            """
        )
    }

    @Test("a sender that is none")
    func aSenderThatIsNone() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: cleint }
                """,
            """
            protocol.yaml:4:26: error: `from` must be `client`, `server` or `both`, not `cleint`; did you mean \
            `client`?
            """
        )
    }

    @Test("a message without its keys")
    func aMessageWithoutItsKeys() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { doc: Nothing. }
                """,
            """
            protocol.yaml:4:3: error: message `Ping` needs `from`: add it
            protocol.yaml:4:3: error: message `Ping` needs `code`: add it
            """
        )
    }

    @Test("a message that is no mapping")
    func aMessageThatIsNoMapping() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: 1
                """,
            """
            protocol.yaml:4:9: error: message `Ping` must be a mapping of keys to values such as `{ code: 0x01, \
            from: client }`, not `1`
            """
        )
    }

    @Test("settings for Swift that are none")
    func settingsForSwiftThatAreNone() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client }
                swift: { access: open, imports: [ "a b" ], namespace: 1st }
                """,
            """
            protocol.yaml:5:18: error: `access` must be `public`, `package` or `internal`, not `open`; did you mean \
            `public`?
            protocol.yaml:5:35: error: a module in `imports` cannot be `a b`: a name consists of letters, digits and `_`, and does \
            not begin with a digit; for example `aB`
            protocol.yaml:5:55: error: `namespace` cannot be `1st`: a name consists of letters, digits and `_`, and does not begin \
            with a digit; for example `st`
            """
        )
    }

    @Test("text that is empty")
    func textThatIsEmpty() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client }
                doc: ""
                """,
            """
            protocol.yaml:5:6: error: `doc` is empty: write some text
            """
        )
    }

    @Test("a slip in a key that is needed")
    func aSlipInAKeyThatIsNeeded() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { cod: 1 }
                """,
            """
            protocol.yaml:4:3: error: message `Ping` needs `from`: add it
            protocol.yaml:4:11: error: unknown key `cod` in message `Ping`; did you mean `code`?
            """
        )
    }
}
