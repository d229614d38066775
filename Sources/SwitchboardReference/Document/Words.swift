internal import SwitchboardSpec

/// A part of a sentence.
enum Inline: Equatable {
    /// Text.
    case text(String)
    /// A name or a value in the form of the spec.
    case code(String)
    /// A link within the page.
    case link(String, Anchor)
    /// A short remark in a frame of its own, such as `secret`.
    case badge(String)
}

/// A sentence, or several.
struct Words: Equatable, ExpressibleByArrayLiteral, ExpressibleByStringInterpolation {
    /// The parts, in order.
    private(set) var parts: [Inline]

    /// No words.
    init() { parts = [] }

    init(arrayLiteral elements: Inline...) { parts = elements }

    init(stringLiteral value: String) { parts = Self(marked: value).parts }

    /// The words in `text`, where backticks enclose code.
    init(marked text: String) {
        parts = []
        let pieces = text.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
        for (index, piece) in pieces.enumerated() where !piece.isEmpty {
            // A backtick without a second one is text.
            let isCode = index % 2 == 1 && index < pieces.count - 1
            parts.append(isCode ? .code(piece) : .text(index % 2 == 1 ? "`" + piece : piece))
        }
    }

    /// One part.
    init(_ part: Inline) { parts = [part] }

    /// Whether there are no words.
    var isEmpty: Bool { parts.isEmpty }

    /// The words without their form.
    var plain: String {
        parts.map { part in
            switch part {
            case .text(let text), .code(let text), .link(let text, _), .badge(let text): text
            }
        }.joined()
    }

    static func + (left: Words, right: Words) -> Words {
        var words = left
        words.parts += right.parts
        return words
    }

    static func += (left: inout Words, right: Words) { left.parts += right.parts }
}

extension Sequence<Words> {
    /// The words one after another, with `separator` between them.
    func joined(_ separator: String = " ") -> Words {
        var result = Words()
        for words in self where !words.isEmpty {
            if !result.isEmpty { result += Words(.text(separator)) }
            result += words
        }
        return result
    }
}

extension [String] {
    /// The names as code, with commas between them, and `word` before the last.
    func listed(_ word: String = "and") -> Words {
        guard let last, count > 1 else { return first.map { Words(.code($0)) } ?? [] }
        let head = dropLast().map { Words(.code($0)) }.joined(", ")
        return head + Words(.text(" \(word) ")) + Words(.code(last))
    }
}

extension String {
    /// The first sentence of a documentation.
    var summary: String {
        let text = split(whereSeparator: \.isNewline).joined(separator: " ")
        guard let end = text.firstRange(of: ". ") else { return text }
        return String(text[..<end.lowerBound]) + "."
    }

    /// The paragraphs of a documentation.
    var paragraphs: [Words] {
        var paragraphs: [[Substring]] = [[]]
        for line in split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if line.allSatisfy(\.isWhitespace) {
                paragraphs.append([])
            } else {
                paragraphs[paragraphs.count - 1].append(line)
            }
        }
        return paragraphs.filter { !$0.isEmpty }.map { Words(marked: $0.joined(separator: " ")) }
    }
}

extension BinaryInteger {
    /// The number of things in words, such as `2 bytes`.
    func counted(_ noun: String) -> String { self == 1 ? "1 \(noun)" : "\(grouped) \(noun)s" }

    /// The number with commas between groups of three digits.
    var grouped: String {
        let digits = String(self)
        guard digits.utf8.count > 4, digits.first != "-" else { return digits }
        return digits.enumerated().map { index, digit in
            index > 0 && (digits.utf8.count - index) % 3 == 0 ? ",\(digit)" : "\(digit)"
        }.joined()
    }
}
