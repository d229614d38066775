/// The content of a page, from which all formats are written.
struct Document {
    /// The title of the page.
    let title: String
    /// A line with the spec and the version of the program, in both formats.
    let origin: String
    /// The chapters, in order.
    var chapters: [Chapter] = []
}

/// A part of a page with a heading, and further parts below it.
struct Chapter {
    /// The place that links lead to.
    let anchor: Anchor
    /// The text of the heading.
    let title: String
    /// Words beside the heading, such as the code of a message.
    var remarks: Words = []
    /// What the search finds the chapter by; `nil` for a chapter that is no message and no type.
    var kind: String?
    /// The content.
    var blocks: [Block] = []
    /// The parts below.
    var parts: [Chapter] = []
}

/// A place that links lead to.
struct Anchor: Hashable {
    /// The identifier in HTML.
    let id: String
    /// The identifier of the chapter that has the place, for formats in which only headings have identifiers.
    let chapter: String

    /// The place of a chapter.
    static func chapter(_ id: String) -> Anchor { Anchor(id: id, chapter: id) }

    /// The place of a message.
    static func message(_ name: String) -> Anchor { chapter("message-\(name)") }

    /// The place of a type.
    static func type(_ name: String) -> Anchor { chapter("type-\(name)") }

    /// The place of the frame with this key.
    static func frame(_ key: String) -> Anchor { chapter("frame-\(key)") }

    /// The place of a field, an item or a case of the chapter.
    func part(_ name: String) -> Anchor {
        Anchor(id: "\(chapter).\(name.map { $0 == " " ? "-" : String($0) }.joined())", chapter: chapter)
    }
}

/// A part of a chapter.
enum Block {
    /// A paragraph.
    case paragraph(Words)
    /// A list with a bullet for each entry.
    case list([Words])
    /// A table.
    case table(Table)
    /// The bytes of a layout, in rows.
    case bytes(ByteDiagram)
    /// The messages of a conversation, in order.
    case sequence(SequenceDiagram)
    /// An example, taken apart.
    case example(Example)
}

/// A table.
struct Table {
    /// A row.
    struct Row {
        /// The place that links lead to.
        var anchor: Anchor?
        /// The name by which the search finds the row, and what the row describes.
        var name: String?
        var kind = ""
        /// The cells, in the order of the columns.
        let cells: [Words]
    }

    /// The texts of the head.
    let head: [String]
    /// The columns with code, which do not break between words.
    var codeColumns: Set<Int> = []
    /// The rows.
    var rows: [Row] = []
}

/// An example of a message: its bytes in parts.
struct Example {
    /// Consecutive bytes with one meaning.
    struct Part {
        /// The place of the first byte.
        let offset: Int
        /// The bytes, in hexadecimal.
        let bytes: [UInt8]
        /// The bits of the byte, if the part has only some of them.
        let bits: String
        /// The name of the field.
        let name: Words
        /// The value in words.
        let value: String
        /// The field that the part belongs to, with which other parts of the page are linked.
        let anchor: Anchor?
    }

    /// What the bytes are: a frame or a payload.
    let title: String
    /// All bytes.
    let bytes: [UInt8]
    /// The parts, in the order of the bytes; none if a receiver rejects the bytes.
    let parts: [Part]
    /// Why a receiver rejects the bytes, or another remark.
    let note: Words
}
