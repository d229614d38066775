internal import SwitchboardSpec

/// Renders the examples of a spec as a test suite, which the package of the protocol runs with its own tests.
struct TestsRenderer {
    private let spec: CheckedSpec
    private let module: String
    private let namespace: String

    /// - Parameter module: The module that contains the source generated from the spec.
    init(_ spec: CheckedSpec, module: String) {
        self.spec = spec
        self.module = module
        namespace = Identifier.escaped(spec.namespace)
    }

    func render(into writer: inout SourceWriter) {
        let access = spec.swift.access == .public ? "" : "@testable "
        // Values may have imported types.
        let modules = Set(spec.allImports.map(\.module.value)).union(["SwitchboardRouter", "Testing"])
        writer.lines(modules.subtracting([module]).sorted().map { "import \(Identifier.escaped($0))" })
        writer.blank()
        writer.line("\(access)import \(Identifier.escaped(module))")
        writer.blank()
        writer.documentation("Checks that the examples of the spec are encoded and decoded as stated.")
        writer.line("@Suite(\(Literal.string("Examples of \(spec.name)")))")
        writer.block("struct \(spec.namespace)ExampleTests") { writer in
            for (index, part) in parts.enumerated() {
                if index > 0 { writer.blank() }
                part(&writer)
            }
        }
    }

    /// The expression of a decoder of the frames with a message, which depend on the end that sends it if each end has its own magic,
    /// frames have no length or messages have a `checksum-seed`.
    private var decoder: String {
        let hasSeeds = spec.messages.contains { $0.checksumSeed != nil }
        let dependsOnSender = hasSeeds || spec.allFrames.contains { $0.hasMagicOfEnds || !$0.delimitsPayload }
        return "FrameDecoder(\(format)\(dependsOnSender ? ", from: M.sender" : ""))"
    }

    /// The expression of the format of the frames with a message.
    private var format: String {
        "\(namespace).frameFormat\(spec.frames.isEmpty ? "" : ".format(of: M.code)")"
    }

    /// The condition that a frame is one with a message.
    private var isFound: String {
        spec.allFrames.contains(where: \.isOfReplies)
            ? "[M.code, .ofReply].contains(found.code)" : "found.code == M.code"
    }

    /// Whether fields of messages refer to the frame's header.
    private var usesHeader: Bool { spec.messages.contains { !spec.layout(of: $0).header.isEmpty } }

    /// The closures that write the members: the tests, then the functions that they share.
    private var parts: [(inout SourceWriter) -> Void] {
        var parts: [(inout SourceWriter) -> Void] = []
        for message in spec.messages {
            for (index, example) in spec.examples(of: message).enumerated() {
                parts.append { render(example, index + 1, of: message, into: &$0) }
            }
            for (index, example) in spec.malformed(of: message).enumerated() {
                parts.append { render(example, index + 1, of: message, into: &$0) }
            }
        }
        let malformed = spec.messages.flatMap(\.malformed)
        if spec.messages.contains(where: { !$0.examples.isEmpty }) { parts.append(renderExpectation) }
        if malformed.contains(where: { !$0.isPayload }) { parts.append(renderRefusalOfFrames) }
        if !malformed.isEmpty { parts.append(renderRefusalOfPayloads) }
        return parts
    }

    private func renderExpectation(into writer: inout SourceWriter) {
        writer.documentation("Expects that `message` is encoded as `frame`, and decoded from it.")
        let parameters = ["_ message: M", "_ frame: Bytes", "header: HeaderBytes = HeaderBytes()"]
        renderHead("expect<M: Message>", parameters, ") throws {", into: &writer)
        writer.indented { writer in
            let format = "\(namespace).frameFormat"
            writer.line("var writer = ByteWriter()")
            writer.line("try FrameEncoder(\(format)).encode(message, header: header, into: &writer)")
            writer.line("#expect(writer.takeBytes() == frame, sourceLocation: location)")
            let failure = "Issue.record(\"no whole frame\", sourceLocation: location)"
            renderReader(or: [failure, "return"], into: &writer)
            writer.block("guard case .frame(let found) = decoder.next(in: &reader) else") { writer in
                writer.lines([failure, "return"])
            }
            writer.line("#expect(\(isFound), sourceLocation: location)")
            writer.line("let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in")
            writer.indented { $0.line("try M(payload: &payload\(usesHeader ? ", header: found.header" : ""))") }
            writer.line("}")
            writer.line("// Compares bytes, because NaN is not equal to itself.")
            writer.line("try FrameEncoder(\(format)).encode(decoded, header: found.header, into: &writer)")
            writer.line("#expect(writer.takeBytes() == frame, sourceLocation: location)")
        }
        writer.line("}")
    }

    /// Writes the constant `decoder`, and the variable `reader` for the bytes of `frame`, without its delimiters and escapes.
    ///
    /// - Parameter failure: The statements for bytes that are no whole frame.
    private func renderReader(or failure: [String], into writer: inout SourceWriter) {
        guard spec.frame.framing != nil else {
            writer.line("var reader = ByteReader(frame)")
            writer.line("let decoder = \(decoder)")
            return
        }
        writer.line("var stream = ByteReader(frame)")
        writer.line("let decoder = \(decoder)")
        writer.block("guard case .whole(let content) = decoder.content(in: &stream) else") { $0.lines(failure) }
        writer.line("var reader = ByteReader(content)")
    }

    private func renderRefusalOfFrames(into writer: inout SourceWriter) {
        writer.documentation("Expects that `frame` is not decoded as a `message`.")
        renderHead("expectRefusal<M: Message>", ["of message: M.Type", "frame: Bytes"], ") {", into: &writer)
        writer.indented { writer in
            renderReader(or: ["return"], into: &writer)
            writer.line("guard")
            writer.indented { writer in
                writer.line("case .frame(let found) = decoder.next(in: &reader), \(isFound),")
                writer.line(
                    "let payload = decoder.payload(of: found, in: &reader, { $0.readBytes(found.payloadSize) })"
                )
            }
            writer.line("else { return }")
            let header = usesHeader ? ", header: found.header" : ""
            writer.line("expectRefusal(of: message, payload: payload\(header), location)")
        }
        writer.line("}")
    }

    private func renderRefusalOfPayloads(into writer: inout SourceWriter) {
        writer.documentation("Expects that `payload` is not decoded as a `message`.")
        let header = usesHeader ? ["header: HeaderBytes = HeaderBytes()"] : []
        let parameters = ["of message: M.Type", "payload: Bytes"] + header
        renderHead("expectRefusal<M: Message>", parameters, ") {", into: &writer)
        writer.indented { writer in
            writer.line("let maximum = M.maximumPayload ?? \(format).maximumPayload")
            writer.line("guard payload.count <= maximum else { return }")
            writer.block("#expect(throws: PayloadError.self, sourceLocation: location)") { writer in
                writer.line("var reader = ByteReader(payload)")
                writer.line("_ = try M(payload: &reader\(usesHeader ? ", header: header" : ""))")
            }
        }
        writer.line("}")
    }

    /// Writes the head of a function with a parameter for the source location of its caller.
    private func renderHead(_ name: String, _ parameters: [String], _ end: String, into writer: inout SourceWriter) {
        writer.line("private func \(name)(")
        writer.indented { writer in
            writer.lines(parameters.map { $0 + "," })
            writer.line("_ location: SourceLocation = #_sourceLocation")
        }
        writer.line(end)
    }

    private func render(
        _ example: CheckedExample,
        _ number: Int,
        of message: MessageSpec,
        into writer: inout SourceWriter
    ) {
        let name = message.name.value
        // A deprecated test can use a deprecated message without a warning.
        if message.deprecated != nil { writer.line("@available(*, deprecated)") }
        writer.line("@Test(\(Literal.string("\(name), example \(number)")))")
        writer.block("func example\(number)Of\(name)() throws") { writer in
            let arguments = ValueLiteral(spec: spec, scope: .file)
                .arguments(example.values, spec.layout(of: message).fields)
            writer.list("let message = \(namespace).\(Identifier.member(name))", arguments, "")
            renderBytes("frame", example.frame, into: &writer)
            writer.line("try expect(message, frame\(renderHeader(example, of: message, into: &writer)))")
        }
    }

    /// Writes the header fields unless all are 0; returns the argument that passes them.
    private func renderHeader(
        _ example: CheckedExample,
        of message: MessageSpec,
        into writer: inout SourceWriter
    ) -> String {
        var lines: [String] = []
        let items = spec.layout(of: spec.frame(of: message)).ownItems
        for (item, value) in zip(items, example.header) where item.isKept {
            lines += HeaderValue(spec, item).writing(ofLiteral: value, to: "header")
        }
        guard !lines.isEmpty else { return "" }
        writer.lines(["var header = HeaderBytes()"] + lines)
        return ", header: header"
    }

    private func render(
        _ example: CheckedMalformed,
        _ number: Int,
        of message: MessageSpec,
        into writer: inout SourceWriter
    ) {
        let name = message.name.value
        let what = example.isPayload ? "payload" : "frame"
        writer.line("@Test(\(Literal.string("\(name), malformed \(number): \(example.reason)")))")
        writer.block("func malformed\(number)Of\(name)()") { writer in
            renderBytes(what, example.bytes, into: &writer)
            writer.line("expectRefusal(of: \(namespace).\(Identifier.member(name)).self, \(what): \(what))")
        }
    }

    private func renderBytes(_ name: String, _ bytes: [UInt8], into writer: inout SourceWriter) {
        let list = bytes.map { Literal.hexadecimal(UInt64($0), .uint8) }.joined(separator: ", ")
        let line = "let \(name): Bytes = [\(list)]"
        guard bytes.count > 16 || line.count > writer.room else { return writer.line(line) }
        writer.line("let \(name): Bytes = [")
        writer.indented { writer in
            for start in stride(from: 0, to: bytes.count, by: 16) {
                let row = bytes[start..<min(start + 16, bytes.count)]
                writer.line(row.map { Literal.hexadecimal(UInt64($0), .uint8) + "," }.joined(separator: " "))
            }
        }
        writer.line("]")
    }
}
