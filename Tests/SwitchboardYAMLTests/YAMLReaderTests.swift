import SwitchboardYAML
import Testing

@Suite("Reading YAML")
struct YAMLReaderTests {
    private static let limits = YAMLLimits(
        fileBytes: 200,
        nestingDepth: 2,
        nodes: 12,
        whenTooLarge: ": make it shorter"
    )

    private func read(_ text: String) throws(YAMLError) -> Node? {
        try YAMLReader.read(Array(text.utf8), within: Self.limits)
    }

    private func mistake(in text: String) -> String? {
        do throws(YAMLError) {
            _ = try read(text)
            return nil
        } catch {
            return "\(error.place.line):\(error.place.column): \(error.message)"
        }
    }

    @Test("keys and values know their places, and whether they have quotes")
    func places() throws {
        let root = try #require(try read("# first\nport: 5000\n\n  \nhost:   \"::1\"\n"))
        guard case .mapping(let entries) = root.content else {
            Issue.record("the root is \(root.kind)")
            return
        }
        #expect(entries.map { $0.key.place } == [Place(line: 2, column: 1), Place(line: 5, column: 1)])
        #expect(entries.map { $0.value.place } == [Place(line: 2, column: 7), Place(line: 5, column: 9)])
        #expect(entries.compactMap { $0.value.scalar?.text } == ["5000", "::1"])
        #expect(entries.compactMap { $0.value.scalar?.isPlain } == [true, false])
        #expect(root["host"]?.scalar?.text == "::1")
        #expect(root["absent"] == nil)
    }

    @Test("a file without a value has no tree", arguments: ["", "# only a comment\n", "---\n", "null\n", "\u{FEFF}"])
    func empty(_ text: String) throws {
        #expect(try read(text) == nil)
    }

    @Test(
        "a mistake has its place",
        arguments: [
            ("a: 1\n---\nb: 2\n", "2:1: the file contains a second YAML document: remove `---`"),
            ("a: *b\n", "1:4: aliases (`*name`) are not allowed"),
            ("a: &b 1\n", "1:4: anchors (`&name`) are not allowed"),
            ("a: !b 1\n", "1:4: tags (`!name`) are not allowed"),
            ("a: 1\n\tb: 2\n", "2:1: not YAML: "),
            ("a: [[1]]\n", "1:6: nested deeper than 2 levels, the most allowed"),
            ("[1,2,3,4,5,6,7,8,9,10,11,12]\n", "1:26: more than 12 values, the most allowed in a file"),
        ]
    )
    func mistakes(_ text: String, _ expected: String) throws {
        #expect(try #require(mistake(in: text)).hasPrefix(expected))
    }

    @Test("a file that is too large is refused with the advice of its limits")
    func tooLarge() {
        #expect(
            mistake(in: String(repeating: "#", count: 201))
                == "1:1: the file is larger than 200 bytes, the largest size allowed: make it shorter"
        )
        #expect(mistake(in: String(repeating: "#", count: 200)) == nil)
    }

    @Test("bytes that are not UTF-8 are found where they begin")
    func encoding() {
        let error = #expect(throws: YAMLError.self) {
            _ = try YAMLReader.read(Array("a: 1\nb: ".utf8) + [0xFF], within: Self.limits)
        }
        #expect(error?.place == Place(line: 2, column: 4))
    }

    @Test(
        "the name that an author probably meant is found",
        arguments: [
            ("max-conections", "max-connections"), ("prot", "port"), ("rate_limit", "rate-limit"), ("colour", nil),
        ]
    )
    func nearMisses(_ written: String, _ meant: String?) {
        #expect(nearMiss(of: written, among: ["port", "host", "rate-limit", "max-connections"]) == meant)
    }
}
