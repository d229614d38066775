import Foundation
import PackagePlugin

/// `swift package protocol check|format|tests|vectors`: commands for the specs of a package.
///
/// As the build-tool plugin does, it only finds the files. `switchboard-generate` reads them.
@main
struct ProtocolCommand: CommandPlugin {
    private static let usage = """
        usage: swift package protocol COMMAND [--target TARGET]…

          check     checks each spec, and prints what it has or what is wrong with it
          format    formats each spec; only white space changes
          tests     writes a test suite of each spec's examples to Tests/<TARGET>Tests
          vectors   writes each spec's examples as JSON, for other languages, to <TARGET>.vectors.json

          --target TARGET   only the spec of TARGET; default: the specs of all targets that use SwitchboardPlugin
          --output FOLDER   the folder to write tests or vectors to, relative to the package

        On macOS the package manager runs plugins in a sandbox: format, tests and vectors need
        `swift package --allow-writing-to-package-directory protocol COMMAND`. check needs no permission.
        """

    func performCommand(context: PluginContext, arguments: [String]) throws {
        if arguments.contains("--help") || arguments.contains("-h") { return print(Self.usage) }
        var extractor = ArgumentExtractor(arguments)
        let targets = extractor.extractOption(named: "target")
        let output = extractor.extractOption(named: "output").last
        let rest = extractor.remainingArguments
        guard let command = rest.first, rest.count == 1, ["check", "format", "tests", "vectors"].contains(command)
        else {
            throw Failure(Self.usage)
        }
        let tool = try context.tool(named: "switchboard-generate").url
        var runs: [[String]] = []
        for (target, spec) in try specs(targets, context) {
            var run = [command, spec.url.path]
            if command != "format" { run += SpecFile.published(to: target).flatMap(\.importArguments) }
            if command == "tests" { run += ["--module", spec.module] }
            if let file = try Self.output(of: command, target.name, output, context.package) {
                run += ["--output", file.path]
            }
            // Targets without a spec of their own share the spec of the package, which is checked and formatted
            // only once.
            if !runs.contains(run) { runs.append(run) }
        }
        // Run all of them, to print the mistakes of all specs.
        let failed = try runs.filter { try !Self.run(tool, $0) }
        guard failed.isEmpty else { throw Failure("\(command) failed for \(failed.count) of \(runs.count) specs") }
    }

    /// Returns the named targets, or all targets that use the build-tool plugin, with their specs.
    private func specs(_ names: [String], _ context: PluginContext) throws -> [(any Target, SpecFile)] {
        let package = context.package
        guard names.isEmpty else {
            return try package.targets(named: names).map { ($0, try SpecFile(of: $0, in: package)) }
        }
        let users = try Manifest(context).targets.filter(\.usesSwitchboard).map(\.name)
        let found = package.targets.filter { users.contains($0.name) }
        if let name = users.first(where: { name in !found.contains { $0.name == name } }) {
            throw Failure(
                "target \(name) has no Swift file, so that the package manager ignores the target: add one to its folder; "
                    + "a file with only a comment is enough"
            )
        }
        guard !found.isEmpty else {
            throw Failure("no target of the package uses SwitchboardPlugin; add it to the target's `plugins`")
        }
        return try found.map { ($0, try SpecFile(of: $0, in: package)) }
    }

    /// Returns the file that `command` writes, after its folder is created; `nil` if the command writes no file.
    private static func output(
        of command: String,
        _ target: String,
        _ folder: String?,
        _ package: Package
    ) throws -> URL? {
        let place: (folder: String, file: String)
        switch command {
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

    /// An error that ends the command.
    private struct Failure: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) {
            self.description = description
        }
    }
}
