import SwitchboardSpec
import Testing

@Suite("Limits of a spec")
struct SpecLimitTests {
    @Test("a file that is too large is refused before it is read")
    func fileSize() {
        let comment = [UInt8](repeating: UInt8(ascii: "#"), count: SpecLimits.fileBytes + 1)
        #expect(
            report(comment)
                == "protocol.yaml:1:1: error: the file is larger than \(SpecLimits.fileBytes) bytes, the largest size allowed: split it with `imports`"
        )
    }

    @Test("the largest file is read")
    func largestFile() {
        let comment = BundledSpec.bytes + [UInt8](repeating: UInt8(ascii: "#"), count: SpecLimits.fileBytes)
        #expect(SpecReader.read(Array(comment.prefix(SpecLimits.fileBytes))).spec != nil)
    }

    @Test("deep nesting is refused where it gets too deep", arguments: ["[", "{ a: ", "- "])
    func nesting(_ opening: String) {
        let text = "a: \n " + String(repeating: opening, count: 10_000)
        let lines = report(Array(text.utf8))
        #expect(lines.contains("error: nested deeper than \(SpecLimits.nestingDepth) levels, the most allowed"))
    }

    @Test("too many values are refused")
    func nodes() {
        let text = "a: [" + String(repeating: "1,", count: SpecLimits.nodes) + "]"
        let lines = report(Array(text.utf8))
        #expect(lines.hasSuffix("error: more than \(SpecLimits.nodes) values, the most allowed in a file"))
    }

    @Test("too many messages are refused")
    func messages() {
        let messages = (0...SpecLimits.messages).map { "  M\($0): {}\n" }.joined()
        let text = "protocol: A\nframe: { header: [ type: uint8, length: uint8 ] }\nmessages:\n" + messages
        expect(
            in: text,
            "protocol.yaml:4:3: error: `messages` has \(SpecLimits.messages + 1) entries: "
                + "at most \(SpecLimits.messages) are allowed"
        )
    }

    @Test("too many fields are refused")
    func fields() {
        let fields = (0...SpecLimits.fields).map { "{ name: f\($0), type: bool }" }.joined(separator: ", ")
        let text = """
            protocol: A
            frame: { header: [ type: uint8, length: uint16 ] }
            messages: { M: { code: 1, from: client, fields: [ \(fields) ] } }
            """
        expect(
            in: text,
            "protocol.yaml:3:49: error: `fields` has \(SpecLimits.fields + 1) items: "
                + "at most \(SpecLimits.fields) are allowed"
        )
    }

    @Test(
        "bytes that are sent for no value are few enough to keep in memory",
        arguments: [
            ("{ reserved: 1048577 }", "63: error: `reserved` is 1048577: use 1 to 1048576 bytes"),
            (
                "{ name: a, type: string, length: 1048577, pad: 0 }",
                "84: error: `length` is 1048577: with `pad`, use 1 to 1048576 bytes"
            ),
        ]
    )
    func filler(_ field: String, _ expected: String) {
        let text = """
            protocol: A
            frame: { header: [ type: uint8, length: uint32 ] }
            messages: { M: { code: 1, from: client, fields: [ \(field) ] } }
            """
        expect(in: text, "protocol.yaml:3:\(expected)")
    }

    @Test("of too many mistakes the first are reported, and that there are more")
    func diagnostics() {
        let messages = (0..<500).map { "  M\($0): {}\n" }.joined()
        let text = "protocol: A\nframe: { header: [ type: uint8, length: uint8 ] }\nmessages:\n" + messages
        let diagnostics = SpecReader.read(Array(text.utf8)).diagnostics
        #expect(diagnostics.count == SpecLimits.diagnostics + 1)
        #expect(diagnostics.last?.message == "more than 100 mistakes: correct these to see the rest")
    }

    @Test("bytes that are not UTF-8 are reported where they are")
    func encoding() {
        #expect(
            report(Array("protocol: Ä\nversion: ".utf8) + [0xC3, 0x28])
                == "protocol.yaml:2:10: error: not UTF-8: save the file in this encoding"
        )
    }

    @Test("control characters are reported where they are")
    func controlCharacters() {
        #expect(
            report(Array("protocol: Ä\nversion: \u{1}".utf8))
                == "protocol.yaml:2:10: error: not YAML: control characters are not allowed"
        )
    }
}
