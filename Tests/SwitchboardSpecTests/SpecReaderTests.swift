import SwitchboardSpec
import Testing

@Suite("Reading specs")
struct SpecReaderTests {
    @Test("the bundled spec has no mistakes and all its messages")
    func bundledSpec() throws {
        let outcome = SpecReader.read(BundledSpec.bytes)
        #expect(outcome.diagnostics.isEmpty)
        let spec = try #require(outcome.spec)
        #expect(spec.name == "NET001")
        #expect(spec.version == 1)
        #expect(spec.byteOrder == .big)
        #expect(spec.frame.maximumPayload == 65_535)
        #expect(spec.errorMessage?.name.value == "Error")
        #expect(spec.messages.map(\.code.value) == [1, 2, 3, 4, 5, 6, 7, 8, 0xFF])
        #expect(
            spec.messages.filter(spec.isHandled).map(\.name.value) == ["Ping", "Echo", "Broadcast", "Auth", "Data"]
        )
        #expect(spec.types.map(\.name.value) == ["ErrorCode"])
    }

    @Test("what a spec leaves out has a default")
    func defaults() throws {
        let spec = try #require(
            read(
                """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint8 ] }
                messages:
                  Ping: { code: 1, from: both }
                """
            )
        )
        #expect(spec.version == nil)
        #expect(spec.byteOrder == .big)
        #expect(spec.swift.access == .internal)
        #expect(spec.namespace == "Demo")
        #expect(spec.frame.checksum == nil)
        #expect(spec.frame.maximumPayload == 255)
        #expect(spec.errorMessage == nil)
        #expect(spec.messages.first?.fields.isEmpty == true)
    }

    @Test(
        "a number may be decimal or hexadecimal, with separators",
        arguments: [("10", 10), ("0x0A", 10), ("0XfF", 255), ("1_0", 10), ("0x0_f", 15), ("+7", 7), ("007", 7)]
            as [(
                String, UInt64
            )]
    )
    func numbers(_ text: String, _ value: UInt64) throws {
        #expect(read(spec(code: text))?.messages.first?.code.value == value)
    }

    @Test("what only resembles a number is none", arguments: ["0x", "_1", "1_", "1__0", "1e3", "0b1", "1.0", "٣", "-"])
    func notNumbers(_ text: String) {
        let line = "protocol.yaml:4:17: error: `code` must be a whole number such as 10 or 0x0A, not `\(text)`"
        #expect(report(Array(spec(code: text).utf8)) == line)
    }

    @Test("a magic has the bytes that its digits or its text say")
    func magicWidth() throws {
        let widths: [(String, [UInt8])] = [
            ("0xAB", [0xAB]), ("0x00AB", [0, 0xAB]), ("0x000000AB", [0, 0, 0, 0xAB]), ("255", [255]), ("256", [1, 0]),
            ("65536", [0, 1, 0, 0]), ("0x123456", [0, 0x12, 0x34, 0x56]), ("{ hex: 123456 }", [0x12, 0x34, 0x56]),
            ("0x0123456789", [1, 0x23, 0x45, 0x67, 0x89]), ("\"HELLO\"", Array("HELLO".utf8)),
        ]
        for (text, bytes) in widths {
            let spec = read(
                """
                protocol: Demo
                frame: { header: [ magic: \(text), type: uint8, length: uint8 ] }
                messages: { Ping: { code: 1, from: both } }
                """
            )
            guard case .magic(let magic) = try #require(spec?.frame.header.first).value.role else {
                Issue.record("the header does not begin with the magic")
                return
            }
            #expect(magic.client == bytes && magic.server == bytes, "\(text)")
        }
    }

    @Test(
        "what is no finite number is spelt as in YAML",
        arguments: [(".inf", 0x7F80_0000), ("-.inf", 0xFF80_0000), (".nan", 0x7FC0_0000), (".NaN", 0x7FC0_0000)]
            as [(String, UInt64)]
    )
    func notFinite(_ text: String, _ bits: UInt64) throws {
        let digits = String(bits, radix: 16)
        let spec = """
            protocol: Demo
            frame: { header: [ type: uint8, length: uint8 ] }
            messages:
              A:
                code: 1
                from: client
                fields: [ { name: x, type: float32, default: \(text) } ]
                examples: [ { payload: "\(digits)", fields: {} } ]
            """
        #expect(report(Array(spec.utf8)).isEmpty)
        for key in ["min", "max", "equals"] {
            let lines = report(Array(spec.replacing("default", with: key).utf8))
            #expect(lines.contains("cannot be NaN") == text.lowercased().contains("nan"))
        }
    }

    @Test("a byte order mark at the start is nothing")
    func byteOrderMark() {
        #expect(SpecReader.read([0xEF, 0xBB, 0xBF] + BundledSpec.bytes).diagnostics.isEmpty)
    }

    @Test("lines may end as on Windows")
    func windowsLines() {
        let text = String(decoding: BundledSpec.bytes, as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(SpecReader.read(Array(lines.joined(separator: "\r\n").utf8)).diagnostics.isEmpty)
    }

    @Test("mistakes are reported in the order of their places, however many there are")
    func order() {
        let text =
            "protocol: [ Demo ]" + spec(code: "x").dropFirst("protocol: Demo".count) + "\ndoc: [ 1 ]\nversion: one"
        let places = SpecReader.read(Array(text.utf8)).diagnostics.map(\.place)
        #expect(places.count == 4)
        #expect(places == places.sorted())
    }

    private func spec(code: String) -> String {
        """
        protocol: Demo
        frame: { header: [ type: uint8, length: uint8 ] }
        messages:
          Ping: { code: \(code), from: both }
        """
    }

    private func read(_ text: String) -> CheckedSpec? {
        SpecReader.read(Array(text.utf8)).spec
    }
}
