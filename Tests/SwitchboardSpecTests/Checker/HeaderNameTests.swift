import SwitchboardSpec
import Testing

@Suite("Names of header fields, and the magic")
struct HeaderNameTests {
    @Test(
        "near a word of the language are good names",
        arguments: ["session", "versions", "magics", "types", "lengths", "kind"]
    )
    func nearNames(name: String) {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ \(name): uint16, type: uint8, length: uint8 ], codes: by-direction }
                messages: { A: { code: 1, from: client }, B: { code: 1, from: server } }
                """,
            ""
        )
    }

    @Test("that are slips of the hand are still pointed out", arguments: ["verison", "verion", "verssion"])
    func slips(name: String) {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ \(name): uint8, type: uint8, length: uint8 ] }
                messages: { A: { code: 1, from: client } }
                """,
            "protocol.yaml:2:20: warning: `\(name)` is read as a field of the protocol's own; did you mean "
                + "`version`?"
        )
    }

    @Test(
        "a mistake in the header leaves the codes as they are said",
        arguments: ["magics: 5", "magic: none", "id: flaot"]
    )
    func codes(field: String) {
        let lines = report(
            Array(
                """
                protocol: Demo
                frame: { header: [ \(field), type: uint8, length: uint8 ], codes: by-direction }
                messages: { A: { code: 1, from: client }, B: { code: 1, from: server } }
                """.utf8
            )
        )
        #expect(lines.split(separator: "\n").count == 1)
        #expect(!lines.contains("taken"))
    }

    @Test("a magic is bytes as they travel, in either byte order", arguments: ["big", "little"])
    func magic(order: String) {
        expect(
            in: """
                protocol: Demo
                byte-order: \(order)
                frame: { header: [ magic: 0xCAFE, type: uint8, length: uint8 ] }
                messages: { A: { code: 1, from: client, examples: [ { frame: cafe0100, fields: {} } ] } }
                """,
            ""
        )
    }
}
