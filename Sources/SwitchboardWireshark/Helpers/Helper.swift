/// A function of Lua that dissectors share; a dissector has only those that it calls.
struct Helper {
    /// A text that occurs in the source that calls the function, and nowhere else.
    let mark: String
    /// The function, with the comment before it.
    let source: String

    init(_ mark: String, _ source: String) {
        self.mark = mark
        self.source = source
    }

    /// All functions; those that others call come first.
    static let all = texts + readers + values + sizes + nesting + checksums + framings

    /// Returns the functions that `source` calls, and those that they call, in the order of ``all``.
    static func needed(by source: String) -> [Helper] {
        var needed: [Helper] = []
        var text = source
        // A function calls only those before it.
        for helper in all.reversed() where text.contains(helper.mark) {
            needed.append(helper)
            text += helper.source
        }
        return needed.reversed()
    }
}
