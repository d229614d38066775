import Foundation
import PackagePlugin

/// `swift package protocol check|format|tests|vectors`: what can be done with the specs of a package beside building it.
///
/// It only finds files, as the build-tool plugin does. The rest is the business of `switchboard-generate`.
@main
struct ProtocolCommand: CommandPlugin {
    private static let usage = """
        usage: swift package protocol COMMAND [--target TARGET]…

          check     says what each spec has, or what is wrong with it
          format    lays each spec out anew; only white space changes
          tests     writes a test suite of each spec's examples to Tests/<TARGET>Tests
          vectors   writes each spec's examples as JSON, for other languages, to <TARGET>.vectors.json

          --target TARGET   only the spec of this target, and not those of all that have one
          --output FOLDER   where tests or vectors are written instead; in the folder of the package

        The package manager asks for leave to write, or takes it from `swift package --allow-writing-to-package-directory`.
        """

    func performCommand(context: PluginContext, arguments: [String]) throws {
        var extractor = ArgumentExtractor(arguments)
        let targets = extractor.extractOption(named: "target")
        let output = extractor.extractOption(named: "output").last
        let rest = extractor.remainingArguments
        guard let command = rest.first, rest.count == 1, ["check", "format", "tests", "vectors"].contains(command)
        else {
            throw Failure(Self.usage)
        }
        let tool = try context.tool(named: "switchboard-generate").url
        for (target, spec) in try specs(targets, of: context.package) {
            var run = [command, spec.url.path]
            if command != "format" { run += SpecFile.published(to: target).flatMap(\.importArguments) }
            if command == "tests" { run += ["--module", target.name] }
            if let file = try Self.output(of: command, target.name, output, context.package) {
                run += ["--output", file.path]
                print("\(file.path)")
            }
            try Self.run(tool, run)
        }
    }

    /// The targets that are asked for, or all that have a spec of their own, and their specs.
    private func specs(_ names: [String], of package: Package) throws -> [(any Target, SpecFile)] {
        guard names.isEmpty else {
            return try package.targets(named: names).map { ($0, try SpecFile(of: $0, in: package)) }
        }
        let own = package.targets.filter { target in
            let path = target.directoryURL.appending(path: SpecFile.name).path
            return target is SwiftSourceModuleTarget && FileManager.default.fileExists(atPath: path)
        }
        if own.isEmpty, let target = package.targets.first(where: { $0 is SwiftSourceModuleTarget }) {
            return [(target, try SpecFile(of: target, in: package))]
        }
        return try own.map { ($0, try SpecFile(of: $0, in: package)) }
    }

    /// The file that `command` writes, if it writes one; its folder is made.
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
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url.appending(path: place.file)
    }

    private static func run(_ tool: URL, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = tool
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure("see above") }
    }

    /// What ends the command.
    private struct Failure: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) {
            self.description = description
        }
    }
}
