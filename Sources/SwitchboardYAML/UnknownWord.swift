internal import SwitchboardVocabulary

/// The first word on a command line, which is not the name of a command.
package struct UnknownWord {
    /// The largest number of characters of the word in errors.
    private static let shownLength = 100

    /// The word, with escapes for what a terminal does not show.
    package let name: String
    /// The name of the command that the user probably meant, if there is one.
    package let meant: String?

    /// The first argument, or the one after `help`; `nil` if it is an option or one of `names`.
    ///
    /// - Parameters:
    ///   - arguments: The arguments of the program, without its name.
    ///   - names: The names of the commands.
    package init?(in arguments: some Collection<String>, among names: [String]) {
        let words = arguments.prefix(2)
        guard let first = words.first, !first.hasPrefix("-") else { return nil }
        let name = first == "help" ? words.dropFirst().first ?? first : first
        if name.hasPrefix("-") || name == "help" || names.contains(name) { return nil }
        self.name = name.visible(maximumLength: Self.shownLength)
        meant = nearMiss(of: name, among: names)
    }
}
