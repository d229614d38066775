internal import SwitchboardSpec

/// Renders a test suite of the examples of a spec: for the package that has the protocol, to run with its own tests.
struct TestsRenderer {
    private let spec: CheckedSpec
    private let module: String
    private let namespace: String

    /// - Parameter module: The module that has what is generated from the spec.
    init(_ spec: CheckedSpec, module: String) {
        self.spec = spec
        self.module = module
        namespace = Identifier.escaped(spec.namespace)
    }

    func render(into writer: inout SourceWriter) {
        let access = spec.swift.access == .public ? "" : "@testable "
        writer.line("import SwitchboardRouter")
        writer.line("import Testing")
        writer.blank()
        writer.line("\(access)import \(module)")
        writer.blank()
        writer.documentation("The examples of the spec: what they say is what is read and written.")
        writer.line("@Suite(\(Literal.string("Examples of \(spec.name)")))")
        writer.block("struct \(spec.namespace)ExampleTests") { writer in
            renderHelpers(into: &writer)
            for message in spec.messages {
                for (index, example) in spec.examples(of: message).enumerated() {
                    writer.blank()
                    render(example, index + 1, of: message, into: &writer)
                }
                for (index, example) in spec.malformed(of: message).enumerated() {
                    writer.blank()
                    render(example, index + 1, of: message, into: &writer)
                }
            }
        }
    }

    private func renderHelpers(into writer: inout SourceWriter) {
        writer.documentation("Expects that `frame` is that of `message`, and says it.")
        writer.line("private func expect<M: Message & Equatable>(")
        writer.indented { writer in
            writer.line("_ message: M,")
            writer.line("_ frame: Bytes,")
            writer.line("header: HeaderBytes = HeaderBytes(),")
            writer.line("_ location: SourceLocation = #_sourceLocation")
        }
        writer.line(") throws {")
        writer.indented { writer in
            let format = "\(namespace).frameFormat"
            writer.line("var writer = ByteWriter()")
            writer.line("try FrameEncoder(\(format)).encode(message, header: header, into: &writer)")
            writer.line("#expect(writer.takeBytes() == frame, sourceLocation: location)")
            writer.line("var reader = ByteReader(frame)")
            writer.block("guard case .frame(let found) = FrameDecoder(\(format)).next(in: &reader) else") { writer in
                writer.line("Issue.record(\"no whole frame\", sourceLocation: location)")
                writer.line("return")
            }
            writer.line("#expect(found.code == M.code, sourceLocation: location)")
            writer.line("let decoded = try reader.readWindow(found.payloadSize) { payload throws(PayloadError) in")
            writer.indented { $0.line("try M(payload: &payload)") }
            writer.line("}")
            writer.line("#expect(decoded == message, sourceLocation: location)")
        }
        writer.line("}")
    }

    private func render(
        _ example: CheckedExample,
        _ number: Int,
        of message: MessageSpec,
        into writer: inout SourceWriter
    ) {
        let name = message.name.value
        writer.line("@Test(\(Literal.string("\(name), example \(number)")))")
        writer.block("func \(Identifier.method(for: name))Example\(number)() throws") { writer in
            let arguments = zip(message.fields, example.values).filter(\.0.isVariable).map { field, value in
                "\(Identifier.argumentLabel(field.name.value)): \(Literal.value(value, field.type.value, spec))"
            }
            writer.list("let message = \(namespace).\(Identifier.member(name))", arguments, "")
            renderBytes("frame", example.frame, into: &writer)
            writer.line("try expect(message, frame\(renderHeader(example, into: &writer)))")
        }
    }

    /// Writes the header's fields, if there are any that are not 0; returns the argument that passes them on.
    private func renderHeader(_ example: CheckedExample, into writer: inout SourceWriter) -> String {
        var lines: [String] = []
        var offset = 0
        var values = example.header[...]
        for field in spec.frame.header.map(\.value) {
            defer { offset += field.size }
            switch field {
            case .magic, .version, .type, .length: continue
            case .correlation, .field: break
            }
            guard case .number(let number)? = values.popFirst(), number.magnitude != 0 else { continue }
            let value = "\(number) as \(field.type.swiftName)"
            lines.append("header.set(\(value), at: \(offset), .\(spec.byteOrder.rawValue))")
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
        let type = "\(namespace).\(Identifier.member(name))"
        writer.line("@Test(\(Literal.string("\(name), malformed \(number): \(example.reason)")))")
        writer.block("func \(Identifier.method(for: name))Malformed\(number)()") { writer in
            renderBytes(example.isPayload ? "payload" : "frame", example.bytes, into: &writer)
            guard example.isPayload else {
                writer.line("var reader = ByteReader(frame)")
                writer.block("if case .frame(let found) = FrameDecoder(\(namespace).frameFormat).next(in: &reader)") {
                    writer in
                    writer.line("let message = try? reader.readWindow(found.payloadSize) { try \(type)(payload: &$0) }")
                    writer.line("#expect(message == nil)")
                }
                return
            }
            writer.block("#expect(throws: PayloadError.self)") { writer in
                writer.line("var reader = ByteReader(payload)")
                writer.line("_ = try \(type)(payload: &reader)")
            }
        }
    }

    private func renderBytes(_ name: String, _ bytes: [UInt8], into writer: inout SourceWriter) {
        guard bytes.count > 16 else {
            let list = bytes.map { Literal.hexadecimal(UInt64($0), .uint8) }.joined(separator: ", ")
            return writer.line("let \(name): Bytes = [\(list)]")
        }
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
