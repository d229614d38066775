internal import SwitchboardSpec

/// The header file of a codec.
struct HeaderFile {
    private let codec: Codec
    private var spec: CheckedSpec { codec.spec }
    private var names: CNames { codec.names }
    private var prefix: String { codec.names.prefix }

    init(_ codec: Codec) {
        self.codec = codec
    }

    /// Returns the text, which begins with `head`.
    func text(_ head: String) -> String {
        var text = CText()
        text.line(head)
        text.line("#ifndef \(prefix.uppercased())_H")
        text.line("#define \(prefix.uppercased())_H")
        text.blank()
        for name in ["stdbool.h", "stddef.h", "stdint.h"] { text.line("#include <\(name)>") }
        text.blank()
        text.append("#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n")
        common(&text)
        let recursive = codec.types.map(\.name.value).filter(codec.isRecursive)
        for name in recursive.map(names.type) { text.line("typedef struct \(name) \(name);") }
        if !recursive.isEmpty { text.blank() }
        for type in codec.types { declare(type, &text) }
        for message in codec.messages { declare(message, &text) }
        header(&text)
        message(&text)
        functions(&text)
        text.append("#ifdef __cplusplus\n}\n#endif\n\n")
        text.line("#endif")
        return text.text
    }

    // MARK: Types of every codec

    private func common(_ text: inout CText) {
        text.documentation(["The result of a function. \(prefix)_status_text() has its text."])
        text.block("typedef enum", " \(prefix)_status;") { text in
            for (name, comment) in Status.all { text.line("\(names.constant(name)), /* \(comment) */") }
        }
        text.blank()
        text.documentation(["An end of the connection."])
        text.line("typedef enum { \(names.constant("client")), \(names.constant("server")) } \(prefix)_sender;")
        text.blank()
        text.documentation([
            "Text in the encoding of its field, without a zero at its end. In a decoded message it points into the frame."
        ])
        text.line("typedef struct { const char *data; size_t size; } \(prefix)_text;")
        text.blank()
        text.documentation(["Bytes. In a decoded message they point into the frame."])
        text.line("typedef struct { const uint8_t *data; size_t size; } \(prefix)_bytes;")
        text.blank()
        text.documentation([
            codec.hasRecursiveTypes
                ? "Memory of the caller for the elements of arrays, and for values of types that contain themselves. Decoding uses it from `used` on; set `used` to 0 to use it again."
                : "Memory of the caller for the elements of arrays. Decoding uses it from `used` on; set `used` to 0 to use it again."
        ])
        text.line("typedef struct { void *start; size_t size; size_t used; } \(prefix)_memory;")
        text.blank()
    }

    // MARK: Types of the spec

    private func declare(_ type: TypeSpec, _ text: inout CText) {
        switch type {
        case .enumeration(let type):
            text.documentation([type.doc ?? "", type.isClosed ? "Other numbers are refused." : ""])
            text.line("typedef \(codec.integer(type.type)) \(names.type(type.name.value));")
            for item in type.cases {
                let name = names.constant(type.name.value, item.name.value)
                text.line("#define \(name) \(codec.constant(item.value.value, type.type))")
            }
            text.blank()
        case .flags(let type):
            text.documentation([type.doc ?? "", type.isClosed ? "Other bits are refused." : ""])
            text.line("typedef \(codec.integer(type.type)) \(names.type(type.name.value));")
            for bit in type.bits {
                let name = names.constant(type.name.value, bit.name.value)
                let number = SpecInteger(magnitude: UInt64(1) << bit.position.value)
                text.line("#define \(name) \(codec.constant(number, type.type))")
            }
            text.blank()
        case .structure(let type):
            text.documentation([type.doc ?? ""])
            let isDeclared = codec.isRecursive(type.name.value)
            structure(names.type(type.name.value), codec.plan.layout(of: type).fields, isDeclared: isDeclared, &text)
        case .union(let type): declare(type, &text)
        }
    }

    private func declare(_ type: UnionSpec, _ text: inout CText) {
        let layouts = codec.plan.layouts(of: type)
        for (item, layout) in zip(type.cases, layouts) {
            guard let name = codec.caseType(item, type) else { continue }
            text.documentation([item.doc ?? ""])
            structure(name, layout.fields, &text)
        }
        text.documentation([type.doc ?? "", "`kind` says which member of `as` has the value."])
        let name = names.type(type.name.value)
        let isDeclared = codec.isRecursive(type.name.value)
        text.block(isDeclared ? "struct \(name)" : "typedef struct", isDeclared ? ";" : " \(name);") { text in
            text.block("enum", " kind;") { text in
                for item in type.cases { text.line("\(names.constant(type.name.value, item.name.value)),") }
                if type.keepsUnknown { text.line("\(names.constant(type.name.value, UnionSpec.unknownCase)),") }
            }
            let cases = type.cases.filter { codec.caseType($0, type) != nil }
            guard !cases.isEmpty || type.keepsUnknown else { return }
            text.block("union", " as;") { text in
                for item in cases { text.line("\(codec.caseType(item, type) ?? "") \(names.member(item.name.value));") }
                guard type.keepsUnknown else { return }
                let members = "\(codec.integer(type.tag)) tag; \(prefix)_bytes data;"
                text.line("struct { \(members) } \(UnionSpec.unknownCase);")
            }
        }
        text.blank()
    }

    private func declare(_ message: MessageSpec, _ text: inout CText) {
        let layout = spec.layout(of: message)
        guard !codec.members(layout).isEmpty else { return }
        text.documentation([message.doc ?? "", sentence(message)])
        structure(names.type(message.name.value), layout.fields, &text)
    }

    /// Says who sends the message, and what answers it.
    private func sentence(_ message: MessageSpec) -> String {
        let sender =
            switch message.sender {
            case .client: "Sent by clients"
            case .server: "Sent by the server"
            case .both: "Sent by clients and the server"
            }
        let reply = message.reply.map { "; the reply is `\($0.value)`" } ?? ""
        return sender + reply + "." + (message.deprecated.map { " Deprecated: \($0)" } ?? "")
    }

    /// Adds a struct with the members `fields`.
    ///
    /// - Parameter isDeclared: Whether a `typedef` with the name of the struct is above.
    private func structure(_ name: String, _ fields: [FieldPlan], isDeclared: Bool = false, _ text: inout CText) {
        let members = fields.filter(\.field.isVariable)
        guard !members.isEmpty else { return }
        declareElements(members, &text)
        text.block(isDeclared ? "struct \(name)" : "typedef struct", isDeclared ? ";" : " \(name);") { text in
            for field in members {
                text.documentation([self.documentation(field)])
                if field.isOptional { text.line("bool \(codec.presenceName(field, among: members));") }
                text.line(codec.declaration(names.member(field.name), field.step) + ";")
            }
        }
        text.blank()
    }

    /// Adds the types of the elements of arrays that may lack a value, once each.
    private func declareElements(_ members: [FieldPlan], _ text: inout CText) {
        for field in members {
            guard case .list(let element, _) = field.step.unwrapped, codec.isOptionalStruct(element) else { continue }
            let name = codec.elementType(element)
            guard !text.text.contains(" \(name);\n") else { continue }
            text.documentation(["An element of an array, or none."])
            text.line("typedef struct { bool has_value; \(codec.type(of: element)) value; } \(name);")
            text.blank()
        }
    }

    private func documentation(_ field: FieldPlan) -> String {
        var parts = [field.field.doc ?? "", field.field.measure?.note ?? ""]
        if case .text(_, let form) = field.step.unwrapped, form.encoding != .utf8 {
            parts.append("\(form.encoding.title).")
        }
        if field.field.isSecret { parts.append("Secret: do not log it.") }
        if let reason = field.field.deprecated { parts.append("Deprecated: \(reason)") }
        return parts.filter { !$0.isEmpty }.joined(separator: " ")
    }

    // MARK: Frames

    private func header(_ text: inout CText) {
        let items = codec.headerItems
        guard !items.isEmpty else { return }
        text.documentation(["The fields of a frame's header and trailer that a program reads and sets."])
        structure("\(prefix)_header", items.map(\.plan), &text)
    }

    private func message(_ text: inout CText) {
        text.documentation(["The messages."])
        text.block("typedef enum", " \(prefix)_kind;") { text in
            for message in codec.messages { text.line("\(codec.kind(message)),") }
        }
        text.blank()
        text.documentation(["A message. `kind` says which member of `as` has its fields; some messages have none."])
        text.block("typedef struct", " \(prefix)_message;") { text in
            text.line("\(prefix)_kind kind;")
            if !codec.headerItems.isEmpty { text.line("\(prefix)_header header;") }
            let messages = codec.messages.filter { !codec.members(spec.layout(of: $0)).isEmpty }
            guard !messages.isEmpty else { return }
            text.block("union", " as;") { text in
                for message in messages {
                    text.line("\(names.type(message.name.value)) \(names.member(message.name.value));")
                }
            }
        }
        text.blank()
    }

    private var nullBuffer: String {
        spec.frame.framing == nil
            ? "With NULL as `buffer`, it only counts the bytes."
            : "With NULL as `buffer`, it returns the largest number of bytes that the frame can have with escapes."
    }

    private func functions(_ text: inout CText) {
        text.documentation(["Returns the text of a status, in English."])
        text.line("const char *\(prefix)_status_text(\(prefix)_status status);")
        text.blank()
        for frame in spec.allFrames {
            let what =
                "Decodes the frame\(frame.name.map { " of the form `\($0.value)`" } ?? "") at the start of `data`"
            let ok = names.constant("ok")
            let incomplete = names.constant("incomplete")
            let validity =
                "`memory` may be NULL if no message with an array comes. The message is valid as long as `data` and `memory` are."
            var paragraphs: [String]
            if frame.framing == nil {
                paragraphs = [
                    "\(what), which `from` sent.",
                    """
                    Returns \(ok), the message and the number of bytes of its frame; \(incomplete) when more bytes are needed; \
                    another status when the bytes are no frame. \(validity)
                    """,
                ]
            } else {
                paragraphs = [
                    "\(what), which `from` sent, and removes its escapes there.",
                    """
                    Returns \(ok) and the message; \(incomplete) when more bytes are needed; another status when the frame is wrong. \
                    With every status, `frame_size` is the number of bytes to remove before the next call. \(validity)
                    """,
                ]
            }
            if frame.isOfReplies { paragraphs.append("`expected` is the reply of the request that the frame answers.") }
            text.documentation(paragraphs)
            text.line(codec.decodeHead(frame) + ";")
            text.blank()
        }
        text.documentation([
            "Encodes a message that `from` sends, with the frame around it, into `buffer`.",
            """
            Returns \(names.constant("ok")) and the number of bytes; \(names.constant("no_room")) when the frame has more than \
            `capacity` bytes; another status when the values cannot be sent. \(nullBuffer)
            """,
        ])
        text.line(codec.encodeHead + ";")
        text.blank()
    }
}

extension Codec {
    /// The head of the function that decodes frames of the form `frame`.
    func decodeHead(_ frame: FrameSpec) -> String {
        let name = frame.name.map { "_\(CNames.snake($0.value))" } ?? ""
        let expected = frame.isOfReplies ? "\(names.prefix)_kind expected, " : ""
        let data = frame.framing == nil ? "const void *data" : "void *data"
        return """
            \(names.prefix)_status \(names.prefix)_decode\(name)(\(data), size_t size, \(names.prefix)_sender from, \
            \(expected)\(names.prefix)_memory *memory, \(names.prefix)_message *message, size_t *frame_size)
            """
    }

    /// The head of the function that encodes messages.
    var encodeHead: String {
        """
        \(names.prefix)_status \(names.prefix)_encode(const \(names.prefix)_message *message, \(names.prefix)_sender from, \
        void *buffer, size_t capacity, size_t *size)
        """
    }
}

/// The results of the functions of a codec, each with a comment.
enum Status {
    static let all: [(name: String, comment: String)] = [
        ("ok", "success"), ("incomplete", "more bytes are needed"), ("no_room", "the buffer is too small"),
        ("no_memory", "the memory is too small"), ("unknown_message", "no message has this code"),
        ("malformed_frame", "the header, the trailer, the checksum or an escape is wrong"),
        ("too_large", "the payload is larger than allowed"), ("truncated", "the payload ends within a field"),
        ("trailing_bytes", "bytes follow the last field"), ("invalid_text", "text is not in its encoding"),
        ("invalid_boolean", "a boolean is neither 0 nor 1"),
        ("invalid_case", "a number has no name, or a union no such tag"),
        ("invalid_length", "a length does not fit the layout"), ("out_of_bounds", "a value is out of its bounds"),
        ("unexpected_value", "a value differs from the only allowed one"),
        ("not_shortest", "a number has more bytes than it needs"),
        ("contains_end", "a value contains the bytes that end it"),
        ("inconsistent", "fields do not agree with each other"),
        ("too_deep", "more values than allowed are in each other"),
    ]
}
