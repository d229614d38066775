/// Makes messages from values that people or programs write: on a command line, or as JSON.
package struct MessageInput {
    /// The reason why there is no such message, in words.
    package struct Problem: Error {
        /// The problem.
        package let message: String
        /// Whether a file that a value names cannot be read.
        package let isOfFile: Bool

        /// A problem with this text.
        package init(message: String, isOfFile: Bool = false) {
            (self.message, self.isOfFile) = (message, isOfFile)
        }
    }

    /// The largest number of names in the path of a value on a command line, such as the two of `place.x`.
    private static let maximumLevels = SpecLimits.nestingDepth

    /// The limits of a JSON object with a message.
    private static let jsonLimits = YAMLLimits(
        fileBytes: maximumJSON,
        nestingDepth: maximumLevels,
        nodes: 1_000_000
    )

    /// The largest number of bytes of a JSON object: 64 MiB, for a frame of 32 MiB in hexadecimal digits.
    package static let maximumJSON = 64 << 20

    /// The members of an object that have the message.
    private static let jsonMembers = ["message", "header", "fields"]

    /// The members that `decode` and `vectors` write beside the message, which say where a frame came from.
    private static let otherJSONMembers = [
        "action", "at", "client", "connection", "frame", "from", "note", "offset", "payload", "problem", "reason",
        "server",
        "size", "time",
    ]

    /// The largest number of characters of a word that an error shows.
    private static let shownCharacters = 100

    /// A message with all of its values.
    package struct Message: Sendable {
        /// The message in the spec.
        package let message: MessageSpec
        /// The values of the header's own fields, in order.
        package let header: [Value]
        /// The values of the message's fields, in order.
        package let values: [Value]
        /// The end that sends a message which either end may send; `both` if the input does not say it.
        package private(set) var sender: Sender

        /// The line of the input, which has an object on each of several lines.
        fileprivate var line: Int?

        /// A message with these values.
        package init(message: MessageSpec, header: [Value], values: [Value], from sender: Sender = .both) {
            self.message = message
            self.header = header
            self.values = values
            self.sender = sender
        }

        /// The same message, sent by an end, if either end may send it.
        package func sent(by end: Sender) -> Message {
            var message = self
            message.sender = end
            return message
        }
    }

    /// A part of a message, which has a value for each of its fields.
    private struct Owner {
        let name: String
        let fields: [FieldSpec]
    }

    private let spec: CheckedSpec
    private let readFile: (_ field: String, _ path: String) throws(Problem) -> [UInt8]

    /// Input for messages of `spec`.
    ///
    /// - Parameter readFile: Returns the content of a file, which `data=@PATH` names as the value of the field `data`.
    package init(
        _ spec: CheckedSpec,
        readFile: @escaping (_ field: String, _ path: String) throws(Problem) -> [UInt8] = {
            name,
            path throws(Problem) in
            throw Problem(message: "`\(name)`: cannot read \(path)")
        }
    ) {
        self.spec = spec
        self.readFile = readFile
    }

    /// Returns the message called `name`.
    package func message(named name: String) throws(Problem) -> MessageSpec {
        if let message = spec.allMessages.first(where: { $0.name.value == name }) { return message }
        let names = spec.allMessages.map(\.name.value)
        let similar = names.first { $0.lowercased() == name.lowercased() }.map { "; did you mean `\($0)`?" }
        throw Problem(message: "no message `\(name.visible)`\(similar ?? didYouMean(name, among: names))")
    }

    /// Returns the bytes of the frame of `message`; of a client, if its sender is not known.
    package func frame(_ message: Message) throws(Problem) -> [UInt8] {
        try checkPayload(of: message)
        do throws(PayloadProblem) {
            return try FrameWriter(
                message.message,
                spec.layout(of: message.message),
                message.values,
                header: message.header,
                spec.layout(of: spec.frame(of: message.message)),
                from: message.sender
            ).bytes
        } catch {
            throw unencodable(message, error)
        }
    }

    /// Checks that the fields of `message` can be encoded, and that the payload is not too large.
    package func checkPayload(of message: Message) throws(Problem) {
        let layout = spec.layout(of: spec.frame(of: message.message))
        let size: Int
        do throws(PayloadProblem) {
            let (fields, header) = (spec.layout(of: message.message), layout.named(message.header))
            size = try PayloadWriter(message.values, fields, spec.plan, header: header).bytes.count
        } catch {
            throw unencodable(message, error)
        }
        let maximum = min(message.message.maximumPayload?.value ?? .max, layout.frame.maximumPayload)
        guard UInt64(size) <= maximum else {
            let name = message.message.name.value
            throw problem("the payload of `\(name)` has \(size.bytes), and may have \(maximum)", message)
        }
    }

    private func unencodable(_ message: Message, _ reason: PayloadProblem) -> Problem {
        let (name, bounds) = (message.message.name.value, bounds(reason, message.message))
        return problem("`\(name)` cannot be encoded: \(reason)\(bounds)", message)
    }

    private func problem(_ text: String, _ message: Message) -> Problem {
        Problem(message: message.line.map { "line \($0): \(text)" } ?? text)
    }

    /// Returns the bounds of the field that `problem` is about; empty if the value has another problem.
    private func bounds(_ problem: PayloadProblem, _ message: MessageSpec) -> String {
        guard problem.code == .outOfBounds else { return "" }
        var fields = spec.layout(of: message).fields + spec.layout(of: spec.frame(of: message)).items.map(\.plan)
        for type in spec.allTypes {
            switch type {
            case .enumeration, .flags: break
            case .structure(let type): fields += spec.plan.layout(of: type).fields
            case .union(let type): fields += spec.plan.layouts(of: type).flatMap(\.fields)
            }
        }
        // Several types may have fields with this name.
        let texts = Set(fields.filter { $0.label == problem.field }.compactMap(\.boundsInWords))
        return texts.count == 1 ? texts.map { ": \($0)" }.joined() : ""
    }

    // MARK: Command line

    /// Returns the message called `name` with the values of `fields` and `header`, such as `colour=red` and `place.x=1`.
    package func message(_ name: String, fields: [String], header: [String]) throws(Problem) -> Message {
        let message = try message(named: name)
        let own = spec.layout(of: spec.frame(of: message)).header.specs
        return try self.message(
            message,
            try entries(header, Owner(name: "the header", fields: own)),
            try entries(fields, Owner(name: "`\(name)`", fields: message.fields))
        )
    }

    /// Returns a message with the values of `fields`, and with `header`, the values of the header's own fields in order.
    package func message(_ message: MessageSpec, fields: [String], header: [Value]) throws(Problem) -> Message {
        let entries = try entries(fields, Owner(name: "`\(message.name.value)`", fields: message.fields))
        var reader = LiteralReader(spec.plan.table)
        let values = reader.values(entries, of: message.fields, in: "`\(message.name.value)`", at: .start)
        guard reader.problems.isEmpty, let values else { throw problem(of: reader) }
        return Message(message: message, header: header, values: values)
    }

    private func entries(_ words: [String], _ owner: Owner) throws(Problem) -> [Literal.Entry] {
        var entries: [Literal.Entry] = []
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw Problem(message: "`\(word.visible)` is not a field and its value: write NAME=VALUE")
            }
            let path = parts[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard path.count <= Self.maximumLevels else {
                let name = String(parts[0]).visible(maximumLength: Self.shownCharacters)
                throw Problem(message: "`\(name)` has \(path.count) levels, and may have \(Self.maximumLevels)")
            }
            try insert(String(parts[1]), at: path[...], word, owner.fields, into: &entries)
        }
        return entries
    }

    /// Adds the value `text` of the field with the name `path`, or of a field in it.
    private func insert(
        _ text: String,
        at path: ArraySlice<String>,
        _ word: String,
        _ fields: [FieldSpec],
        into entries: inout [Literal.Entry]
    ) throws(Problem) {
        guard let name = path.first else { return }
        let field = fields.first { $0.name.value == name }
        let step = field.map { spec.plan.table.step(of: $0) }
        let index = entries.firstIndex { $0.name.value == name }
        let literal: Literal
        if path.count > 1 {
            var inner: [Literal.Entry] = []
            if let index {
                guard case .mapping(let earlier) = entries[index].literal.value else {
                    throw Problem(message: "`\(name)` has a value already: remove `\(word.visible)`")
                }
                inner = earlier
            }
            let fields: [FieldSpec] = if case .structure(let type)? = step?.value { type.fields } else { [] }
            try insert(text, at: path.dropFirst(), word, fields, into: &inner)
            literal = .mapping(inner)
        } else {
            guard index == nil else { throw Problem(message: "`\(name)` is given twice: remove one") }
            literal = try self.literal(text, step, name)
        }
        let entry = Literal.Entry(
            name: Located(value: name, place: .start),
            literal: Located(value: literal, place: .start)
        )
        if let index { entries[index] = entry } else { entries.append(entry) }
    }

    /// Returns what `text` says as a value of `step`; `nil` for an unknown field, which is reported later.
    private func literal(_ text: String, _ step: Step?, _ name: String) throws(Problem) -> Literal {
        if step?.isOptional == true, text == "null" { return .nothing }
        switch step?.value {
        case .bytes(_, nil)?:
            if text.hasPrefix("@") { return .hexadecimal(try readFile(name, String(text.dropFirst()))) }
            if text.hasPrefix("0x") { return .hexadecimal(try bytes(String(text.dropFirst(2)), name)) }
            return text.hasPrefix("{") || text.hasPrefix("\"") ? try yaml(text, name) : .text(text, isPlain: false)
        case .text?:
            guard text.hasPrefix("\"") || text.hasPrefix("'") else { return .text(text, isPlain: false) }
            return try yaml(text, name)
        case .list?, .flags?:
            if text.hasPrefix("[") || IntegerLiteral(text) != .invalid && step?.isFlags == true {
                return try yaml(text, name)
            }
            return text.isEmpty ? .list([]) : try yaml("[\(text)]", name)
        case .integer?, .float?, .boolean?, .bit?, .enumeration?, .bytes(_, _?)?, .optional?, .reserved?,
            .reservedBits?,
            .structure?, .union?, .sized?, nil:
            let isWritten = ["[", "{", "\"", "'"].contains { text.hasPrefix($0) }
            return isWritten ? try yaml(text, name) : .text(text, isPlain: true)
        }
    }

    private func bytes(_ digits: String, _ name: String) throws(Problem) -> [UInt8] {
        do throws(Hexadecimal.Problem) { return try Hexadecimal.bytes(digits) } catch {
            throw Problem(message: "`\(name)` must be \(error.message)")
        }
    }

    private func yaml(_ text: String, _ name: String) throws(Problem) -> Literal {
        do throws(YAMLError) {
            return try YAMLReader.read(Array(text.utf8), within: SpecLimits.file).map(Literal.init) ?? .nothing
        } catch {
            throw Problem(message: "`\(name)` is not a value: \(error.message)")
        }
    }

    private func message(
        _ message: MessageSpec,
        _ header: [Literal.Entry],
        _ fields: [Literal.Entry],
        from sender: Sender = .both
    ) throws(Problem) -> Message {
        let layout = spec.layout(of: spec.frame(of: message))
        var reader = LiteralReader(spec.plan.table)
        let values = reader.values(fields, of: message.fields, in: "`\(message.name.value)`", at: .start)
        let own = reader.values(header, of: layout.header.specs, in: "the header", at: .start)
        guard reader.problems.isEmpty, let values, let own else { throw problem(of: reader) }
        return Message(message: message, header: own, values: values, from: sender)
    }

    private func problem(of reader: LiteralReader) -> Problem {
        Problem(message: reader.problems.map(\.message).joined(separator: "; "))
    }

    // MARK: JSON

    /// Returns the messages in `text`: JSON objects, as `decode` and `vectors` write them, one after another.
    ///
    /// - Parameter name: The name of the message, if an object does not say it.
    package func messages(json text: [UInt8], named name: String?) throws(Problem) -> [Message] {
        let blanks = Array(" \r\t".utf8)
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
            .filter { !$0.element.allSatisfy(blanks.contains) }
        // One object, perhaps on several lines, or one on each line.
        guard lines.count > 1, lines.allSatisfy({ $0.element.first == UInt8(ascii: "{") }) else {
            if lines.isEmpty { throw Problem(message: "the input has no JSON object") }
            return [try message(json: text, named: name)]
        }
        var messages: [Message] = []
        for (index, line) in lines {
            do throws(Problem) {
                var message = try message(json: Array(line), named: name)
                message.line = index + 1
                messages.append(message)
            } catch {
                throw Problem(message: "line \(index + 1): \(error.message)")
            }
        }
        return messages
    }

    private func message(json: [UInt8], named given: String?) throws(Problem) -> Message {
        let node: Node?
        guard json.count <= Self.maximumJSON else {
            throw Problem(message: "a JSON object has \(json.count) bytes, and may have \(Self.maximumJSON)")
        }
        do throws(YAMLError) { node = try YAMLReader.read(json, within: Self.jsonLimits) } catch {
            guard let problem = error.syntaxProblem else { throw Problem(message: "not JSON: \(error.message)") }
            let (line, column) = (error.place.line, error.place.column)
            // A mistake at the end is behind the last line.
            let content = json.reversed().drop { " \r\t\n".utf8.contains($0) }
            guard line <= content.count(where: { $0 == UInt8(ascii: "\n") }) + 1 else {
                throw Problem(message: "not JSON: it ends too early")
            }
            throw Problem(message: "not JSON: \(line > 1 ? "line \(line), " : "")column \(column): \(problem)")
        }
        guard let node, case .mapping(let members) = node.content else {
            throw Problem(message: "not a JSON object with `message` and `fields`")
        }
        try checkKeys(in: node)
        let known = Self.jsonMembers + Self.otherJSONMembers
        for member in members where !known.contains(member.key.scalar?.text ?? "") {
            let name = member.key.scalar?.text ?? ""
            let advice = nearMiss(of: name, among: Self.jsonMembers).map { "did you mean `\($0)`?" }
            throw Problem(
                message: "the object has an unknown member `\(name.visible(maximumLength: Self.shownCharacters))`; "
                    + (advice ?? "a message has `message`, `header` and `fields`")
            )
        }
        if let problem = node["problem"]?.scalar {
            throw Problem(message: "this frame was not decoded: \(problem.text.visible)")
        }
        guard let name = node["message"]?.scalar?.text ?? given else {
            throw Problem(message: "the object has no `message`: add the name of the message")
        }
        let message = try message(named: name)
        let own = spec.layout(of: spec.frame(of: message)).header.specs
        return try self.message(
            message,
            try entries(node["header"], own, "`header`"),
            try entries(node["fields"], message.fields, "`fields`"),
            from: node["from"]?.scalar.flatMap { Sender(rawValue: $0.text) } ?? .both
        )
    }

    /// Checks that no object in `node` has two members with the same name.
    private func checkKeys(in node: Node) throws(Problem) {
        switch node.content {
        case .scalar: break
        case .list(let items): for item in items { try checkKeys(in: item) }
        case .mapping(let members):
            var names: Set<String> = []
            for member in members {
                let name = member.key.scalar?.text ?? ""
                guard names.insert(name).inserted else {
                    let name = name.visible(maximumLength: Self.shownCharacters)
                    throw Problem(message: "an object has two members `\(name)`: remove one")
                }
                try checkKeys(in: member.value)
            }
        }
    }

    /// Returns the values of `fields` in an object: bytes are hexadecimal there, and large numbers are text.
    private func entries(_ node: Node?, _ fields: [FieldSpec], _ what: String) throws(Problem) -> [Literal.Entry] {
        guard let node, !node.isNothing else { return [] }
        guard case .mapping(let members) = node.content else { throw Problem(message: "\(what) is not an object") }
        var entries: [Literal.Entry] = []
        for member in members {
            let name = member.key.scalar?.text ?? ""
            let field = fields.first { $0.name.value == name }
            let step = field.map { spec.plan.table.step(of: $0) }
            if let field, field.constant != nil { continue }
            if member.value.isNothing, step?.isOptional == false { continue }
            if field?.isSecret == true, member.value.scalar?.text == "<secret>" {
                throw Problem(message: "`\(name)` is secret, and its value is not shown: decode with --show-secrets")
            }
            let literal = try literal(member.value, step, name)
            entries.append(
                Literal.Entry(
                    name: Located(value: name, place: .start),
                    literal: Located(value: literal, place: .start)
                )
            )
        }
        return entries
    }

    private func literal(_ node: Node, _ step: Step?, _ name: String) throws(Problem) -> Literal {
        let literal = Literal(node)
        switch step {
        case .bytes(_, nil)?:
            guard case .text(let digits, _) = literal else { return literal }
            return .hexadecimal(try bytes(digits, name))
        case .integer?, .enumeration?, .flags?:
            guard case .text(let text, _) = literal, IntegerLiteral(text) != .invalid else { return literal }
            return .text(text, isPlain: true)
        case .float?:
            guard case .text(let text, isPlain: false) = literal else { return literal }
            let special = ["NaN": ".nan", "Infinity": ".inf", "-Infinity": "-.inf"]
            return .text(special[text] ?? text, isPlain: special[text] != nil)
        case .list(let element, _)?:
            guard case .list(let items) = node.content else { return literal }
            var literals: [Located<Literal>] = []
            for item in items { literals.append(Located(value: try self.literal(item, element, name), place: .start)) }
            return .list(literals)
        case .optional(let step, _)?, .sized(let step, _)?:
            return node.isNothing ? .nothing : try self.literal(node, step, name)
        case .structure(let type)?: return .mapping(try entries(node, type.fields, "`\(name)`"))
        case .union(let type, _)?:
            guard case .mapping(let members) = node.content, members.count == 1, let key = members[0].key.scalar?.text
            else { return literal }
            let item = type.cases.first { $0.name.value == key }
            let inner: Literal
            if let item {
                inner = .mapping(try entries(members[0].value, item.fields, "`\(key)`"))
            } else {
                inner = try unrecognized(members[0].value, of: type, name)
            }
            let entry = Literal.Entry(
                name: Located(value: key, place: .start),
                literal: Located(value: inner, place: .start)
            )
            return .mapping([entry])
        case .boolean?, .bit?, .text?, .bytes(_, _?)?, .reserved?, .reservedBits?, nil: return literal
        }
    }

    /// Returns the tag and the bytes of a union's value whose tag no case has.
    private func unrecognized(_ node: Node, of type: UnionSpec, _ name: String) throws(Problem) -> Literal {
        guard case .mapping(let members) = node.content else { return Literal(node) }
        var entries: [Literal.Entry] = []
        for member in members {
            let key = member.key.scalar?.text ?? ""
            var literal = Literal(member.value)
            if case .text(let text, let isPlain) = literal {
                // Large numbers are text, and have more digits than a tag of text has bytes.
                let isNumber = isPlain || !type.isTagText || text.utf8.count != type.tag.fixedSize
                literal = key == "data" ? .hexadecimal(try bytes(text, name)) : .text(text, isPlain: isNumber)
            }
            entries.append(
                Literal.Entry(name: Located(value: key, place: .start), literal: Located(value: literal, place: .start))
            )
        }
        return .mapping(entries)
    }
}

extension Literal {
    /// The literal for `node`; keys that are not text are empty names.
    fileprivate init(_ node: Node) {
        switch node.content {
        case .scalar(let scalar): self = node.isNothing ? .nothing : .text(scalar.text, isPlain: scalar.isPlain)
        case .list(let items): self = .list(items.map { Located(value: Literal($0), place: $0.place) })
        case .mapping(let entries):
            self = .mapping(
                entries.map { entry in
                    let name = Located(value: entry.key.scalar?.text ?? "", place: entry.key.place)
                    return Entry(name: name, literal: Located(value: Literal(entry.value), place: entry.value.place))
                }
            )
        }
    }

    /// Bytes.
    fileprivate static func hexadecimal(_ bytes: [UInt8]) -> Literal {
        let digits = Located(value: Literal.text(bytes.hexadecimal, isPlain: true), place: .start)
        return .mapping([Entry(name: Located(value: "hex", place: .start), literal: digits)])
    }
}

extension Step {
    /// The step of a value without what surrounds it: without `optional` and `sized`.
    fileprivate var value: Step {
        switch self {
        case .optional(let step, _), .sized(let step, _): step.value
        case .integer, .float, .boolean, .bit, .enumeration, .flags, .text, .bytes, .list, .reserved, .reservedBits,
            .structure, .union:
            self
        }
    }

    fileprivate var isFlags: Bool { if case .flags = value { true } else { false } }
}

extension FieldPlan {
    /// `min` and `max` in words; `nil` if the field has no bounds.
    fileprivate var boundsInWords: String? {
        func text(_ value: Value) -> String {
            if case .float(let type, _) = step.unwrapped { return "\(FloatBits.number(value.bits, type))" }
            return "\(value.number)"
        }
        switch (bounds?.low.map(text), bounds?.high.map(text)) {
        case (let low?, let high?): return "\(low) to \(high)"
        case (let low?, nil): return "at least \(low)"
        case (nil, let high?): return "at most \(high)"
        case (nil, nil): return nil
        }
    }
}
