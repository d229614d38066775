import Foundation
import PackagePlugin

/// Generates Swift source from the `protocol.yaml` of a target before the target is compiled.
///
/// It only finds the files, and the names in the spec. `switchboard-generate` reads the spec.
@main
struct SwitchboardPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let spec = try SpecFile(of: target, in: context.package)
        let imports = SpecFile.published(to: target)
        let folder = context.pluginWorkDirectoryURL
        var outputs = [folder.appending(path: "\(target.name).protocol.swift")]
        var arguments = [spec.url.path, "--output", outputs[0].path]
        // A file for each message and type: after a change to one message, the compiler skips the files of the others.
        for name in SpecNames(in: spec.url).all {
            let output = folder.appending(path: "\(target.name).\(name).swift")
            arguments += ["--separate", "\(name)=\(output.path)"]
            outputs.append(output)
        }
        return [
            .buildCommand(
                displayName: "Generating Swift from \(spec.url.path)",
                executable: try context.tool(named: "switchboard-generate").url,
                arguments: arguments + imports.flatMap(\.importArguments),
                inputFiles: try spec.inputs + imports.map(\.url),
                outputFiles: outputs
            )
        ]
    }
}
