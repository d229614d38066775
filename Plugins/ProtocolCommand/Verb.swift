import Foundation

/// A verb of the command `switchboard`.
enum Verb: String {
    // For all specs of the package.
    case check, format, tests, vectors
    // For one spec.
    case docs, diff, wireshark, python, c, decode, encode, call, listen, mock, proxy, replay

    static let usage = """
        usage: swift package protocol VERB [--target TARGET]… [ARGUMENT]…

        Verbs for the specs of all targets that use SwitchboardPlugin:
          check       checks each spec, and prints what it has or what is wrong with it
          format      formats each spec; only white space changes
          tests       writes a test suite of each spec's examples to Tests/<TARGET>Tests
          vectors     writes each spec's examples as JSON, for other languages, to <TARGET>.vectors.json

          --output FOLDER   the folder to write tests or vectors to, relative to the package

        Verbs for one spec:
          docs        writes reference pages, in HTML and Markdown
          diff        compares two versions of the spec; OLD is git:HEAD unless given
          wireshark   writes a dissector for Wireshark and tshark
          python      writes a Python package
          c           writes a codec in C
          decode      shows the frames in bytes
          encode      prints the frame of a message
          call        sends a message to a server, and prints its reply
          listen      prints what a server sends
          mock        runs a server that answers requests
          proxy       passes bytes between clients and a server, and prints the messages
          replay      sends the messages of a capture to a server, and compares its answers

          `swift package protocol VERB --help` lists their arguments. The plugin adds SPEC to them, and NEW for diff. Paths are
          relative to the folder where you are. Standard input is empty.

        --target TARGET chooses the spec of TARGET. Without such targets, the spec is the file protocol.yaml of the package.

        On macOS the package manager runs plugins in a sandbox. Before `protocol`, verbs that write files need
        --allow-writing-to-package-directory, and call, listen, mock, proxy and replay need --allow-network-connections all.
        """

    /// Whether the verb, with `arguments`, reads a spec.
    func needsSpec(for arguments: [String]) -> Bool {
        let withoutSpec = ["--help", "-h", "--version"] + (self == .diff ? ["--rules"] : [])
        return !arguments.contains(where: withoutSpec.contains)
    }

    /// Returns the arguments of `switchboard` for the verb with `arguments`, and `spec`.
    func words(_ arguments: [String], _ spec: PackageSpec) -> [String] {
        let imports = spec.imports.flatMap(\.importArguments)
        // The spec of the package is the new version.
        if self == .diff { return [rawValue] + arguments + imports + [spec.path] }
        return [rawValue, spec.path] + imports + arguments
    }
}
