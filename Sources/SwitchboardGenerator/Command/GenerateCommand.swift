internal import SwitchboardSpec

/// Makes Swift source of a spec: `switchboard-generate SPEC --output FILE`.
///
/// Mistakes go to standard error, a line each, and end it with status 1: nothing is written then. What it was asked
/// wrongly, or cannot read or write, ends it with status 2.
package struct GenerateCommand {
    private static let usage = """
        usage: switchboard-generate SPEC --output FILE [--import MODULE=SPEC]…

          SPEC                 the protocol.yaml to read
          --output FILE        the Swift file to write; left alone when it would stay the same
          --import MODULE=SPEC the spec of a module that SPEC may name under `imports`
        """

    let specPath: String
    let outputPath: String
    private let imports: [String: String]

    /// Does what the program's arguments say, and ends the program when it cannot.
    package static func main() {
        do throws(CommandError) {
            try GenerateCommand(Array(CommandLine.arguments.dropFirst())).run()
        } catch {
            StandardError.write(error.lines)
            exitProcess(error.status)
        }
    }

    init(_ arguments: [String]) throws(CommandError) {
        var (paths, outputs): ([String], [String]) = ([], [])
        var imports: [String: String] = [:]
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--output":
                guard let path = rest.popFirst() else { throw .usage("--output needs a file. \(Self.usage)") }
                outputs.append(path)
            case "--import":
                let parts = rest.popFirst()?.split(separator: "=", maxSplits: 1) ?? []
                guard parts.count == 2 else { throw .usage("--import needs MODULE=SPEC. \(Self.usage)") }
                imports[String(parts[0])] = String(parts[1])
            case "--help", "-h": throw .help(Self.usage)
            case _ where argument.hasPrefix("-"): throw .usage("unknown option \(argument). \(Self.usage)")
            default: paths.append(argument)
            }
        }
        guard paths.count == 1, outputs.count == 1, !paths[0].isEmpty, !outputs[0].isEmpty else {
            throw .usage("one spec and one output are needed. \(Self.usage)")
        }
        (specPath, outputPath) = (paths[0], outputs[0])
        self.imports = imports
    }

    func run() throws(CommandError) {
        let file = try File.read(specPath, atMost: SpecLimits.fileBytes + 1)
        let outcome = SpecReader.read(file, importer: importer)
        let lines = outcome.diagnostics.flatMap { $0.lines(path: specPath) }
        guard let spec = outcome.spec else { throw .mistakes(lines) }
        StandardError.write(lines)
        let name = specPath.split(separator: "/").last.map(String.init) ?? specPath
        let source = Array(SwiftGenerator.source(for: spec, file: name).utf8)
        // A file that stays as it is spares the build what depends on it.
        if (try? File.read(outputPath, atMost: source.count + 1)) == source { return }
        try File.write(source, to: outputPath)
    }

    private var importer: SpecImporter {
        SpecImporter(Array(imports.keys)) { [imports] module in
            guard let path = imports[module] else { return nil }
            let bytes = try? File.read(path, atMost: SpecLimits.fileBytes + 1)
            return bytes.map { SpecImporter.File(path: path, bytes: $0) }
        }
    }
}
