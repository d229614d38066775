import Foundation
import PackagePlugin

/// `swift package protocol VERB`: the verbs of the command `switchboard`, with the specs of a package.
///
/// As the build-tool plugin does, it only finds the files. The tool `switchboard-generate`, which builds in seconds, runs the verbs
/// that are for all specs. The program `switchboard` runs the others; it is built when one of them is used for the first time.
@main
struct ProtocolCommand: CommandPlugin {
    func performCommand(context: PluginContext, arguments: [String]) throws {
        guard let word = arguments.first, word != "--help", word != "-h" else {
            guard arguments.isEmpty else { return print(Verb.usage) }
            throw Failure(Verb.usage)
        }
        var extractor = ArgumentExtractor(Array(arguments.dropFirst()))
        let targets = extractor.extractOption(named: "target")
        let specs = PackageSpecs(context, targets)
        switch Verb(rawValue: word) {
        case .check, .format, .tests, .vectors:
            let output = extractor.extractOption(named: "output").last
            let rest = extractor.remainingArguments
            if rest.contains("--help") || rest.contains("-h") { return print(Verb.usage) }
            guard rest.isEmpty else { throw Failure("unexpected argument \(rest[0])\n\(Verb.usage)") }
            try runForAll(word, specs, output: output, context)
        case .some(let verb):
            let rest = extractor.remainingArguments
            let words = verb.needsSpec(for: rest) ? verb.words(rest, try specs.only(for: word)) : [word] + rest
            try SwitchboardProgram(packageManager).become(words)
        case nil:
            throw Failure("unknown verb \(word)\n\(Verb.usage)")
        }
    }

    /// Runs `verb` of the tool for all specs.
    private func runForAll(_ verb: String, _ specs: PackageSpecs, output: String?, _ context: PluginContext) throws {
        let tool = try context.tool(named: "switchboard-generate").url
        var runs: [[String]] = []
        for spec in try specs.all() {
            var run = [verb, spec.file.url.path]
            let module = verb == "tests" ? try spec.moduleForTests() : nil
            let file = try Self.output(of: verb, spec.name, output, context.package)
            // Targets without a spec of their own share the spec of the package, which is checked and formatted
            // only once.
            if file == nil, runs.contains(where: { $0.starts(with: run) }) { continue }
            if verb != "format" { run += spec.imports.flatMap(\.importArguments) }
            if let module { run += ["--module", module] }
            if let file { run += ["--output", file.path] }
            runs.append(run)
        }
        // Run all of them, to print the mistakes of all specs.
        let failed = try runs.filter { try !Self.run(tool, $0) }
        guard failed.isEmpty else { throw Failure("\(verb) failed for \(failed.count) of \(runs.count) specs") }
    }

    /// Returns the file that `verb` writes, after its folder is created; `nil` if the verb writes no file.
    private static func output(
        of verb: String,
        _ target: String,
        _ folder: String?,
        _ package: Package
    ) throws -> URL? {
        let place: (folder: String, file: String)
        switch verb {
        case "tests": place = ("Tests/\(target)Tests", "\(target)ExampleTests.swift")
        case "vectors": place = (".", "\(target).vectors.json")
        default: return nil
        }
        let url = package.directoryURL.appending(path: folder ?? place.folder).standardizedFileURL
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw Failure("cannot create the folder \(url.path): \(error.localizedDescription)")
        }
        return url.appending(path: place.file)
    }

    /// Runs the tool; returns whether it succeeded.
    ///
    /// Prints the path of the file that the tool wrote.
    private static func run(_ tool: URL, _ arguments: [String]) throws -> Bool {
        let process = Process()
        process.executableURL = tool
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return false }
        if let index = arguments.firstIndex(of: "--output") { print(arguments[index + 1]) }
        return true
    }
}

/// An error that ends the plugin.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
