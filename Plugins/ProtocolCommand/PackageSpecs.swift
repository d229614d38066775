import Foundation
import PackagePlugin

/// The specs of a package.
struct PackageSpecs {
    private let context: PluginContext
    /// The names of the targets that the user chose; all targets that use the build-tool plugin if it is empty.
    private let names: [String]

    init(_ context: PluginContext, _ names: [String]) {
        self.context = context
        self.names = names
    }

    /// Returns the spec of each target.
    ///
    /// A package whose targets do not use the build-tool plugin has the spec in its folder.
    func all() throws -> [PackageSpec] {
        let package = context.package
        // The manifest is not needed for targets that the package manager knows.
        if !names.isEmpty, let targets = try? package.targets(named: names) { return try targets.map(spec) }
        let manifest = try Manifest(context)
        let chosen = names.isEmpty ? manifest.targets.filter(\.usesSwitchboard).map(\.name) : names
        let specs = try chosen.map { name in
            if let target = package.targets.first(where: { $0.name == name }) { return try spec(of: target) }
            guard let target = manifest.targets.first(where: { $0.name == name }) else {
                throw Failure("the package has no target \(name)")
            }
            return try spec(of: target)
        }
        guard specs.isEmpty else { return specs }
        guard let file = SpecFile(of: package) else {
            throw Failure(
                "no target of the package uses SwitchboardPlugin, and the package has no \(SpecFile.name): add the plugin to the "
                    + "target's `plugins`"
            )
        }
        return [PackageSpec(name: package.displayName, file: file, imports: allModules, hasModule: false)]
    }

    /// Returns the only spec.
    ///
    /// - Throws: A `Failure` when there are several, which names the targets to choose from.
    func only(for verb: String) throws -> PackageSpec {
        let specs = try all()
        let files = Set(specs.map(\.file.url.path))
        guard files.count > 1 else { return specs[0] }
        let options = specs.map { "--target \($0.name)" }.joined(separator: ", ")
        throw Failure("\(verb) is for one spec, and there are \(files.count): choose one with \(options)")
    }

    private func spec(of target: any Target) throws -> PackageSpec {
        let file = try SpecFile(of: target, in: context.package)
        return PackageSpec(name: target.name, file: file, imports: SpecFile.published(to: target))
    }

    /// Returns the spec of a target that the package manager ignores, because it has no source.
    private func spec(of target: Manifest.Target) throws -> PackageSpec {
        let root = context.package.directoryURL
        let folders = target.folders.map { root.appending(path: $0) }
        let file = try SpecFile(ofTarget: target.name, in: folders + [root])
        return PackageSpec(name: target.name, file: file, imports: allModules, hasModule: false)
    }

    /// The specs of all modules that the package has or depends on: those that a spec without a module may import.
    private var allModules: [SpecFile] {
        let package = context.package
        let targets = package.targets + package.dependencies.flatMap(\.package.targets)
        return SpecFile.published(by: targets.flatMap { [$0] + $0.recursiveTargetDependencies })
    }
}

/// The spec of a target or of a package.
struct PackageSpec {
    /// The name of the target, or that of the package.
    let name: String
    let file: SpecFile
    /// The specs that it may import.
    let imports: [SpecFile]
    /// Whether the build generates a module from the spec.
    var hasModule = true

    /// The path of the file: from the folder where the user is, if the file is in it.
    var path: String {
        let here = FileManager.default.currentDirectoryPath + "/"
        let path = file.url.path
        return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
    }

    /// Returns the name of the module that a test suite imports.
    func moduleForTests() throws -> String {
        guard hasModule else {
            throw Failure(
                "tests needs a module, and the build generates none from \(path): use SwitchboardPlugin in a target with a Swift file"
            )
        }
        return file.module
    }
}
