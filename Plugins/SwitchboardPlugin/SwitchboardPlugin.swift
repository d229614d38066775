import Foundation
import PackagePlugin

/// Generates Swift source from the `protocol.yaml` of a target before the target is compiled.
///
/// It only finds the files. `switchboard-generate` reads them.
@main
struct SwitchboardPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let spec = try SpecFile(of: target, in: context.package)
        let imports = SpecFile.published(to: target)
        let output = context.pluginWorkDirectoryURL.appending(path: "\(target.name).protocol.swift")
        // There are two files, so that two cores compile the generated source.
        let replies = context.pluginWorkDirectoryURL.appending(path: "\(target.name).replies.swift")
        return [
            .buildCommand(
                displayName: "Generating Swift from \(spec.url.path)",
                executable: try context.tool(named: "switchboard-generate").url,
                arguments: [spec.url.path, "--output", output.path, "--replies", replies.path]
                    + imports.flatMap(\.importArguments),
                inputFiles: try spec.inputs + imports.map(\.url),
                outputFiles: [output, replies]
            )
        ]
    }
}
