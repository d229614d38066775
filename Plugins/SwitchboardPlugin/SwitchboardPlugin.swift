import Foundation
import PackagePlugin

/// Makes Swift source of the target's `protocol.yaml` before it is compiled.
///
/// It only finds files. What is in them is the business of `switchboard-generate`.
@main
struct SwitchboardPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let folders = [target.directoryURL, context.package.directoryURL]
        let candidates = folders.map { $0.appending(path: "protocol.yaml") }
        guard let spec = candidates.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
            throw MissingSpec(target: target.name, lookedAt: candidates.map(\.path))
        }
        let output = context.pluginWorkDirectoryURL.appending(path: "\(target.name).protocol.swift")
        return [
            .buildCommand(
                displayName: "Generating Swift from \(spec.path)",
                executable: try context.tool(named: "switchboard-generate").url,
                arguments: [spec.path, "--output", output.path],
                inputFiles: try inputs(beside: spec),
                outputFiles: [output]
            )
        ]
    }

    /// The spec and every other YAML file of its folder: an edit of any of them generates anew.
    private func inputs(beside spec: URL) throws -> [URL] {
        let folder = spec.deletingLastPathComponent()
        let others = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "yaml" && $0.lastPathComponent != spec.lastPathComponent }
            .sorted { $0.path < $1.path }
        return [spec] + others
    }
}

/// There is no spec where one is looked for.
struct MissingSpec: Error, CustomStringConvertible {
    let target: String
    let lookedAt: [String]

    var description: String {
        "target \(target) uses SwitchboardPlugin and has no spec: put one at \(lookedAt.joined(separator: " or at "))"
    }
}
