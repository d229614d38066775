import SwitchboardSpec
import Testing

/// The frame: each mistake, where it is reported, and in which words.
@Suite("Mistakes: the frame")
struct FrameDiagnosticTests {
    @Test("a header without type")
    func aHeaderWithoutType() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ magic: 1 ] }
                messages:
                  Ping: { code: 1, from: client }
                """,
            """
            protocol.yaml:2:18: error: `header` needs a field `type`: add `- type: uint8` at its place in the header
            """
        )
    }

    @Test("a length that cannot be read, beside a large payload")
    func aLengthThatCannotBeRead() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: string ], max-payload: 1_000_000 }
                messages:
                  Ping: { code: 1, from: client }
                """,
            """
            protocol.yaml:2:41: error: `length` in `header` must be an unsigned type such as `uint8`, not `string`
            """
        )
    }

    @Test("a header field twice")
    func aHeaderFieldTwice() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint8, type: uint8 ] }
                messages:
                  Ping: { code: 1, from: client }
                """,
            """
            protocol.yaml:2:48: error: `header` has two fields `type`: remove one
            protocol.yaml:2:20: note: the first `type` is here
            """
        )
    }

    @Test("an unknown header field")
    func anUnknownHeaderField() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, lenght: uint8 ] }
                messages:
                  Ping: { code: 1, from: client }
                """,
            """
            protocol.yaml:2:33: error: `header` has no `length`; should `lenght` be called `length`?
            """
        )
    }

    @Test("two header fields in one item")
    func twoHeaderFieldsInOneItem() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ { type: uint8, length: uint8 } ] }
                messages:
                  Ping: { code: 1, from: client }
                """,
            """
            protocol.yaml:2:20: error: a field of `header` has one key: begin each with its own `-`
            """
        )
    }

    @Test("a header field of another type than an unsigned number")
    func aHeaderFieldOfAnotherType() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: int32, length: float64 ] }
                messages:
                  Ping: { code: 1, from: client }
                """,
            """
            protocol.yaml:2:26: error: `type` in `header` must be an unsigned type such as `uint8`, not `int32`
            protocol.yaml:2:41: error: `length` in `header` must be an unsigned type such as `uint8`, not `float64`
            """
        )
    }

    @Test("a magic of more than eight bytes as a number")
    func aMagicOfMoreThanEightBytes() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ magic: 0x00DEADBEEF00112233, type: uint8, length: uint8 ] }
                messages:
                  Ping: { code: 1, from: client }
                """,
            """
            protocol.yaml:2:27: error: `magic` has more than 8 bytes: write it as `{ hex: … }`
            """
        )
    }

    @Test("an unknown checksum")
    func anUnknownChecksum() {
        let names = ChecksumAlgorithm.allCases.map { "`\($0.rawValue)`" }
        let alternatives = names.dropLast().joined(separator: ", ") + " or \(names.last ?? "")"
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint8 ], trailer: [ checksum: crc64 ] }
                messages:
                  Ping: { code: 1, from: client }
                """,
            """
            protocol.yaml:2:71: error: `checksum` must be \(alternatives), not `crc64`
            """
        )
    }

    @Test("a largest payload that the length cannot say")
    func aLargestPayloadThatTheLengthCannotSay() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint8 ], max-payload: 256 }
                messages:
                  Ping: { code: 1, from: client }
                """,
            """
            protocol.yaml:2:63: error: `max-payload` is 256, but `length` is a uint8: use at most 255
            """
        )
    }

    @Test("a version in the header alone")
    func aVersionInTheHeaderAlone() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ version: uint8, type: uint8, length: uint8 ] }
                messages:
                  Ping: { code: 1, from: client }
                """,
            """
            protocol.yaml:2:20: error: `header` has a version, but the spec does not say which: add `version: 1` at \
            the top
            """
        )
    }

    @Test("a version that does not fit")
    func aVersionThatDoesNotFit() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ version: uint8, type: uint8, length: uint8 ] }
                messages:
                  Ping: { code: 1, from: client }
                version: 256
                """,
            """
            protocol.yaml:5:10: error: `version` is 256, which does not fit in a uint8: use 0 to 255
            protocol.yaml:2:20: note: the width of `version` in the header is defined here
            """
        )
    }
}
