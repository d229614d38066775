import Foundation
import PackagePlugin

/// The spec of a module: `protocol.yaml` in the folder of its target or, if that has none, at the root of its
/// package.
struct SpecFile {
    static let name = "protocol.yaml"

    /// The module that contains the source generated from the spec.
    let module: String
    let url: URL

    /// The spec of a target of `package`.
    init(of target: any Target, in package: Package) throws {
        try self.init(
            ofTarget: target.name,
            module: target.sourceModule?.moduleName,
            in: [target.directoryURL, package.directoryURL]
        )
    }

    /// The spec of a target: the one in the first of `folders` that has one.
    init(ofTarget name: String, module: String? = nil, in folders: [URL]) throws {
        let candidates = folders.map { $0.appending(path: Self.name) }
        guard let url = candidates.first(where: Self.exists) else {
            throw MissingSpec(target: name, lookedAt: candidates.map(\.path))
        }
        self.init(module: module ?? name, url: url)
    }

    /// The spec in the folder of `package`; `nil` if there is none.
    init?(of package: Package) {
        let url = package.directoryURL.appending(path: Self.name)
        guard Self.exists(url) else { return nil }
        self.init(module: package.displayName, url: url)
    }

    private init(module: String, url: URL) {
        self.module = module
        self.url = url
    }

    /// The specs that the spec of `target` may import: the specs of the modules that the target depends on.
    static func published(to target: any Target) -> [SpecFile] {
        published(by: target.recursiveTargetDependencies)
    }

    /// The specs of the modules of `targets`.
    static func published(by targets: [any Target]) -> [SpecFile] {
        var files: [SpecFile] = []
        for dependency in targets {
            guard let module = dependency.sourceModule, !files.contains(where: { $0.module == module.moduleName })
            else {
                continue
            }
            let folders = [module.directoryURL, root(above: module.directoryURL)]
            guard let url = folders.compactMap({ $0?.appending(path: name) }).first(where: exists) else { continue }
            files.append(SpecFile(module: module.moduleName, url: url))
        }
        return files
    }

    /// Returns the root folder of the package that contains `folder`; `nil` if there is none.
    private static func root(above folder: URL) -> URL? {
        var folder = folder
        while folder.path.count > 1 {
            folder.deleteLastPathComponent()
            if exists(folder.appending(path: "Package.swift")) { return folder }
        }
        return nil
    }

    private static func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }

    /// The arguments that tell the tool to import the spec.
    var importArguments: [String] { ["--import", "\(module)=\(url.path)"] }

    /// The spec and all other YAML files of its folder: the build generates the source again when one of them
    /// changes.
    var inputs: [URL] {
        get throws {
            let folder = url.deletingLastPathComponent()
            let others = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
                .filter { $0.pathExtension == "yaml" && $0.lastPathComponent != url.lastPathComponent }
                .sorted { $0.path < $1.path }
            return [url] + others
        }
    }
}

/// The error for a target without a spec.
struct MissingSpec: Error, CustomStringConvertible {
    let target: String
    let lookedAt: [String]

    var description: String {
        let nearMiss = lookedAt.map { $0.replacing(".yaml", with: ".yml") }
            .first { FileManager.default.fileExists(atPath: $0) }
        let advice = nearMiss.map { "rename \($0) to \(SpecFile.name)" }
        let places = "put one at \(lookedAt.joined(separator: " or at "))"
        return "target \(target) uses SwitchboardPlugin and has no spec: \(advice ?? places)"
    }
}
