internal import CLibYAML

/// Reads the events of a YAML text with the system's libyaml.
@safe
final class YAMLEventReader {
    /// The number of characters of a comment that a node keeps.
    private static let commentCharacters = 64

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    /// The text that libyaml reads; it must stay at its address as long as the parser lives.
    private let text: UnsafeMutableBufferPointer<UInt8>
    private var isInitialized = false
    /// The index of a character in the text and the offset of its bytes; both only grow.
    private var cursor = (character: 0, byte: 0)

    /// A reader of `text`, which must be valid UTF-8.
    init(_ text: some Collection<UInt8>) {
        unsafe self.text = .allocate(capacity: text.count)
        _ = unsafe self.text.initialize(from: text)
        unsafe parser = .allocate(capacity: 1)
        isInitialized = unsafe yaml_parser_initialize(parser) == 1
        guard isInitialized else { return }
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, self.text.baseAddress, self.text.count)
    }

    deinit {
        if isInitialized { unsafe yaml_parser_delete(parser) }
        unsafe parser.deallocate()
        unsafe text.deallocate()
    }

    /// Returns the next event.
    ///
    /// Do not call this method after an error or the end of the stream.
    func next() throws(YAMLError) -> YAMLEvent {
        guard isInitialized else { throw YAMLError(message: "not enough memory to read this file", place: .start) }
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw problem }
        defer { unsafe yaml_event_delete(&event) }
        var result = unsafe YAMLEvent(event)
        if case .scalar(var scalar) = result.kind, scalar.isPlain {
            scalar.comment = comment(behind: unsafe Int(clamping: event.end_mark.index))
            result.kind = .scalar(scalar)
        }
        return result
    }

    /// Returns the start of the comment that follows the character before `index` on the same line; `nil` if there is
    /// none.
    private func comment(behind index: Int) -> String? {
        while cursor.character < index, unsafe cursor.byte < text.count {
            cursor.byte += 1
            // Skip the continuation bytes of the character.
            while unsafe cursor.byte < text.count, unsafe text[cursor.byte] & 0xC0 == 0x80 { cursor.byte += 1 }
            cursor.character += 1
        }
        let rest = unsafe text[cursor.byte...]
        let spaces = unsafe rest.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.count
        guard spaces > 0, unsafe rest.dropFirst(spaces).first == UInt8(ascii: "#") else { return nil }
        let line = unsafe rest.dropFirst(spaces).prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        return unsafe String(
            String(decoding: line.prefix(4 * Self.commentCharacters), as: UTF8.self).prefix(Self.commentCharacters)
        )
    }

    /// The error of libyaml.
    private var problem: YAMLError {
        let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "the file ends too early"
        guard unsafe parser.pointee.error != YAML_READER_ERROR else {
            return YAMLError(syntaxProblem: problem, place: place(at: unsafe parser.pointee.problem_offset))
        }
        let context = unsafe parser.pointee.context.map { unsafe String(cString: $0) + ", " } ?? ""
        let place = unsafe Place(parser.pointee.problem_mark)
        return YAMLError(syntaxProblem: problem, context: context, advice: advice(problem, at: place), place: place)
    }

    /// Returns advice for some problems, in parentheses.
    private func advice(_ problem: String, at place: Place) -> String {
        if problem.contains("cannot start any token") { return " (indent with spaces; quote special characters)" }
        let before = scalars(ofLine: place.line - 1).prefix(place.column)
        if before.reversed().starts(with: "?]".unicodeScalars) { return " (put quotes around the type: \"[…]?\")" }
        if problem.contains("mapping values are not allowed") {
            return " (put quotes around text with a colon at its end or before a space)"
        }
        if problem.contains("did not find expected ',' or") {
            let hash = "a `#` behind a space begins a comment"
            return " (put quotes around text that has brackets, braces, quotes or ` #` in it: \(hash))"
        }
        let special = [
            "did not find expected comment or line break", "did not find expected key",
            "are not allowed in this context",
        ]
        return special.contains { problem.contains($0) }
            ? " (look at the indentation; put quotes around text with special characters)" : ""
    }

    private func scalars(ofLine number: Int) -> String.UnicodeScalarView {
        let lines = unsafe Array(text).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.indices.contains(number) else { return String.UnicodeScalarView() }
        return String(decoding: lines[number], as: UTF8.self).unicodeScalars
    }

    private func place(at offset: Int) -> Place {
        var (line, column) = (1, 1)
        for byte in unsafe Array(text.prefix(offset)) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return Place(line: line, column: column)
    }
}

extension Place {
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
    }
}

extension YAMLEvent {
    fileprivate init(_ event: yaml_event_t) {
        var (hasAnchor, hasTag) = (false, false)
        switch unsafe event.type {
        case YAML_DOCUMENT_START_EVENT: kind = .documentStart
        case YAML_STREAM_END_EVENT: kind = .streamEnd
        case YAML_ALIAS_EVENT: kind = .alias
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            kind = .scalar(
                Node.Scalar(
                    text: unsafe String(decoding: bytes, as: UTF8.self),
                    isPlain: unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE
                )
            )
            hasAnchor = unsafe scalar.anchor != nil
            hasTag = unsafe scalar.tag != nil
        case YAML_SEQUENCE_START_EVENT:
            kind = .listStart
            hasAnchor = unsafe event.data.sequence_start.anchor != nil
            hasTag = unsafe event.data.sequence_start.tag != nil
        case YAML_SEQUENCE_END_EVENT: kind = .listEnd
        case YAML_MAPPING_START_EVENT:
            kind = .mappingStart
            hasAnchor = unsafe event.data.mapping_start.anchor != nil
            hasTag = unsafe event.data.mapping_start.tag != nil
        case YAML_MAPPING_END_EVENT: kind = .mappingEnd
        default: kind = .other
        }
        place = unsafe Place(event.start_mark)
        (self.hasAnchor, self.hasTag) = (hasAnchor, hasTag)
    }
}

/// An event of a YAML text.
struct YAMLEvent {
    enum Kind {
        case documentStart
        case scalar(Node.Scalar)
        case listStart
        case listEnd
        case mappingStart
        case mappingEnd
        /// A reference to another value: `*name`.
        case alias
        case streamEnd
        /// An event without a meaning here.
        case other
    }

    var kind: Kind
    let place: Place
    /// Whether the value has an anchor: `&name`.
    let hasAnchor: Bool
    /// Whether the value has a tag: `!tag`.
    let hasTag: Bool
}
