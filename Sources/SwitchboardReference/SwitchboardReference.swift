package import SwitchboardFiles
package import SwitchboardSpec

// Makes the reference pages of a protocol.
//
// 1. Chapters/  make a `Document` from a checked spec: the frame, the messages with their examples, the types.
// 2. Words/     say in words what a type, a size, a condition or a checksum is.
// 3. Diagrams/  place the fields of a layout in rows of bytes, and draw them as SVG and as text.
// 4. HTML/ and Markdown/ write the document. Both have the same content.

/// The reference pages of a protocol.
package enum Reference {
    /// The form of a page.
    package enum Format: String, CaseIterable, Sendable {
        /// One HTML page, which needs no other file and no network.
        case html
        /// One page in Markdown, as GitHub shows it.
        case markdown
        /// Both pages.
        case both
    }

    /// Returns the pages of `spec`, with the name of the protocol.
    ///
    /// - Parameters:
    ///   - file: The name of the spec's file, which the pages state.
    ///   - name: The name of the pages without its ending; `nil` for the name of the protocol.
    package static func files(
        for spec: CheckedSpec,
        file: String,
        name: String? = nil,
        format: Format
    ) -> [OutputFile] {
        let document = ReferenceBuilder(spec, file: file).document()
        let name = name ?? spec.name
        var files: [OutputFile] = []
        if format != .markdown {
            files.append(OutputFile(path: "\(name).html", text: HTMLRenderer(document).text()))
        }
        if format != .html {
            files.append(OutputFile(path: "\(name).md", text: MarkdownRenderer(document).text()))
        }
        return files
    }
}
