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

    @Test("replies of clients to requests of the server have no method in the service")
    func repliesToServer() throws {
        func source(_ header: String) throws -> String {
            let spec = """
                protocol: Ward
                heartbeat: none
                frame: { header: [ type: uint8, \(header), length: uint8 ] }
                messages:
                  Ask: { code: 1, from: both, reply: Answer }
                  Answer: { code: 2, from: both }
                  Note: { code: 3, from: both }
                """
            return SwiftGenerator.source(for: try #require(SpecReader.read(Array(spec.utf8)).spec), file: "ward.yaml")
        }
        let numbered = try source("id: { type: uint8, correlate: true }")
        #expect(numbered.contains("func ask(") && numbered.contains("func note("))
        #expect(!numbered.contains("func answer("))
        #expect(!numbered.contains("on(Ward.Answer.self)"))
        // Without numbers, a server cannot send requests, and a client sends Answer for reasons of its own.
        #expect(try source("id: uint8").contains("func answer("))
    }

    @Test("fields of the header whose names differ only in the first letter have different constants")
    func constantsOfTheHeader() throws {
        let fields = "{ name: a, type: bytes, length: header.count }, { name: b, type: bytes, length: header.Count }"
        let spec = """
            protocol: P
            heartbeat: none
            frame: { header: [ type: uint8, count: uint8, Count: uint8, length: uint8 ] }
            messages: { A: { code: 1, from: both, fields: [ \(fields) ] } }
            """
        let source = SwiftGenerator.source(for: try #require(SpecReader.read(Array(spec.utf8)).spec), file: "p.yaml")
        #expect(source.contains("let headerCount: UInt8"))
        #expect(source.contains("let header_Count: UInt8"))
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

    @Test(
        "the checksum has a name or parameters, and a byte order if it is not that of the protocol",
        arguments: [
            ("crc16-kermit", ".crc16Kermit, covers: .frame"),
            ("{ type: crc32, byte-order: big }", ".crc32, covers: .frame"),
            ("{ type: crc24-lte-a, byte-order: little }", ".crc24LTEA, covers: .frame, byteOrder: .little"),
            ("{ type: crc, width: 16, poly: 0x8005, reflect: true }", ".crc16ARC, covers: .frame"),
            (
                "{ type: crc, width: 16, poly: 0x6F63, reflect: true, covers: payload }",
                ".crc(.init(width: 16, polynomial: 0x6F63, isReflected: true)), covers: .payload"
            ),
            (
                "{ type: crc, width: 8, poly: 7, xor: 1 }",
                ".crc(.init(width: 8, polynomial: 0x07, finalXOR: 0x01)), covers: .frame"
            ),
            ("{ type: sum8, negate: true }", ".sum(.init(width: 8, isNegated: true)), covers: .frame"),
            ("{ type: sum16, xor: 0xFFFF }", ".sum(.init(width: 16, finalXOR: 0xFFFF)), covers: .frame"),
            ("{ type: sum16, negate: false, xor: 0 }", ".sum16, covers: .frame"),
        ]
    )
    func checksums(spec: String, arguments: String) throws {
        #expect(try source("version: 1", trailer: spec).contains("\n        checksum: .init(\(arguments)),\n"))
    }

    @Test("the longest checksum has a line for each argument")
    func longestChecksum() throws {
        let spec =
            "{ type: crc, width: 32, poly: 0x814141AB, init: 1, reflect: true, xor: 0xFFFF0000, covers: payload }"
        let lines = """
                    checksum: .init(
                        .crc(.init(width: 32, polynomial: 0x8141_41AB, initial: 0x01, isReflected: true, finalXOR: 0xFFFF_0000)),
                        covers: .payload
                    ),
            """
        #expect(try source("version: 1", trailer: spec).contains(lines + "\n"))
    }

    private func source(_ lines: String, name: String = "Demo", trailer: String? = nil) throws -> String {
        let text = """
            protocol: \(name)
            frame: { header: [ type: uint8, length: uint8 ]\(trailer.map { ", trailer: [ checksum: \($0) ]" } ?? "") }
            messages: { Tick: { code: 1, from: server } }
            \(lines)
            """
        let outcome = SpecReader.read(Array(text.utf8))
        #expect(outcome.diagnostics.isEmpty)
        return SwiftGenerator.source(for: try #require(outcome.spec), file: "protocol.yaml")
    }
}
