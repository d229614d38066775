/// The code that the packages of all specs share, with the sections that a package needs.
///
/// A line `#: NAME` begins a section for the packages that use NAME, or one of several names between `|`; a line
/// `#: !NAME` one for the others. `#: end` ends a section.
enum RuntimeSource {
    /// Returns the module `_wire.py`.
    static func wire(_ head: Head, _ uses: Uses) -> String {
        head.comment + selected(String(decoding: PackageResources.wire_py, as: UTF8.self), uses.names)
    }

    /// Returns the module `_connection.py`.
    static func connection(_ head: Head) -> String {
        head.comment + String(decoding: PackageResources.connection_py, as: UTF8.self)
    }

    private static let mark = "#: "
    private static let end = "end"

    private static func selected(_ text: String, _ names: Set<String>) -> String {
        var isKept = [true]
        var lines: [Substring] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            // Marks have no indentation, as opposed to the comments of attributes.
            guard line.hasPrefix(mark) else {
                if isKept.allSatisfy(\.self) { lines.append(line) }
                continue
            }
            let name = line.dropFirst(mark.count)
            if name == end {
                isKept.removeLast()
            } else {
                let isUsed = name.drop { $0 == "!" }.split(separator: "|").contains { names.contains(String($0)) }
                isKept.append(isUsed != name.hasPrefix("!"))
            }
        }
        return lines.joined(separator: "\n")
    }
}
