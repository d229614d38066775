internal import ArgumentParser
internal import SwitchboardFiles
internal import SwitchboardSpec

/// The form of the bytes in a file.
enum InputFormat: String, ExpressibleByArgument, CaseIterable {
    /// Hexadecimal digits and white space.
    case hex
    /// The bytes themselves.
    case raw
    /// A capture of network traffic, pcap or pcapng.
    case capture
}

/// The bytes of a stream, from the command line, a file or standard input; they are read as they are needed.
struct BytesInput {
    /// The largest number of bytes of a text in hexadecimal, which is read as a whole.
    private static let maximumText = 64 << 20

    private let file: FileInput?
    /// Bytes that were read, but not returned.
    private var first: [UInt8]

    /// The file that `words` name, `-` for standard input; `nil` if they are hexadecimal digits.
    ///
    /// - Parameter format: The form of the input; `nil` to find out.
    static func file(_ words: [String], format: InputFormat?) throws -> FileInput? {
        let mustBeFile = format == .raw || format == .capture
        if mustBeFile, words.count > 1 { throw ValidationError(oneFile) }
        let isFile = words.count == 1 && (mustBeFile || words[0] == "-" || FileInput.exists(words[0]))
        guard words.isEmpty || isFile else { return nil }
        return try FileInput(words.first ?? "-")
    }

    private static let oneFile = "only one file can be given"

    /// The bytes that `words` are in hexadecimal.
    init(digits words: [String]) throws {
        file = nil
        do throws(Hexadecimal.Problem) {
            first = try Hexadecimal.bytes(words.map(Self.withoutPrefix).joined())
        } catch {
            if words.count > 1, let file = words.first(where: { $0 == "-" || FileInput.exists($0) }) {
                let name = file == "-" ? "- is standard input" : "\(file.visible) is a file"
                throw ValidationError("\(name): \(Self.oneFile), without other words")
            }
            let name = words.count == 1 ? "\(words[0].visible) is neither a file nor" : "the input is not"
            throw ValidationError("\(name) hexadecimal: it must be \(error.message)")
        }
    }

    /// The bytes of `file`, whose first ones, `first`, were already read.
    ///
    /// - Parameter format: The form of the file; `nil` to find out.
    init(_ file: FileInput, first: [UInt8], format: InputFormat?) throws {
        self.first = first
        let isText = format.map { $0 == .hex } ?? Self.isHexadecimal(first)
        guard isText else {
            self.file = file
            return
        }
        if format == nil {
            StandardError.write([
                "switchboard: \(file.name) is read as hexadecimal digits; --input-format raw reads its bytes"
            ])
        }
        var text = first
        while case let piece = try file.next(), !piece.isEmpty {
            text += piece
            guard text.count <= Self.maximumText else {
                throw FileError(
                    "cannot read \(file.name): it has more than \(Self.maximumText) bytes of hexadecimal text"
                )
            }
        }
        let lines = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init)
        self.file = nil
        do throws(Hexadecimal.Problem) {
            self.first = try Hexadecimal.bytes(lines.map(Self.withoutPrefix).joined())
        } catch {
            throw FileError("cannot read \(file.name) as hexadecimal: it must be \(error.message)")
        }
    }

    private static func withoutPrefix(_ word: String) -> String {
        word.hasPrefix("0x") ? String(word.dropFirst(2)) : word
    }

    /// Returns whether `bytes`, the first of a file, are hexadecimal digits and white space.
    private static func isHexadecimal(_ bytes: [UInt8]) -> Bool {
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.isEmpty else { return false }
        let words = text.split(whereSeparator: \.isWhitespace).map { withoutPrefix(String($0)) }
        return !words.isEmpty && words.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isHexDigit } }
    }

    /// Returns the next bytes; none at the end.
    mutating func next() throws(FileError) -> [UInt8] {
        guard first.isEmpty else {
            defer { first = [] }
            return first
        }
        return try file?.next() ?? []
    }
}
