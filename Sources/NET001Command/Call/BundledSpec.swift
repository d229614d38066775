import NET001
import Switchboard
import SwitchboardApplication
import SwitchboardSpec

/// The spec of NET-001, which is a part of this program.
enum BundledSpec {
    /// Returns the spec.
    ///
    /// - Throws: A `CommandError` with the first mistake. The module NET001 is generated from the same file, which therefore has none.
    static func read() throws(CommandError) -> CheckedSpec {
        let outcome = SpecReader.read(PackageResources.spec_yaml)
        if let spec = outcome.spec { return spec }
        throw CommandError("the spec in this program has a mistake: \(outcome.diagnostics.first?.message ?? "")")
    }

    /// The names of the messages that clients send.
    static var namesOfRequests: [String] { NET001.messages.filter { $0.sender != .server }.map { $0.name } }

    /// Returns the fields of the message that one of `words` names, for completion in a shell.
    @Sendable
    static func fieldsOfMessage(_ words: [String], _: Int, _: String) -> [String] {
        let message = (try? read())?.allMessages.first { words.contains($0.name.value) }
        return message?.fields.map { "\($0.name.value)=" } ?? []
    }
}
