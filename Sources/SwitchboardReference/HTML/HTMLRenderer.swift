internal import SwitchboardSpec

/// Writes a document as one HTML page, which loads nothing.
struct HTMLRenderer {
    private let document: Document

    init(_ document: Document) { self.document = document }

    /// Returns the page.
    func text() -> String {
        let style = String(decoding: PackageResources.page_css, as: UTF8.self)
        let script = String(decoding: PackageResources.page_js, as: UTF8.self)
        let policy = [
            "default-src 'none'", "style-src '\(style.policyHash)'", "script-src '\(script.policyHash)'",
            "img-src data:",
            "base-uri 'none'", "form-action 'none'",
        ]
        var body = Body(document)
        for chapter in document.chapters { body.chapter(chapter, level: 2) }
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(policy.joined(separator: "; "))">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="generator" content="switchboard \(PackageVersion.current)">
            <title>\(document.title.escapedForHTML)</title>
            <link rel="icon" href="data:,">
            <style>\(style)</style>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the content</a>
            <header class="top">
            <a class="home" href="#overview">\(document.title.escapedForHTML)</a>
            <div class="search" role="search">
            <input type="search" id="search" placeholder="Search messages, fields, types, codes" aria-label="Search" \
            autocomplete="off" spellcheck="false" role="combobox" aria-expanded="false" aria-controls="results" \
            aria-autocomplete="list">
            <ul id="results" role="listbox" aria-label="Results" hidden></ul>
            </div>
            </header>
            <div class="page">
            <nav aria-label="Contents">
            <details open id="contents"><summary>Contents</summary>
            \(contents)</details>
            </nav>
            <main id="main">
            <h1>\(document.title.escapedForHTML)</h1>
            \(body.text)<footer>\(document.origin.escapedForHTML)</footer>
            </main>
            </div>
            <script>\(script)</script>
            </body>
            </html>

            """
    }

    private var contents: String {
        var text = "<ul>\n"
        for chapter in document.chapters {
            text += "<li><a href=\"#\(chapter.anchor.id.escapedForHTML)\">\(chapter.title.escapedForHTML)</a>"
            if !chapter.parts.isEmpty {
                let parts = chapter.parts.map { part in
                    "<li><a href=\"#\(part.anchor.id.escapedForHTML)\">\(part.title.escapedForHTML)</a></li>\n"
                }
                text += "\n<ul>\n\(parts.joined())</ul>\n"
            }
            text += "</li>\n"
        }
        return text + "</ul>\n"
    }
}

/// Collects the HTML of chapters.
private struct Body {
    private(set) var text = ""
    /// The identifiers so far, which are unique in a page.
    private var identifiers: Set<String> = []
    /// All identifiers of the page.
    private var places: Set<String> = []

    init(_ document: Document) {
        for chapter in document.chapters { note(chapter) }
    }

    private mutating func note(_ chapter: Chapter) {
        places.insert(chapter.anchor.id)
        for case .table(let table) in chapter.blocks { places.formUnion(table.rows.compactMap { $0.anchor?.id }) }
        for part in chapter.parts { note(part) }
    }

    /// Returns the identifier of `anchor`, as far as the page has it.
    private func place(_ anchor: Anchor?) -> String? {
        anchor.flatMap { places.contains($0.id) ? $0.id.escapedForHTML : nil }
    }

    mutating func chapter(_ chapter: Chapter, level: Int) {
        let found = chapter.kind.map { kind in
            " data-name=\"\(chapter.title.escapedForHTML)\" data-kind=\"\(kind.escapedForHTML)\""
                + " data-code=\"\(chapter.remarks.plain.escapedForHTML)\""
        }
        let remarks = chapter.remarks.isEmpty ? "" : " <small>\(html(chapter.remarks))</small>"
        let link =
            "<a class=\"anchor\" href=\"#\(chapter.anchor.id.escapedForHTML)\">\(chapter.title.escapedForHTML)</a>"
        text += "<section\(identifier(chapter.anchor))\(found ?? "")>\n"
        text += "<h\(level)>\(link)\(remarks)</h\(level)>\n"
        for block in chapter.blocks { add(block) }
        for part in chapter.parts { self.chapter(part, level: min(level + 1, 6)) }
        text += "</section>\n"
    }

    private mutating func identifier(_ anchor: Anchor) -> String {
        identifiers.insert(anchor.id).inserted ? " id=\"\(anchor.id.escapedForHTML)\"" : ""
    }

    private mutating func add(_ block: Block) {
        switch block {
        case .paragraph(let words): text += "<p>\(html(words))</p>\n"
        case .list(let entries):
            text += "<ul class=\"facts\">\n\(entries.map { "<li>\(html($0))</li>\n" }.joined())</ul>\n"
        case .table(let table): add(table)
        case .bytes(let diagram): text += "<div class=\"scroll\" tabindex=\"0\">\(SVGDiagram.text(of: diagram))</div>\n"
        case .sequence(let diagram):
            text += "<div class=\"scroll\" tabindex=\"0\">\(SVGSequence.text(of: diagram))</div>\n"
        case .example(let example): add(example)
        }
    }

    private mutating func add(_ table: Table) {
        let style = table.head.count < 4 ? " class=\"narrow\"" : ""
        text +=
            "<table\(style)>\n" + Self.head(table.head) + "<tbody>\n"
        for row in table.rows {
            let name =
                row.name.map { " data-name=\"\($0.escapedForHTML)\" data-kind=\"\(row.kind.escapedForHTML)\"" } ?? ""
            let key = row.anchor.map { " data-key=\"\($0.id.escapedForHTML)\"" } ?? ""
            text += "<tr\(row.anchor.map { identifier($0) } ?? "")\(key)\(name)>"
            for (column, cell) in row.cells.enumerated() {
                let label = table.head.indices.contains(column) ? table.head[column] : ""
                let style = table.codeColumns.contains(column) ? " class=\"code\"" : ""
                text += "<td data-label=\"\(label.escapedForHTML)\"\(style)>\(html(cell))</td>"
            }
            text += "</tr>\n"
        }
        text += "</tbody>\n</table>\n"
    }

    private static func head(_ titles: [String]) -> String {
        "<thead><tr>\(titles.map { "<th scope=\"col\">\($0.escapedForHTML)</th>" }.joined())</tr></thead>\n"
    }

    private mutating func add(_ example: Example) {
        text +=
            "<div class=\"example\(example.parts.isEmpty ? " rejected" : "")\">\n<h4>\(example.title.escapedForHTML)</h4>\n"
        let bytes = example.parts.isEmpty ? example.bytes.spaced : runs(example)
        let keys =
            example.parts.isEmpty
            ? "" : " tabindex=\"0\" role=\"group\" aria-label=\"Bytes; the arrow keys walk through their parts\""
        text += "<p class=\"hex\"\(keys)>\(bytes)</p>\n"
        if !example.note.isEmpty { text += "<p>\(html(example.note))</p>\n" }
        if !example.parts.isEmpty {
            text += "<table class=\"parts\">\n" + Self.head(["Offset", "Bytes", "Field", "Value"]) + "<tbody>\n"
            for (index, part) in example.parts.enumerated() { text += row(part, index) }
            text += "</tbody>\n</table>\n"
        }
        text += "</div>\n"
    }

    /// The most bytes of a part that a row shows.
    private static let shownBytes = 32

    private func row(_ part: Example.Part, _ index: Int) -> String {
        let place = place(part.anchor)
        let key = place.map { " data-key=\"\($0)\"" } ?? ""
        let hidden = part.bytes.count - Self.shownBytes
        let bytes = Array(part.bytes.prefix(Self.shownBytes)).spaced + (hidden > 0 ? " … and \(hidden) more" : "")
        let name = html(part.name)
        let link = place.map { "<a href=\"#\($0)\">\(name)</a>" } ?? name
        let offset = "\(part.offset)\(part.bits.isEmpty ? "" : ", \(part.bits)")"
        return
            "<tr data-run=\"\(index)\"\(key)><td data-label=\"Offset\">\(offset)</td><td data-label=\"Bytes\" class=\"code\">"
            + "\(bytes.isEmpty ? "" : "<code>\(bytes)</code>")</td><td data-label=\"Field\">\(link)</td>"
            + "<td data-label=\"Value\" class=\"value\">\(part.value.escapedForHTML)</td></tr>\n"
    }

    /// Returns all bytes, those of a part together; parts that share a byte have one element.
    private func runs(_ example: Example) -> String {
        var runs: [(first: Int, indices: [Int], range: Range<Int>)] = []
        for (index, part) in example.parts.enumerated() where !part.bytes.isEmpty {
            let range = part.offset..<part.offset + part.bytes.count
            if let last = runs.last, last.range.overlaps(range) {
                runs[runs.count - 1].indices.append(index)
                runs[runs.count - 1].range = last.range.lowerBound..<max(last.range.upperBound, range.upperBound)
            } else {
                runs.append((index, [index], range))
            }
        }
        return runs.enumerated().map { number, run in
            let keys = run.indices.compactMap { place(example.parts[$0].anchor) }.joined(separator: " ")
            let names = run.indices.map { example.parts[$0].name.plain }.joined(separator: ", ")
            let places = run.indices.map(String.init).joined(separator: " ")
            let range = run.range.clamped(to: example.bytes.indices)
            return "<span class=\"run\(number % 2 == 0 ? "" : " odd")\" data-run=\"\(places)\" data-key=\"\(keys)\""
                + " title=\"\(names.escapedForHTML)\">\(Array(example.bytes[range]).spaced)</span>"
        }.joined(separator: " ")
    }

    private func html(_ words: Words) -> String {
        words.parts.map { part in
            switch part {
            case .text(let text): text.escapedForHTML
            case .code(let text): "<code>\(text.escapedForHTML)</code>"
            case .link(let text, let anchor): "<a href=\"#\(anchor.id.escapedForHTML)\">\(text.escapedForHTML)</a>"
            case .badge(let text): "<strong class=\"badge\">\(text.escapedForHTML)</strong>"
            }
        }.joined()
    }
}
