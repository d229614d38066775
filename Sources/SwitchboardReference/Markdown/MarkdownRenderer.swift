internal import SwitchboardSpec

/// Writes a document in Markdown with the tables of GitHub; diagrams are text.
struct MarkdownRenderer {
    private let document: Document
    /// The identifiers that GitHub gives to the headings, by those of the chapters.
    private let headings: [String: String]

    init(_ document: Document) {
        self.document = document
        var slugs = Slugs()
        _ = slugs.next(for: document.title)
        var headings: [String: String] = [:]
        func note(_ chapter: Chapter) {
            headings[chapter.anchor.id] = slugs.next(for: chapter.title)
            for block in chapter.blocks {
                if case .example(let example) = block, !example.parts.isEmpty { _ = slugs.next(for: example.title) }
            }
            for part in chapter.parts { note(part) }
        }
        for chapter in document.chapters { note(chapter) }
        self.headings = headings
    }

    /// Returns the page.
    func text() -> String {
        var text = "# \(escaped(document.title))\n\n<!-- \(document.origin.replacing("--", with: "- -")) -->\n"
        for chapter in document.chapters { append(chapter, level: 2, to: &text) }
        return text
    }

    private func append(_ chapter: Chapter, level: Int, to text: inout String) {
        text += "\n\(String(repeating: "#", count: min(level, 6))) \(escaped(chapter.title))\n"
        if chapter.kind == "message", !chapter.remarks.isEmpty { text += "\nCode \(markdown(chapter.remarks))\n" }
        for block in chapter.blocks { append(block, to: &text) }
        for part in chapter.parts { append(part, level: level + 1, to: &text) }
    }

    private func append(_ block: Block, to text: inout String) {
        switch block {
        case .paragraph(let words): text += "\n\(markdown(words))\n"
        case .list(let entries): text += "\n" + entries.map { "- \(markdown($0))\n" }.joined()
        case .table(let table): append(table.head, table.rows.map(\.cells), to: &text)
        case .bytes(let diagram): text += "\n```text\n\(TextDiagram.text(of: diagram))\n```\n"
        case .sequence(let diagram): text += "\n```text\n\(diagram.text)\n```\n"
        case .example(let example): append(example, to: &text)
        }
    }

    private func append(_ head: [String], _ rows: [[Words]], to text: inout String) {
        text += "\n| \(head.joined(separator: " | ")) |\n|\(head.map { _ in "---|" }.joined())\n"
        for row in rows {
            text += "| \(row.map { markdown($0, inTable: true) }.joined(separator: " | ")) |\n"
        }
    }

    private func append(_ example: Example, to text: inout String) {
        guard !example.parts.isEmpty else {
            let bytes = example.bytes.isEmpty ? "no bytes" : "`\(example.bytes.spaced)`"
            text += "\n\(example.title): \(bytes): \(markdown(example.note))\n"
            return
        }
        text += "\n#### \(example.title)\n\n```text\n\(lines(example.bytes))\n```\n"
        if !example.note.isEmpty { text += "\n\(markdown(example.note))\n" }
        let rows: [[Words]] = example.parts.map { part in
            let offset = "\(part.offset)\(part.bits.isEmpty ? "" : ", \(part.bits)")"
            let hidden = part.bytes.count - Self.shownBytes
            let bytes = Array(part.bytes.prefix(Self.shownBytes)).spaced + (hidden > 0 ? " … and \(hidden) more" : "")
            return [Words(.text(offset)), Words(.code(bytes)), part.name, Words(.text(part.value.visible))]
        }
        append(["Offset", "Bytes", "Field", "Value"], rows, to: &text)
    }

    /// The most bytes of a part that a row shows, and the number of bytes of a line.
    private static let shownBytes = 32

    private func lines(_ bytes: [UInt8]) -> String {
        stride(from: 0, to: max(1, bytes.count), by: Self.shownBytes).map { start in
            Array(bytes[min(start, bytes.count)..<min(start + Self.shownBytes, bytes.count)]).spaced
        }.joined(separator: "\n")
    }

    // MARK: Words

    private func markdown(_ words: Words, inTable: Bool = false) -> String {
        words.parts.map { part in
            switch part {
            case .text(let text): escaped(text)
            case .code(let text): code(text, inTable: inTable)
            case .link(let text, let anchor): "[\(escaped(text))](#\(headings[anchor.chapter] ?? ""))"
            case .badge(let text): "**\(escaped(text))**"
            }
        }.joined()
    }

    private func code(_ text: String, inTable: Bool) -> String {
        let text = text.visible
        if text.isEmpty { return "" }
        let quote = text.contains("`") ? "``" : "`"
        let space = text.hasPrefix("`") || text.hasSuffix("`") ? " " : ""
        let content = inTable ? text.replacing("|", with: "\\|") : text
        return quote + space + content + space + quote
    }

    /// Returns `text` with a backslash before each character that has a meaning in Markdown.
    private func escaped(_ text: String) -> String {
        if text.isPlain(except: "\\`*_[]<>|~#&") { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", "`", "*", "_", "[", "]", "<", ">", "|", "~", "#": result += "\\\(scalar)"
            case "&": result += "&amp;"
            default: result += String(scalar).visible
            }
        }
        return result
    }
}

/// The identifiers that GitHub gives to the headings of a page.
private struct Slugs {
    private var counts: [String: Int] = [:]

    /// Returns the identifier of the next heading, which has the text `title`.
    mutating func next(for title: String) -> String {
        let kept = title.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" || $0 == " " }
        let slug = kept.map { $0 == " " ? "-" : String($0) }.joined()
        let count = counts[slug, default: 0]
        counts[slug] = count + 1
        return count == 0 ? slug : "\(slug)-\(count)"
    }
}
