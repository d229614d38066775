import Foundation
import SwitchboardSpec
import Testing

@Suite("Laying out specs")
struct FormatterTests {
    private func format(_ text: String) throws -> String {
        String(decoding: try SpecFormatter.format(Array(text.utf8)), as: UTF8.self)
    }

    private static let untidy = """
        protocol:   Untidy\u{20}\u{20}


        # a comment\u{20}
        frame:
            header: [  type: uint8,length: uint8 ]   # why
        messages:
              Ping:
                    code:  0x01
                    from: client
                    doc: |
                         First line.

                           Indented.
                    fields:
                    -   {name: a,  type: uint8,doc: "x, {y} # z"}
                    -   name: b
                        type:   [string]
                        length: uint8
                        count: uint8


              Pong:
                    { code: 2, from: server }
        """

    private static let tidy = """
        protocol: Untidy

        # a comment
        frame:
          header: [ type: uint8, length: uint8 ]   # why
        messages:
          Ping:
            code: 0x01
            from: client
            doc: |
              First line.

                Indented.
            fields:
            - { name: a, type: uint8, doc: "x, {y} # z" }
            - name: b
              type: [string]
              length: uint8
              count: uint8

          Pong:
            { code: 2, from: server }

        """

    @Test("changes white space only, and leaves comments, quotes and order as they are")
    func layout() throws {
        #expect(try format(Self.untidy) == Self.tidy)
    }

    @Test("puts quotes around types with a question mark within braces, which some readers of YAML need")
    func questionMarks() throws {
        let untidy = "a: [ {name: b, type: string?,doc: Really?}, { type: \"[x?]\", type2: uint8? } ]\nc: string?\n"
        let tidy = """
            a: [ { name: b, type: "string?", doc: "Really?" }, { type: "[x?]", type2: "uint8?" } ]
            c: string?

            """
        #expect(try format(untidy) == tidy)
        #expect(try format(tidy) == tidy)
    }

    @Test("knows a doubled quote within quotes, and a number sign after it")
    func doubledQuotes() throws {
        let text = try format("protocol: Demo\nmessages:\n  M: {code: 1,from: both, doc: 'it''s {b}  # x',reply: N}\n")
        #expect(text == "protocol: Demo\nmessages:\n  M: { code: 1, from: both, doc: 'it''s {b}  # x', reply: N }\n")
    }

    @Test("changes nothing the second time")
    func idempotence() throws {
        #expect(try format(Self.tidy) == Self.tidy)
    }

    @Test("a block of text ends at the next key, also at the first key of an item")
    func blocksOfText() throws {
        let untidy = """
            examples:
              - payload: |
                      00 01

                      02
                fields:   { a: 1 }
              -   payload: >-
                   03
                  fields: { a: 2 }
              -    |
                 04
              - 05

            """
        let tidy = """
            examples:
              - payload: |
                  00 01

                  02
                fields: { a: 1 }
              - payload: >-
                  03
                fields: { a: 2 }
              - |
                  04
              - 05

            """
        #expect(try format(untidy) == tidy)
        #expect(try format(tidy) == tidy)
    }

    @Test("leaves what is no YAML to those who can mend it")
    func mistakes() {
        let problem = #expect(throws: SpecFormatter.Problem.self) { try format("protocol: [\n") }
        #expect(problem?.lines(path: "protocol.yaml").first?.hasPrefix("protocol.yaml:") == true)
    }

    @Test("never changes what a spec says, however it was laid out", arguments: 0..<200)
    func meaning(seed: UInt64) throws {
        // Adds white space at places that already have some.
        var text = ""
        var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        for character in Self.tidy {
            text.append(character)
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            if character == " ", text.dropLast().last != " ", state >> 60 == 0 { text.append(" ") }
        }
        // An error means that the formatter would have changed the meaning, which is not a failure here. A
        // changed meaning is.
        guard let formatted = try? format(text) else { return }
        let before = SpecReader.read(Array(text.utf8))
        let after = SpecReader.read(Array(formatted.utf8))
        #expect(before.diagnostics.map(\.message) == after.diagnostics.map(\.message))
        #expect(before.spec?.messages.map(\.name.value) == after.spec?.messages.map(\.name.value))
    }

    @Test("finds nothing to do in the specs of this repository")
    func repository() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardizedFileURL
        let golden = try FileManager.default.contentsOfDirectory(
            at: root.appending(path: "Tests/SwitchboardGeneratorTests/Golden"),
            includingPropertiesForKeys: nil
        )
        let specs = golden.filter { $0.pathExtension == "yaml" } + [root.appending(path: "protocol.yaml")]
        #expect(specs.count >= 6)
        for spec in specs {
            let text = try String(contentsOf: spec, encoding: .utf8)
            #expect(try format(text) == text, "\(spec.lastPathComponent)")
        }
    }
}
