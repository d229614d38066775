import Foundation
import PackagePlugin

/// The parts of the package's manifest that the plugin API lacks: the plugins that a target uses, and targets without
/// source.
struct Manifest: Decodable {
    let targets: [Target]

    struct Target: Decodable {
        let name: String
        private let path: String?
        private let type: String
        private let pluginUsages: [Usage]?

        /// Whether the target uses the build-tool plugin.
        var usesSwitchboard: Bool { pluginUsages?.contains { $0.plugin.first == "SwitchboardPlugin" } == true }

        /// The folders that the target may have, relative to the package.
        var folders: [String] {
            if let path { return [path] }
            return ((type == "test" ? ["Tests"] : []) + ["Sources", "Source", "src", "srcs"]).map { "\($0)/\(name)" }
        }
    }

    /// A plugin: its name, and its package unless it is the same one.
    private struct Usage: Decodable {
        let plugin: [String?]
    }

    /// Asks the package manager for the manifest, with a build folder of the plugin: the build folder of the package is
    /// locked, and may be read-only.
    init(_ context: PluginContext) throws {
        let folder = context.pluginWorkDirectoryURL
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "swift", "package", "--package-path", context.package.directoryURL.path,
            "--scratch-path", folder.appending(path: "scratch").path,
            "--cache-path", folder.appending(path: "cache").path,
            "--disable-sandbox", "dump-package",
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let json = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Unreadable(status: process.terminationStatus) }
        self = try JSONDecoder().decode(Manifest.self, from: json)
    }

    /// The package manager could not read the manifest.
    private struct Unreadable: Error, CustomStringConvertible {
        let status: Int32

        var description: String {
            "`swift package dump-package` ended with status \(status); name the targets with --target"
        }
    }
}
