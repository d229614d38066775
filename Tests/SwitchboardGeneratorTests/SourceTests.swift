import SwitchboardGenerator
import SwitchboardRouter
import SwitchboardSpec
import Testing

@Suite("Generated source")
struct SourceTests {
    @Test(
        "the runtime is imported with the access level of what is generated",
        arguments: [
            ("public", "\npublic import SwitchboardRouter\n"), ("package", "\npackage import SwitchboardRouter\n"),
            ("internal", "\nimport SwitchboardRouter\n"),
        ]
    )
    func imports(access: String, line: String) throws {
        #expect(try source("swift: { access: \(access) }").contains(line))
    }

    @Test("other modules are imported too, once each and in order")
    func otherImports() throws {
        let source = try source("swift: { imports: [ Zebra, Apple, Zebra, SwitchboardRouter ] }")
        #expect(source.contains("\nimport Apple\nimport SwitchboardRouter\nimport Zebra\n\n"))
    }

    @Test("a protocol whose messages all come from the server has no service")
    func noService() throws {
        let source = try source("version: 1")
        #expect(!source.contains("Service"))
        #expect(!source.contains("Handler"))
    }

    @Test("text of a spec does not get out of its comment")
    func comments() throws {
        let source = try source(#"doc: "One.\nstruct Evil {}\r\nstruct Evil {}\u2028struct Evil {}\x85struct Evil {}""#)
        for line in source.split(whereSeparator: \.isNewline) where line.contains("Evil") {
            #expect(line.hasPrefix("///"))
        }
    }

    @Test("text of a spec does not get out of its literal")
    func literals() throws {
        let source = try source(
            #"swift: { namespace: Demo }"#,
            name: #""a\"b\\(c)\n\0""#
        )
        #expect(source.contains(#"static var name: String { "a\"b\\(c)\n\u{0}" }"#))
    }

    @Test("an abbreviation ends no sentence")
    func abbreviations() throws {
        #expect(
            try source(#"doc: "Says e.g. hello. And more.""#).contains("/// Says e.g. hello.\n///\n/// And more.\n")
        )
    }

    private func source(_ lines: String, name: String = "Demo") throws -> String {
        let text = """
            protocol: \(name)
            frame: { header: [ type: uint8, length: uint8 ] }
            messages: { Tick: { code: 1, from: server } }
            \(lines)
            """
        let outcome = SpecReader.read(Array(text.utf8))
        #expect(outcome.diagnostics.isEmpty)
        return SwiftGenerator.source(for: try #require(outcome.spec), file: "protocol.yaml")
    }
}
