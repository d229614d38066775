package import SwitchboardSpec
internal import SwitchboardVocabulary

/// Shows a frame to people: its bytes, and beside them its parts.
package struct DissectionText {
    /// The number of bytes in a line.
    private static let bytesPerLine = 8
    /// The number of lines with the bytes of one part; the rest is left out.
    private static let maximumLines = 4
    /// The number of elements of a list that are shown; the rest is left out.
    private static let maximumElements = 64
    /// The width of the column with the bytes.
    private static let bytesWidth = 3 * bytesPerLine - 1
    /// The largest width of the columns with names and types.
    private static let maximumWidth = 32

    private let paint = Paint()
    private let dissector: FrameDissector

    /// Shows frames that `dissector` has taken apart.
    package init(_ dissector: FrameDissector) {
        self.dissector = dissector
    }

    /// A line: the place, the bytes, and the part that begins there.
    private struct Line {
        var offset: Int?
        var bytes = ""
        var name = ""
        var type = ""
        var text = ""
        var isMistake = false
        var isMinor = false
    }

    /// Returns the lines for the frame with the number `number` of a stream, at `offset` there.
    package func lines(_ frame: Dissection, number: Int, at offset: Int) -> [String] {
        let size = frame.size.map { "\($0) \($0 == 1 ? "byte" : "bytes")" } ?? "\(frame.bytes.count) bytes so far"
        var title = frame.message?.name.value ?? "unknown message"
        if frame.sender != .both { title += " from the \(frame.sender)" }
        if frame.form != FrameSpec.mainName { title += ", frame \(frame.form)" }
        if frame.isGuess { title += " (a guess: its request is not known)" }
        var lines: [Line] = []
        for part in frame.parts { append(part, frame, indentation: "", to: &lines) }
        let nameWidth = min(Self.maximumWidth, lines.map(\.name.count).max() ?? 0)
        let typeWidth = min(Self.maximumWidth, lines.map(\.type.count).max() ?? 0)
        var result = [paint.bold("frame \(number): \(title)") + paint.dim(", \(size) at offset \(offset)")]
        result += lines.map { text(of: $0, nameWidth, typeWidth) }
        if let problem = frame.problem {
            result.append("  " + paint.mistake("\(place(problem.offset))  malformed: \(problem.message)"))
        } else if !frame.isComplete {
            result.append(
                "  " + paint.mistake("\(place(frame.bytes.count))  incomplete: the input ends within this frame")
            )
        }
        return result
    }

    private func append(_ part: Part, _ frame: Dissection, indentation: String, to lines: inout [Line]) {
        var line = Line(name: indentation + part.name, type: part.type, text: part.text)
        line.isMinor = [.padding, .reserved, .end, .length, .presence].contains(part.role)
        let isHidden = dissector.hides(part)
        if isHidden { line.text = "<secret>" }
        if let expected = part.expected {
            line.text += line.text.isEmpty ? "must be \(expected)" : ", must be \(expected)"
            line.isMistake = true
        } else if part.role == .checksum {
            line.text += " (correct)"
        }
        guard part.children.isEmpty else {
            line.offset = part.bytes.lowerBound
            lines.append(line)
            for child in part.children.prefix(Self.maximumElements) {
                append(child, frame, indentation: indentation + "  ", to: &lines)
            }
            let rest = part.children.dropFirst(Self.maximumElements)
            guard let next = rest.first else { return }
            let text = "… and \(rest.count) more"
            lines.append(Line(offset: next.bytes.lowerBound, name: indentation + "  " + text, isMinor: true))
            return
        }
        let bytes = frame.bytes[part.bytes]
        let shown = min(bytes.count, Self.maximumLines * Self.bytesPerLine)
        var rows = stride(from: 0, to: shown, by: Self.bytesPerLine).map { start in
            (start, hexadecimal(bytes.dropFirst(start).prefix(Self.bytesPerLine), isHidden: isHidden))
        }
        if let mask = part.mask, bytes.count <= 2, !isHidden { rows = [(0, bits(Array(bytes), mask))] }
        line.offset = part.bytes.lowerBound
        line.bytes = rows.first?.1 ?? ""
        lines.append(line)
        for (start, row) in rows.dropFirst() {
            lines.append(Line(offset: part.bytes.lowerBound + start, bytes: row))
        }
        if shown < bytes.count {
            lines.append(Line(offset: part.bytes.lowerBound + shown, bytes: "… \(bytes.count - shown) more bytes"))
        }
    }

    private func text(of line: Line, _ nameWidth: Int, _ typeWidth: Int) -> String {
        var result = "  " + paint.dim(line.offset.map(place) ?? "") + "  " + padded(line.bytes, Self.bytesWidth)
        guard !line.name.isEmpty else { return trimmed(result) }
        result += "  " + (line.isMinor ? paint.dim : paint.name)(padded(line.name, nameWidth))
        result += "  " + paint.dim(padded(line.type, typeWidth)) + "  "
        let text = line.text.visible
        return trimmed(result + (line.isMistake ? paint.mistake(text) : line.isMinor ? paint.dim(text) : text))
    }

    private func trimmed(_ text: String) -> String {
        let last = text.utf8.lastIndex { $0 != UInt8(ascii: " ") }
        return String(text[..<(last.map { text.utf8.index(after: $0) } ?? text.startIndex)])
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func place(_ offset: Int) -> String {
        let digits = String(offset, radix: 16)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private func hexadecimal(_ bytes: ArraySlice<UInt8>, isHidden: Bool) -> String {
        let digits = isHidden ? String(repeating: "**", count: bytes.count) : bytes.hexadecimal
        var text = ""
        for (index, digit) in digits.unicodeScalars.enumerated() {
            if index > 0, index % 2 == 0 { text += " " }
            text.unicodeScalars.append(digit)
        }
        return text
    }

    /// Returns the bits of a part, with dots for those of other parts.
    private func bits(_ bytes: [UInt8], _ mask: [UInt8]) -> String {
        var texts: [String] = []
        for (byte, mask) in zip(bytes, mask) {
            var text = ""
            for bit: UInt8 in [7, 6, 5, 4, 3, 2, 1, 0] {
                let isOne = byte >> bit & 1 == 1
                text += mask >> bit & 1 == 0 ? "." : isOne ? "1" : "0"
            }
            texts.append(text)
        }
        return texts.joined(separator: " ")
    }
}
