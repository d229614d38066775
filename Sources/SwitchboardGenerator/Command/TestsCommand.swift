internal import SwitchboardSpec

/// Makes a test suite of the examples of a spec: `switchboard-generate tests SPEC --module MODULE --output FILE`.
struct TestsCommand {
    private static let usage =
        "usage: switchboard-generate tests SPEC --module MODULE --output FILE [--import MODULE=SPEC]…"

    private let arguments: SpecArguments
    private let module: String

    init(_ arguments: [String]) throws(CommandError) {
        self.arguments = try SpecArguments(arguments, needsOutput: true, options: ["--module"], usage: Self.usage)
        guard let module = self.arguments.options["--module"] else {
            throw .usage("the module that has the protocol is needed. \(Self.usage)")
        }
        guard Identifier.isModuleName(module) else {
            throw .usage(
                "--module \(module.visible) is not the name of a module, which has only letters, digits and `_`: "
                    + "the module of a target `my-chat` is `my_chat`. \(Self.usage)"
            )
        }
        self.module = module
    }

    func run() throws(CommandError) {
        let spec = try arguments.readSpec()
        var writer = SourceWriter()
        writer.line("// Generated from \(arguments.fileName.visible), by `swift package protocol tests`.")
        writer.blank()
        TestsRenderer(spec, module: module).render(into: &writer)
        try arguments.write(writer.text)
    }
}
