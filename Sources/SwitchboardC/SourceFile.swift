internal import SwitchboardSpec

/// The source file of a codec.
struct SourceFile {
    private let codec: Codec
    private let needs: RuntimeNeeds
    private let uses: TypeUses
    private var spec: CheckedSpec { codec.spec }
    private var names: CNames { codec.names }
    private var prefix: String { codec.names.prefix }

    init(_ codec: Codec) {
        self.codec = codec
        needs = RuntimeNeeds(codec.names)
        uses = TypeUses(codec)
    }

    /// Returns the text, which begins with `head`.
    func text(_ head: String) -> String {
        let reader = LayoutReader(codec: codec, needs: needs)
        let writer = LayoutWriter(codec: codec, needs: needs)
        var body = CText()
        for type in codec.types { add(type, reader, writer, &body) }
        for message in codec.messages { add(message, reader, writer, &body) }
        statusText(&body)
        let frames = FrameFunctions(codec: codec, needs: needs, reader: reader, writer: writer)
        for frame in spec.allFrames { frames.addDecoder(frame, &body) }
        frames.addEncoder(&body)
        var text = CText()
        text.line(head)
        text.line("#include \"\(prefix).h\"")
        text.blank()
        text.line("#include <string.h>")
        text.blank()
        text.append(Runtime(names, needs).text)
        if let framing = spec.frame.framing { FramingFunctions(framing, names).add(&text) }
        for prototype in needs.prototypes { text.line(prototype + ";") }
        if !needs.prototypes.isEmpty { text.blank() }
        for type in codec.types { addChecks(type, &text) }
        text.append(body.text)
        return text.text.trimmedAtEnd
    }

    // MARK: Types

    /// Adds the functions that only some values need: the names of enums, the tags of unions.
    private func addChecks(_ type: TypeSpec, _ text: inout CText) {
        switch type {
        case .enumeration(let type) where needs.enums.contains(type.name.value):
            let name = CNames.snake(type.name.value)
            text.function("static bool is_\(name)(\(names.type(type.name.value)) value)") { text in
                text.line("switch (value) {")
                for item in type.cases { text.line("case \(names.constant(type.name.value, item.name.value)):") }
                text.line("    return true;")
                text.line("default:")
                text.line("    return false;")
                text.line("}")
            }
        case .union(let type) where needs.tags.contains(type.name.value) || needs.ownTags.contains(type.name.value):
            let integer = codec.integer(type.tag)
            text.function(
                "static \(integer) tag_of_\(CNames.snake(type.name.value))(const \(names.type(type.name.value)) *value)"
            ) { text in
                text.line("switch ((int)value->kind) {")
                for item in type.cases {
                    text.line("case \(names.constant(type.name.value, item.name.value)):")
                    text.line("    return \(codec.constant(item.tag.value, type.tag));")
                }
                if type.keepsUnknown {
                    text.line("case \(names.constant(type.name.value, UnionSpec.unknownCase)):")
                    text.line("    return value->as.\(UnionSpec.unknownCase).tag;")
                }
                text.line("default:")
                text.line("    return 0;")
                text.line("}")
            }
        case .enumeration, .flags, .structure, .union: break
        }
    }

    private func add(_ type: TypeSpec, _ reader: LayoutReader, _ writer: LayoutWriter, _ text: inout CText) {
        switch type {
        case .enumeration, .flags: break
        case .structure(let type):
            guard uses.structs.contains(type.name.value) else { return }
            add(
                CNames.snake(type.name.value),
                names.type(type.name.value),
                codec.plan.layout(of: type),
                alignment: type.alignment,
                isRecursive: codec.isRecursive(type.name.value),
                reader,
                writer,
                &text
            )
        case .union(let type): add(type, reader, writer, &text)
        }
    }

    /// Adds a function; one of a type that contains itself is declared before all functions.
    private func function(
        _ head: String,
        isRecursive: Bool,
        _ text: inout CText,
        _ body: (inout CText) -> Void
    ) {
        if isRecursive { needs.prototypes.append(head) }
        text.function(head, body)
    }

    /// Adds the statements that count the values around a value of a type that contains itself.
    private func enterLevel(_ text: inout CText) {
        needs.use(.depth)
        text.line("if (r->depth == MAX_DEPTH) return fail(r, \(names.constant("too_deep")));")
        text.line("r->depth++;")
    }

    /// Adds the functions that read and write the fields of `layout`.
    private func add(
        _ name: String,
        _ type: String,
        _ layout: Layout,
        alignment: Int? = nil,
        isRecursive: Bool = false,
        _ reader: LayoutReader,
        _ writer: LayoutWriter,
        _ text: inout CText
    ) {
        let hasMembers = !codec.members(layout).isEmpty
        let places = FieldPlaces(codec, layout, base: "value->")
        let headers = layout.header.filter { layout.headerReferences.contains($0.name) }
        let extra = headers.map { ", \(codec.type(of: $0.step)) \(FieldPlaces.headerName($0.name))" }.joined()
        let readHead = "static bool read_\(name)(struct reader *r\(extra)\(hasMembers ? ", \(type) *value" : ""))"
        function(readHead, isRecursive: isRecursive, &text) { text in
            if isRecursive { enterLevel(&text) }
            if alignment != nil, !layout.needsStart { text.line("const uint8_t *start = r->at;") }
            reader.read(layout, places, &text)
            for header in headers where !layout.referencedNames.contains(header.name) {
                text.line("(void)\(FieldPlaces.headerName(header.name));")
            }
            if let alignment {
                needs.use(.skip)
                text.require("skip_to(r, start, \(alignment))")
            }
            if isRecursive { text.line("r->depth--;") }
            text.line("return true;")
        }
        let conditions = headers.filter { !$0.field.isDerived }
        let extraWriting = conditions.map { ", \(codec.type(of: $0.step)) \(FieldPlaces.headerName($0.name))" }.joined()
        let writeHead =
            "static bool write_\(name)(struct writer *w\(extraWriting)\(hasMembers ? ", const \(type) *value" : ""))"
        function(writeHead, isRecursive: isRecursive, &text) { text in
            if alignment != nil, !layout.needsStart, !layout.fields.contains(where: { $0.coverage != nil }) {
                text.line("size_t start = w->size;")
            }
            writer.write(layout, places, &text)
            for header in conditions where !layout.testedNames.contains(header.name) {
                text.line("(void)\(FieldPlaces.headerName(header.name));")
            }
            if let alignment {
                needs.use(.pad)
                text.require("pad_to(w, start, \(alignment))")
            }
            if layout.fields.isEmpty { text.line("(void)w;") }
            text.line("return true;")
        }
    }

    private func add(_ type: UnionSpec, _ reader: LayoutReader, _ writer: LayoutWriter, _ text: inout CText) {
        let name = CNames.snake(type.name.value)
        guard uses.tagged.contains(type.name.value) || uses.untagged.contains(type.name.value) else { return }
        let layouts = codec.plan.layouts(of: type)
        for (item, layout) in zip(type.cases, layouts) where !layout.fields.isEmpty {
            let caseName = "\(name)_\(CNames.snake(item.name.value))"
            add(caseName, codec.caseType(item, type) ?? "", layout, reader, writer, &text)
        }
        addReader(type, name, layouts, reader, &text)
        addWriter(type, name, layouts, writer, &text)
    }

    private func call(_ verb: String, _ item: UnionSpec.Case, _ type: UnionSpec, _ layout: Layout) -> String? {
        guard !layout.fields.isEmpty else { return nil }
        let name = "\(verb)_\(CNames.snake(type.name.value))_\(CNames.snake(item.name.value))"
        let value = codec.caseType(item, type) == nil ? "" : ", &value->as.\(names.member(item.name.value))"
        return "\(name)(\(verb == "read" ? "r" : "w")\(value))"
    }

    private func addReader(
        _ type: UnionSpec,
        _ name: String,
        _ layouts: [Layout],
        _ reader: LayoutReader,
        _ text: inout CText
    ) {
        let integer = codec.integer(type.tag)
        let cName = names.type(type.name.value)
        let isRecursive = codec.isRecursive(type.name.value)
        func fields(_ text: inout CText) {
            text.line("switch (tag) {")
            for (item, layout) in zip(type.cases, layouts) {
                text.line("case \(codec.constant(item.tag.value, type.tag)):")
                text.line("    value->kind = \(names.constant(type.name.value, item.name.value));")
                if let call = call("read", item, type, layout) { text.line("    if (!\(call)) return false;") }
                text.line("    break;")
            }
            text.line("default:")
            if type.keepsUnknown {
                needs.use(.view)
                text.line("    value->kind = \(names.constant(type.name.value, UnionSpec.unknownCase));")
                text.line("    value->as.\(UnionSpec.unknownCase).tag = tag;")
                text.line(
                    "    if (!read_view(r, (uint64_t)(r->end - r->at), &value->as.\(UnionSpec.unknownCase).data)) return false;"
                )
                text.line("    break;")
            } else {
                text.line("    return fail(r, \(names.constant("invalid_case")));")
            }
            text.line("}")
        }
        func body(_ text: inout CText) {
            if let length = type.length {
                let places = FieldPlaces(codec, Layout(fields: []), base: "")
                reader.readSized(.counted(codec.plan.table.count(length)), places, &text) { text in fields(&text) }
            } else {
                fields(&text)
            }
            if let alignment = type.alignment {
                needs.use(.skip)
                text.require("skip_to(r, start, \(alignment))")
            }
            if isRecursive { text.line("r->depth--;") }
            text.line("return true;")
        }
        func start(_ text: inout CText) {
            if isRecursive { enterLevel(&text) }
            if type.alignment != nil { text.line("const uint8_t *start = r->at;") }
        }
        if uses.tagged.contains(type.name.value) {
            let head = "static bool read_\(name)_of(struct reader *r, \(integer) tag, \(cName) *value)"
            function(head, isRecursive: isRecursive, &text) { text in
                start(&text)
                body(&text)
            }
        }
        guard uses.untagged.contains(type.name.value) else { return }
        let head = "static bool read_\(name)(struct reader *r, \(cName) *value)"
        function(head, isRecursive: isRecursive, &text) { text in
            start(&text)
            text.line("\(integer) tag;")
            if let width = type.tag.bitFieldWidth {
                // The fields of the case begin with the same byte.
                let shift = codec.plan.byteOrder == .big ? 8 - width : 0
                text.line("if (r->at == r->end) return fail_truncated(r);")
                text.line("tag = (\(integer))(*r->at >> \(shift) & \((1 << width) - 1));")
            } else {
                text.require("\(needs.read(type.tag, codec.plan.table.tagOrder(of: type)))(r, &tag)")
            }
            body(&text)
        }
    }

    private func addWriter(
        _ type: UnionSpec,
        _ name: String,
        _ layouts: [Layout],
        _ writer: LayoutWriter,
        _ text: inout CText
    ) {
        let cName = names.type(type.name.value)
        let isRecursive = codec.isRecursive(type.name.value)
        let head = "static bool write_\(name)_fields(struct writer *w, const \(cName) *value)"
        function(head, isRecursive: isRecursive, &text) { text in
            func fields(_ text: inout CText, _ w: String) {
                text.line("switch ((int)value->kind) {")
                for (item, layout) in zip(type.cases, layouts) {
                    text.line("case \(names.constant(type.name.value, item.name.value)):")
                    if let call = call("write", item, type, layout) {
                        text.line("    if (!\(call.replacing("(w", with: "(\(w)"))) return false;")
                    }
                    text.line("    break;")
                }
                if type.keepsUnknown {
                    let unknown = "value->as.\(UnionSpec.unknownCase)"
                    text.line("case \(names.constant(type.name.value, UnionSpec.unknownCase)):")
                    if !type.cases.isEmpty {
                        text.line("    switch (\(unknown).tag) {")
                        for item in type.cases { text.line("    case \(codec.constant(item.tag.value, type.tag)):") }
                        text.line("        return fail_writing(w, \(names.constant("invalid_case")));")
                        text.line("    default:")
                        text.line("        break;")
                        text.line("    }")
                    }
                    text.line("    if (!put(\(w), \(unknown).data.data, \(unknown).data.size)) return false;")
                    text.line("    break;")
                }
                text.line("default:")
                text.line("    return fail_writing(w, \(names.constant("invalid_case")));")
                text.line("}")
            }
            if let length = type.length {
                writer.writeSized(.counted(codec.plan.table.count(length)), &text) { text, w in fields(&text, w) }
            } else {
                fields(&text, "w")
            }
            text.line("return true;")
        }
        if uses.tagged.contains(type.name.value), let alignment = type.alignment {
            let head = "static bool write_\(name)_of(struct writer *w, const \(cName) *value)"
            function(head, isRecursive: isRecursive, &text) { text in
                text.line("size_t start = w->size;")
                text.require("write_\(name)_fields(w, value)")
                needs.use(.pad)
                text.require("pad_to(w, start, \(alignment))")
                text.line("return true;")
            }
        }
        guard uses.untagged.contains(type.name.value) else { return }
        let writeHead = "static bool write_\(name)(struct writer *w, const \(cName) *value)"
        function(writeHead, isRecursive: isRecursive, &text) { text in
            if type.alignment != nil { text.line("size_t start = w->size;") }
            if !type.isTagOfBits {
                needs.ownTags.insert(type.name.value)
                let put = needs.write(type.tag, codec.plan.table.tagOrder(of: type))
                text.require("\(put)(w, tag_of_\(name)(value))")
            }
            text.require("write_\(name)_fields(w, value)")
            if let alignment = type.alignment {
                needs.use(.pad)
                text.require("pad_to(w, start, \(alignment))")
            }
            text.line("return true;")
        }
    }

    // MARK: Messages

    private func add(_ message: MessageSpec, _ reader: LayoutReader, _ writer: LayoutWriter, _ text: inout CText) {
        let layout = spec.layout(of: message)
        guard !layout.fields.isEmpty else { return }
        let name = CNames.snake(message.name.value)
        add(name, names.type(message.name.value), layout, reader, writer, &text)
    }

    private func statusText(_ text: inout CText) {
        text.function("const char *\(prefix)_status_text(\(prefix)_status status)") { text in
            text.line("switch (status) {")
            for (name, comment) in Status.all {
                text.line("case \(names.constant(name)):")
                text.line("    return \(comment.literalInC);")
            }
            text.line("}")
            text.line("return \"unknown status\";")
        }
    }
}

/// The types that the messages of a spec use.
struct TypeUses {
    private(set) var structs: Set<String> = []
    /// The unions whose tag is an earlier field.
    private(set) var tagged: Set<String> = []
    /// The unions that begin with their tag.
    private(set) var untagged: Set<String> = []

    init(_ codec: Codec) {
        for message in codec.messages { visit(codec.spec.layout(of: message), codec) }
    }

    private mutating func visit(_ layout: Layout, _ codec: Codec) {
        for field in layout.fields { visit(field.step, codec) }
    }

    private mutating func visit(_ step: Step, _ codec: Codec) {
        switch step {
        case .list(let step, _), .optional(let step, _), .sized(let step, _): visit(step, codec)
        case .structure(let type):
            if structs.insert(type.name.value).inserted { visit(codec.plan.layout(of: type), codec) }
        case .union(let type, let tag):
            let isNew = !tagged.contains(type.name.value) && !untagged.contains(type.name.value)
            if tag == nil { untagged.insert(type.name.value) } else { tagged.insert(type.name.value) }
            if isNew { for layout in codec.plan.layouts(of: type) { visit(layout, codec) } }
        case .integer, .float, .boolean, .bit, .enumeration, .flags, .text, .bytes, .reserved, .reservedBits: break
        }
    }
}

extension String {
    /// The text with one end of line at its end.
    fileprivate var trimmedAtEnd: String {
        var text = self
        while text.hasSuffix("\n\n") { text.removeLast() }
        return text
    }
}
