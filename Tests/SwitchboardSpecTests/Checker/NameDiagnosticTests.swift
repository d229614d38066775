import SwitchboardSpec
import Testing

/// Names: each mistake, where it is reported, and in which words.
@Suite("Mistakes: names")
struct NameDiagnosticTests {
    @Test("a protocol whose name is no identifier")
    func aProtocolWhoseNameIsNoIdentifier() {
        expect(
            in: """
                protocol: NET-001
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client }
                """,
            """
            protocol.yaml:1:11: error: `NET-001` cannot be the namespace of the generated Swift: a name consists of letters, \
            digits and `_`, and does not begin with a digit; for example `NET001`; or keep it and add `swift: { namespace: NAME }`
            """
        )
    }

    @Test("names that are no identifiers")
    func namesThatAreNoIdentifiers() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  go home: { code: 1, from: client }
                  1st: { code: 2, from: client }
                  "": { code: 3, from: client }
                """,
            """
            protocol.yaml:4:3: error: the name of a message cannot be `go home`: a name consists of letters, digits and `_`, and \
            does not begin with a digit; for example `goHome`
            protocol.yaml:5:3: error: the name of a message cannot be `1st`: a name consists of letters, digits and `_`, and does \
            not begin with a digit; for example `st`
            protocol.yaml:6:3: error: the name of a message cannot be ``: a name consists of letters, digits and `_`, and does not \
            begin with a digit
            """
        )
    }

    @Test("a field whose name is no identifier")
    func aFieldWhoseNameIsNoIdentifier() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: session-id, type: uint8 }
                """,
            """
            protocol.yaml:8:17: error: the name of a field cannot be `session-id`: a name consists of letters, digits and `_`, and \
            does not begin with a digit; for example `sessionId`
            """
        )
    }

    @Test("a name that is too long")
    func aNameThatIsTooLong() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: { code: 1, from: client }
                """,
            """
            protocol.yaml:4:3: error: the name of a message cannot be \
            `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa`: a name has at most 64 characters
            """
        )
    }

    @Test("two fields of the same name")
    func twoFieldsOfTheSameName() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: a, type: uint8 }
                      - { name: a, type: uint8 }
                """,
            """
            protocol.yaml:9:17: error: message `Ping` has two fields `a`: rename one
            protocol.yaml:8:17: note: the first `a` is here
            """
        )
    }

    @Test("fields called like generated members")
    func fieldsCalledLikeGeneratedMembers() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: encode, type: uint8 }
                      - { name: self, type: uint8 }
                      - { name: description, type: uint8 }
                """,
            """
            protocol.yaml:8:17: error: field `encode` has a name that the generated Swift uses itself: \
            rename it; these names are taken: `checkBounds`, `encode` and `hashValue`
            protocol.yaml:9:17: error: field `self` has a name that the generated Swift uses itself: \
            rename it; these names are taken: `Any`, `BitWriter`, `Bool`, `ByteReader`, `ByteWriter`, `Bytes`, `Context`, \
            `CustomDebugStringConvertible`, `CustomReflectable`, `CustomStringConvertible`, `Double`, \
            `ErrorMessage`, `Fault`, `FixedFields`, `Float`, `FrameFormat`, `FrameHeader`, `Hashable`, \
            `HeaderBytes`, `Int`, `Int16`, `Int32`, `Int64`, `Int8`, `Message`, `MessageCode`, `Mirror`, \
            `OneWayHandler`, `OptionSet`, `PayloadError`, `Protocol`, `RawRepresentable`, `RawValue`, `Request`, \
            `RequestHandler`, `Requirement`, `Router`, `Self`, `Sendable`, `Sender`, `String`, `TextEncoding`, `Type`, `UInt16`, \
            `UInt32`, `UInt64`, `UInt8`, `WireProtocol`, `__owned`, `__shared`, `any`, `each`, `isolated`, `self`, \
            `sending` and `some`
            """
        )
    }

    @Test("a secret message with a field called like its description")
    func aSecretMessageWithAFieldCalledLikeItsDescription() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: token, type: uint8, secret: true }
                      - { name: description, type: uint8 }
                """,
            """
            protocol.yaml:9:17: error: field `description` has a name that the generated Swift uses itself: rename it; these names are taken: `checkBounds`, `customMirror`, `debugDescription`, \
            `description`, `encode` and `hashValue`
            """
        )
    }

    @Test("a request with a field called Reply")
    func aRequestWithAFieldCalledReply() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client, reply: Pong, fields: [ { name: Reply, type: uint8 } ] }
                  Pong: { code: 2, from: server }
                """,
            """
            protocol.yaml:4:65: error: field `Reply` has a name that the generated Swift uses itself: \
            rename it; these names are taken: `Reply`, `checkBounds`, `encode` and `hashValue`
            """
        )
    }

    @Test("a field called like its type")
    func aFieldCalledLikeItsType() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: Mood, type: Mood }
                enums:
                  Mood: { type: uint8, cases: { happy: 1, sad: 2 } }
                """,
            """
            protocol.yaml:8:17: error: field `Mood` has the name of its own type: rename it
            """
        )
    }

    @Test("a message called like a type that is used")
    func aMessageCalledLikeATypeThatIsUsed() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Message: { code: 1, from: client }
                """,
            """
            protocol.yaml:4:3: error: message `Message` has a name that the generated Swift uses itself: rename it, for example to `DemoMessage`; these names are taken: `Any`, `BitWriter`, `Bool`, `ByteReader`, `ByteWriter`, `Bytes`, \
            `Context`, `CustomDebugStringConvertible`, `CustomReflectable`, `CustomStringConvertible`, `Double`, \
            `ErrorMessage`, `Fault`, `FixedFields`, `Float`, `FrameFormat`, `FrameHeader`, `Hashable`, `Header`, \
            `HeaderBytes`, `Int`, `Int16`, `Int32`, `Int64`, `Int8`, `Message`, `MessageCode`, `Mirror`, \
            `OneWayHandler`, `OptionSet`, `PayloadError`, `Protocol`, `RawRepresentable`, `RawValue`, `Request`, \
            `RequestHandler`, `Requirement`, `Router`, `Self`, `Sendable`, `Sender`, `Service`, `String`, `TextEncoding`, `Type`, \
            `UInt16`, `UInt32`, `UInt64`, `UInt8`, `WireProtocol`, `__owned`, `__shared`, `any`, `each`, \
            `errorMessage`, `frameFormat`, `heartbeat`, `isolated`, `messages`, `name`, `self`, `sending` and `some`
            """
        )
    }

    @Test("a message called like the protocol")
    func aMessageCalledLikeTheProtocol() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Demo: { code: 1, from: client }
                """,
            """
            protocol.yaml:4:3: error: message `Demo` has the name of the namespace: rename it, or give \
            `swift:` another `namespace`
            """
        )
    }

    @Test("a message called like a handler")
    func aMessageCalledLikeAHandler() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client }
                  PingHandler: { code: 2, from: client }
                """,
            """
            protocol.yaml:5:3: error: message `PingHandler` has the name of the protocol for handlers of `Ping`: \
            rename it
            protocol.yaml:4:3: note: `Ping` is here
            """
        )
    }

    @Test("an enum called like a message")
    func anEnumCalledLikeAMessage() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client }
                enums:
                  Ping: { type: uint8, cases: { a: 1 } }
                """,
            """
            protocol.yaml:6:3: error: enum `Ping` has the name of a message: rename one
            protocol.yaml:4:3: note: the message is here
            """
        )
    }

    @Test("a case called like a generated member")
    func aCaseCalledLikeAGeneratedMember() {
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
                  Mood: { type: uint8, cases: { unrecognized: 1, rawValue: 2 } }
                """,
            """
            protocol.yaml:10:33: error: case `unrecognized` has the name of a generated member: rename it; these names are taken: `Protocol`, `RawValue`, `Self`, `Type`, `hashValue`, `rawValue`, `self` and \
            `unrecognized`
            protocol.yaml:10:50: error: case `rawValue` has the name of a generated member: rename it; these names are taken: `Protocol`, `RawValue`, `Self`, `Type`, `hashValue`, `rawValue`, `self` and \
            `unrecognized`
            """
        )
    }

    @Test("a protocol called like a type that is used")
    func aProtocolCalledLikeATypeThatIsUsed() {
        expect(
            in: """
                protocol: Message
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client }
                """,
            """
            protocol.yaml:1:11: error: `Message` cannot be the namespace of the generated Swift, which uses a type of this name: choose another, for example with `swift: { namespace: NAME }`
            """
        )
    }

    @Test(
        "a protocol called like a module that programs import",
        arguments: ["Swift", "Foundation", "SwitchboardRouter"]
    )
    func aProtocolCalledLikeAModule(_ name: String) {
        expect(
            in: """
                protocol: \(name)
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client }
                """,
            """
            protocol.yaml:1:11: error: `\(name)` cannot be the namespace of the generated Swift, because a module has this name: choose another, for example with `swift: { namespace: NAME }`
            """
        )
    }

    @Test("what an imported spec reserves")
    func reservedByAnImportedSpec() {
        let base = """
            protocol: Base
            reserved: [ 7, Gone ]
            swift: { access: public }
            frame: { header: [ type: uint8, length: uint8 ] }
            messages: { Here: { code: 1, from: client } }
            """
        let spec = """
            protocol: Demo
            imports: [ Base ]
            messages: { Gone: { code: 7, from: client } }
            """
        let importer = SpecImporter(["Base"]) { _ in SpecImporter.File(path: "base.yaml", bytes: Array(base.utf8)) }
        let diagnostics = SpecReader.read(Array(spec.utf8), importer: importer).diagnostics
        #expect(
            diagnostics.flatMap { $0.lines(path: "protocol.yaml") }.joined(separator: "\n") == """
                protocol.yaml:3:13: error: the name of message `Gone` is reserved: choose another
                base.yaml:2:16: note: `Gone` is reserved here
                protocol.yaml:3:27: error: code 0x07 of `Gone` is reserved: choose another
                base.yaml:2:13: note: code 0x07 is reserved here
                """
        )
    }
}
