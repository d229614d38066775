import Foundation

/// The names of the messages and types of a spec, as far as its lines show them.
///
/// The package manager must know the names of generated files before `switchboard-generate` reads the spec. This type only looks for
/// lines such as `  Ping:` below `messages:`. What it misses is generated into the file of the protocol; a name that is none
/// becomes a file without source. No spec is refused here.
struct SpecNames {
    /// The names, in the order of the spec.
    private(set) var all: [String] = []

    /// The number of names that are found at most: each one adds a file to every build plan.
    private static let maximumCount = 1000
    /// The largest size of a spec in bytes, as in `switchboard-generate`.
    private static let maximumSize = 1 << 20
    /// The length of a name in characters, as in `switchboard-generate`.
    private static let maximumLength = 64

    private static let sections: Set<Substring> = ["messages", "enums", "flags", "structs", "unions"]

    /// The names in the file at `url`; none if it cannot be read, which `switchboard-generate` then reports.
    init(in url: URL) {
        let size = try? url.resolvingSymlinksInPath().resourceValues(forKeys: [.isRegularFileKey, .fileSizeKey])
        guard size?.isRegularFile == true, let bytes = size?.fileSize, bytes <= Self.maximumSize else { return }
        guard let data = try? Data(contentsOf: url) else { return }
        read(String(decoding: data, as: UTF8.self))
    }

    private mutating func read(_ text: String) {
        // Two names that differ only in case are one file for some file systems.
        var taken: Set<String> = ["protocol"]
        var isInSection = false
        var indentation: Int?
        for line in text.split(whereSeparator: \.isNewline) {
            let content = line.drop { $0 == " " }
            guard let first = content.first, first != "#" else { continue }
            let column = line.count - content.count
            if column == 0 {
                isInSection = Self.sections.contains(content.prefix { $0 != ":" })
                indentation = nil
                continue
            }
            guard isInSection, column == indentation ?? column else { continue }
            indentation = column
            guard let name = Self.name(of: content), all.count < Self.maximumCount else { continue }
            if taken.insert(name.lowercased()).inserted { all.append(name) }
        }
    }

    /// Returns the key at the start of a line; `nil` if there is none that can be the name of a file.
    private static func name(of line: Substring) -> String? {
        let name = line.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        guard name.count <= maximumLength, name.first?.isLetter == true else { return nil }
        return line[name.endIndex...].first == ":" ? String(name) : nil
    }
}
