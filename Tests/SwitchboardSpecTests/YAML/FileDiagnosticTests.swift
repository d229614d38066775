import Testing

/// Files that are not a spec: each mistake, where it is reported, and in which words.
@Suite("Mistakes: what is no spec at all")
struct FileDiagnosticTests {
    @Test("an empty file")
    func anEmptyFile() {
        expect(
            in: """

                """,
            """
            protocol.yaml:1:1: error: the file is empty: begin with `protocol: NAME`
            """
        )
    }

    @Test("a file with a comment only")
    func aFileWithACommentOnly() {
        expect(
            in: """
                # nothing yet
                """,
            """
            protocol.yaml:1:1: error: the file is empty: begin with `protocol: NAME`
            """
        )
    }

    @Test("a text instead of a mapping")
    func aTextInsteadOfAMapping() {
        expect(
            in: """
                hello
                """,
            """
            protocol.yaml:1:1: error: the spec must be a mapping of keys to values such as `protocol: NAME`, not \
            `hello`
            """
        )
    }

    @Test("a list instead of a mapping")
    func aListInsteadOfAMapping() {
        expect(
            in: """
                - protocol: Demo
                """,
            """
            protocol.yaml:1:1: error: the spec must be a mapping of keys to values such as `protocol: NAME`, not a \
            list
            """
        )
    }

    @Test("two documents")
    func twoDocuments() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping: { code: 1, from: client }
                ---
                protocol: Other
                """,
            """
            protocol.yaml:5:1: error: the file contains a second YAML document: remove `---`
            """
        )
    }

    @Test("an alias")
    func anAlias() {
        expect(
            in: """
                protocol: &name Demo
                version: *name
                """,
            """
            protocol.yaml:1:11: error: anchors (`&name`) are not allowed: remove it, or put quotes around text that begins with `&`
            """
        )
    }

    @Test("a reference to nothing")
    func aReferenceToNothing() {
        expect(
            in: """
                protocol: *name
                """,
            """
            protocol.yaml:1:11: error: aliases (`*name`) are not allowed: write the value out, or put quotes around text that \
            begins with `*`
            """
        )
    }

    @Test("a tag")
    func aTag() {
        expect(
            in: """
                protocol: !name Demo
                """,
            """
            protocol.yaml:1:11: error: tags (`!name`) are not allowed: remove it, or put quotes around text that begins with `!`
            """
        )
    }

    @Test("a tab as indentation")
    func aTabAsIndentation() {
        expect(
            in: """
                protocol: Demo
                frame:
                	header: []
                """,
            """
            protocol.yaml:3:1: error: not YAML: while scanning for the next token, found character that cannot \
            start any token (indent with spaces; quote special characters)
            """
        )
    }

    @Test("a list that is never closed")
    func aListThatIsNeverClosed() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8 
                """,
            """
            protocol.yaml:3:1: error: not YAML: while parsing a flow sequence, did not find expected ',' or ']' \
            (put quotes around text that has brackets, braces, quotes or ` #` in it: a `#` behind a space begins a \
            comment)
            """
        )
    }

    @Test("a key that is a list")
    func aKeyThatIsAList() {
        expect(
            in: """
                protocol: Demo
                ? [ a ]
                : b
                """,
            """
            protocol.yaml:1:1: error: the spec needs `messages`: add it
            protocol.yaml:1:1: error: the spec needs `frame`: add it, or `imports` of a spec that has one
            protocol.yaml:2:3: error: a key must be a word, not a list
            """
        )
    }
}
