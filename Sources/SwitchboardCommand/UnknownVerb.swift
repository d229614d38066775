internal import ArgumentParser
internal import SwitchboardVocabulary
internal import SwitchboardYAML

/// The error for a first argument that is not a verb.
enum UnknownVerb {
    /// Checks that the first argument, or the one after `help`, is the name of a verb.
    ///
    /// - Parameter arguments: The arguments of the program, without its name.
    /// - Throws: A `ValidationError`, which suggests a similar verb if there is one.
    static func check(_ arguments: some Collection<String>) throws {
        let words = arguments.prefix(2)
        guard let first = words.first, !first.hasPrefix("-") else { return }
        let name = first == "help" ? words.dropFirst().first ?? first : first
        let names = SwitchboardCommand.configuration.subcommands.map { $0._commandName }
        if name.hasPrefix("-") || name == "help" || names.contains(name) { return }
        let shown = name.visible(maximumLength: 100)
        throw ValidationError("unknown verb `\(shown)`\(didYouMean(name, among: names)) (see 'switchboard --help')")
    }
}
