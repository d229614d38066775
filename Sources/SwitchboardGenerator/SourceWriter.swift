internal import SwitchboardSpec

/// Writes Swift source, line by line.
struct SourceWriter {
    /// The largest length of a line, in columns, where possible.
    static let lineLength = 120

    private(set) var text = ""
    private var indentation: String

    /// An empty writer, whose lines start at this column.
    init(indentation: Int = 0) {
        self.indentation = String(repeating: " ", count: indentation)
    }

    /// The number of columns for a line with the current indentation.
    var room: Int { Self.lineLength - indentation.count }

    mutating func line(_ line: String) {
        text += indentation + line + "\n"
    }

    /// Writes the statement `target = value`, or `target = condition ? value : other`, on several lines if one is too short.
    mutating func assign(_ value: String, if condition: String? = nil, else other: String = "nil", to target: String) {
        let whole = condition.map { "\($0) ? \(value) : \(other)" } ?? value
        let line = "\(target) = \(whole)"
        // The formatter of Swift gives a condition one column less.
        guard line.count > room - (condition == nil ? 0 : 1) else { return self.line(line) }
        self.line("\(target) =")
        indented { writer in
            guard let condition, whole.count > writer.room else { return writer.line(whole) }
            writer.lines([condition, "? \(value)", ": \(other)"])
        }
    }

    mutating func lines(_ lines: [String]) {
        for line in lines { self.line(line) }
    }

    mutating func blank() {
        text += "\n"
    }

    /// Writes `head {` with the parameters of a closure, then the lines of `body`, indented, then `}`.
    mutating func block(_ head: String, parameters: String = "", _ body: (inout SourceWriter) -> Void) {
        line(head + " {" + (parameters.isEmpty ? "" : " " + parameters))
        indented(body)
        line("}")
    }

    /// Writes the lines of `body`, indented.
    mutating func indented(_ body: (inout SourceWriter) -> Void) {
        let outer = indentation
        indentation += "    "
        body(&self)
        indentation = outer
    }

    /// Writes `head(items)tail` on one line or, if that is too long, with one line for each item.
    mutating func list(_ head: String, _ items: [String], _ tail: String) {
        let line = head + "(" + items.joined(separator: ", ") + ")" + tail
        guard line.count > room, !items.isEmpty else {
            self.line(line)
            return
        }
        self.line(head + "(")
        indented { writer in
            for (index, item) in items.enumerated() {
                writer.line(item + (index == items.count - 1 ? "" : ","))
            }
        }
        self.line(")" + tail)
    }

    /// Writes a call with a list as its last argument, on one line or with one line for each item.
    mutating func call(_ head: String, _ first: String, list items: [String]) {
        let line = "\(head)(\(first), [\(items.joined(separator: ", "))])"
        guard line.count > room else { return self.line(line) }
        self.line(head + "(")
        indented { writer in
            writer.line(first + ",")
            writer.line("[")
            writer.indented { writer in
                for item in items { writer.line(item + ",") }
            }
            writer.line("]")
        }
        self.line(")")
    }

    /// Writes a doc comment: a summary, then paragraphs.
    mutating func documentation(_ summary: String, _ paragraphs: String...) {
        let comment = DocComment(summary, paragraphs)
        for line in comment.lines(width: room - 4) { self.line(line.isEmpty ? "///" : "/// " + line) }
    }
}

/// The text of a doc comment.
///
/// The first sentence is a paragraph of its own, which tools show as the summary.
struct DocComment {
    private let paragraphs: [String]

    init(_ text: String, _ more: [String] = []) {
        let (summary, rest) = Self.split(text)
        paragraphs = [summary] + (rest.isEmpty ? [] : [rest]) + more.filter { !$0.isEmpty }
    }

    /// Returns the lines, which have at most `width` columns unless a single word is longer.
    func lines(width: Int) -> [String] {
        let wrapped = paragraphs.map { paragraph in
            paragraph.split(separator: "\n", omittingEmptySubsequences: false).flatMap { Self.wrap($0, width: width) }
        }
        return Array(wrapped.joined(separator: [""]))
    }

    /// Splits the text after the first sentence.
    private static func split(_ text: String) -> (summary: String, rest: String) {
        let text = trimmed(text.map { $0.isNewline ? "\n" : isControl($0) ? " " : $0 })
        for index in text.indices.dropLast() {
            let (character, next) = (text[index], text[text.index(after: index)])
            let endsSentence = (character == "." || character == "!" || character == "?") && next.isWhitespace
            let endsParagraph = character == "\n" && next == "\n"
            if (endsSentence && !isAbbreviation(text[...index])) || endsParagraph {
                return (trimmed(Array(text[...index])), trimmed(Array(text[text.index(after: index)...])))
            }
        }
        return (text, "")
    }

    /// Returns whether `text` ends with an abbreviation such as `e.g.`, whose dot does not end a sentence.
    private static func isAbbreviation(_ text: Substring) -> Bool {
        let word = text.split(whereSeparator: \.isWhitespace).last ?? ""
        return word.dropLast().contains(".")
    }

    private static func isControl(_ character: Character) -> Bool {
        character.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    private static func trimmed(_ characters: [Character]) -> String {
        let start = characters.drop(while: \.isWhitespace)
        let end = start.lastIndex { !$0.isWhitespace } ?? start.startIndex
        return String(start.prefix(through: max(end, start.startIndex)))
    }

    private static func wrap(_ line: Substring, width: Int) -> [String] {
        var lines: [String] = []
        var current = ""
        for word in line.split(separator: " ") {
            if current.isEmpty {
                current = String(word)
            } else if current.count + 1 + word.count <= width {
                current += " " + word
            } else {
                lines.append(current)
                current = String(word)
            }
        }
        return lines + [current]
    }
}

// MARK: - Literals and identifiers

/// Makes Swift literals.
enum Literal {
    /// Returns a string literal; special characters of `text` are escaped.
    static func string(_ text: String) -> String {
        text.quoted { "\\u{\($0)}" }
    }

    /// Returns a hexadecimal number, with all digits of a type of 1 or 2 bytes.
    static func hexadecimal(_ value: UInt64, _ type: IntegerType) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        let width = type.size <= 2 ? type.size * 2 : digits.count + digits.count % 2
        return "0x" + grouped(String(repeating: "0", count: max(0, width - digits.count)) + digits, by: 4)
    }

    /// Returns a byte in hexadecimal.
    static func byte(_ byte: UInt8) -> String { hexadecimal(UInt64(byte), .uint8) }

    /// Returns the bytes that end a text, bytes or an array.
    static func terminator(_ bytes: [UInt8]) -> String {
        bytes.count == 1 ? byte(bytes[0]) : string(String(decoding: bytes, as: UTF8.self))
    }

    /// Returns a decimal number.
    static func decimal(_ value: UInt64) -> String { grouped(String(value), by: 3) }

    /// Returns the number of a case of an enum: hexadecimal if the type is unsigned.
    static func number(_ value: SpecInteger, _ type: IntegerType) -> String {
        type.isSigned ? (value.isNegative ? "-" : "") + decimal(value.magnitude) : hexadecimal(value.magnitude, type)
    }

    /// Returns a floating-point number: the shortest one with the same value, or infinity or NaN.
    static func float(_ bits: UInt64, _ type: FloatType) -> String {
        let number = FloatBits.number(bits, type)
        let name = type == .float32 ? "Float" : "Double"
        if number.isNaN { return "\(name).nan" }
        if number.isInfinite { return "\(number < 0 ? "-" : "")\(name).infinity" }
        return switch type {
        case .float32: "\(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))"
        case .float64: "\(Double(bitPattern: bits))"
        }
    }

    /// Returns the digits in groups from the right, if there are more than four digits.
    private static func grouped(_ digits: String, by size: Int) -> String {
        guard digits.count > 4 else { return digits }
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % size == 0 { result += "_" }
            result.append(digit)
        }
        return result
    }
}

/// Makes Swift literals of values, for places where the compiler knows the type.
struct ValueLiteral {
    let spec: CheckedSpec
    /// The place of the literals.
    let scope: Scope

    func text(of value: Value, _ step: Step) -> String {
        if value == .nothing { return "nil" }
        return switch step {
        case .integer: (value.number.isNegative ? "-" : "") + Literal.decimal(value.number.magnitude)
        case .float(let type, _): Literal.float(value.bits, type)
        case .boolean, .bit: value.number.magnitude == 1 ? "true" : "false"
        case .enumeration(let type, _): enumeration(value.number, type)
        case .flags(let type, _): flags(value.number, type)
        case .text: Literal.string(String(decoding: value.content, as: UTF8.self))
        case .bytes(_, let notation?): notation.literal(of: value.content)
        case .bytes: list(value.content.map { Literal.hexadecimal(UInt64($0), .uint8) })
        case .list(let element, _): list(value.elements.map { text(of: $0, element) })
        case .optional(let step, _): optional(text(of: value, step), step)
        case .sized(let step, _): text(of: value, step)
        case .reserved, .reservedBits: "nil"
        case .structure(let type):
            spec.reference(to: type.name.value, from: scope)
                + "(\(arguments(value.record, spec.plan.layout(of: type).fields).joined(separator: ", ")))"
        case .union(let type, _): choice(value, type)
        }
    }

    /// Returns the arguments of the initializer or of the case with `fields`.
    func arguments(_ values: [Value], _ fields: [FieldPlan]) -> [String] {
        zip(fields, values).filter(\.0.field.isVariable).map { field, value in
            "\(Identifier.argumentLabel(field.name)): \(text(of: value, field.step))"
        }
    }

    private func list(_ elements: [String]) -> String { "[" + elements.joined(separator: ", ") + "]" }

    /// Returns a literal with its type if it is `.none` or `.some`, which would otherwise be cases of the optional.
    private func optional(_ literal: String, _ step: Step) -> String {
        guard literal.hasPrefix(".none") || literal.hasPrefix(".some") else { return literal }
        return spec.swiftName(of: step, from: scope) + literal
    }

    private func enumeration(_ number: SpecInteger, _ type: EnumSpec) -> String {
        type.item(of: number).map { "." + Identifier.member($0.name.value) }
            ?? ".unrecognized(\(Literal.number(number, type.type)))"
    }

    private func flags(_ number: SpecInteger, _ type: FlagsSpec) -> String {
        guard let names = type.names(of: number) else {
            let bits = Literal.hexadecimal(number.magnitude, type.type)
            return "\(spec.reference(to: type.name.value, from: scope))(rawValue: \(bits))"
        }
        return list(names.map { "." + Identifier.member($0) })
    }

    private func choice(_ value: Value, _ type: UnionSpec) -> String {
        if case .unrecognized(let tag, let bytes) = value {
            let data = list(bytes.map { Literal.hexadecimal(UInt64($0), .uint8) })
            return ".\(UnionSpec.unknownCase)(tag: \(Literal.number(tag, type.tag)), data: \(data))"
        }
        guard let (index, item, values) = value.choice(of: type) else { return "nil" }
        let arguments = arguments(values, spec.plan.layouts(of: type)[index].fields).joined(separator: ", ")
        let list = arguments.isEmpty ? "" : "(\(arguments))"
        return "." + Identifier.member(item.name.value) + list
    }
}

/// Writes the names of a spec as Swift identifiers.
enum Identifier {
    private static let reserved: Set<String> = [
        "associatedtype", "borrowing", "class", "consuming", "deinit", "enum", "extension", "fileprivate", "func",
        "import", "init", "inout", "internal", "let", "open", "operator", "precedencegroup", "private", "protocol",
        "public", "rethrows", "static", "struct", "subscript", "typealias", "var",
        "break", "case", "catch", "continue", "default", "defer", "do", "else", "fallthrough", "for", "guard", "if",
        "in", "repeat", "return", "switch", "throw", "throws", "try", "where", "while",
        "Any", "as", "await", "false", "is", "nil", "self", "Self", "super", "true",
    ]

    /// Returns `name` for its declaration, and for other places without a dot before it.
    static func escaped(_ name: String) -> String {
        isReserved(name) ? "`\(name)`" : name
    }

    /// Returns `name` for a place after a dot, where only two words are reserved.
    static func member(_ name: String) -> String {
        name == "init" || name == "self" ? "`\(name)`" : name
    }

    /// Returns `name` as a label in a declaration, where only three words are reserved.
    static func label(_ name: String) -> String {
        ["inout", "let", "var"].contains(name) ? "`\(name)`" : name
    }

    /// Returns `name` as a label in a call, where only one word is reserved.
    static func argumentLabel(_ name: String) -> String {
        name == "inout" ? "`inout`" : name
    }

    /// Returns the name of the constant with the value of the field `name`, in code that has constants of its own.
    ///
    /// Fields of the frame's header have names such as `header.count`.
    static func local(_ name: String) -> String {
        if name.contains(".") { return GeneratedNames.local(ofHeader: name) }
        var start = name[...]
        while start.hasSuffix(suffix) { start = start.dropLast(suffix.count) }
        // The suffix of `readerValue` is for `reader`.
        return isGroup(String(start)) || used.contains(String(start)) ? name + suffix : escaped(name)
    }

    /// The names of constants and parameters in the code that reads and writes fields.
    private static let used: Set<String> = [
        "reader", "writer", "header", "element", "self", "elementStart", "fieldStart", "structStart", "tag",
        "sentReader",
        "sentStart",
    ]

    /// The end of the names of constants with the values of fields that have a name in ``used``.
    private static let suffix = "Value"

    /// Returns whether `name` is the name of a constant with the bytes or bits of several fields: `fixed`, `bits2`.
    static func isGroup(_ name: String) -> Bool { isGroup(name, "fixed") || isBitGroup(name) }

    /// Returns whether `name` is the name of a constant with the bits of several fields: `bits`, `bits2`.
    static func isBitGroup(_ name: String) -> Bool { isGroup(name, "bits") }

    private static func isGroup(_ name: String, _ start: String) -> Bool {
        name.hasPrefix(start) && name.dropFirst(start.count).allSatisfy(\.isNumber)
    }

    /// Returns whether `name` can be the name of a module: a letter or `_`, then letters, digits and `_`.
    static func isModuleName(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, first == "_" || first.properties.isXIDStart else { return false }
        return name.unicodeScalars.allSatisfy { $0.properties.isXIDContinue }
    }

    static func isReserved(_ name: String) -> Bool { reserved.contains(name) }

    /// Returns the name of a method for the type `name`: `EchoReply` becomes `echoReply`, `URLFetch` `urlFetch`.
    static func method(for name: String) -> String {
        let capitals = name.prefix { $0.isUppercase }
        let rest = name.dropFirst(capitals.count)
        let startsWord = rest.first?.isLowercase == true && capitals.count > 1
        let lowered = startsWord ? capitals.dropLast().lowercased() + capitals.suffix(1) : capitals.lowercased()
        return lowered + rest
    }
}
