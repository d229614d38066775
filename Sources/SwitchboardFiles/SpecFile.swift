package import SwitchboardSpec

/// The file of a spec, and the files of the specs that it may import.
package struct SpecFile: Sendable {
    /// The path of the spec.
    package let path: String
    /// The paths of other specs, by the names of the modules that have their generated source.
    private let imports: [String: String]

    /// The spec at `path`, which may import the specs in `imports`: paths by names of modules.
    package init(_ path: String, imports: [String: String] = [:]) {
        self.path = path
        self.imports = imports
    }

    /// The name of the file, without folders.
    package var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// The paths of all files that a command reads for this spec.
    package var paths: [String] { [path] + imports.values.sorted() }

    /// Reads and checks the spec.
    ///
    /// - Returns: The spec, `nil` if it has errors; and the lines to print for errors and warnings, which begin with the path.
    /// - Throws: A ``FileError`` when the file at ``path`` cannot be read.
    package func read() throws(FileError) -> (spec: CheckedSpec?, lines: [String]) {
        let file = try File.read(path, atMost: SpecLimits.fileBytes + 1)
        let outcome = SpecReader.read(file, importer: importer)
        return (outcome.spec, outcome.diagnostics.flatMap { $0.lines(path: path) })
    }

    private var importer: SpecImporter {
        SpecImporter(Array(imports.keys)) { [imports] module in
            guard let path = imports[module] else { return nil }
            let bytes = try? File.read(path, atMost: SpecLimits.fileBytes + 1)
            return bytes.map { SpecImporter.File(path: path, bytes: $0) }
        }
    }
}
