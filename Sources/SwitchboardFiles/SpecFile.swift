package import SwitchboardSpec

/// The file of a spec, and the files of the specs that it may import.
package struct SpecFile: Sendable {
    /// The path of the spec.
    package let path: String
    /// The paths of other specs, by the names of the modules that have their generated source.
    private let imports: [String: String]
    /// The git revision that has the files; `nil` for the files as they are.
    private let revision: GitRevision?

    /// The spec at `path`, which may import the specs in `imports`: paths by names of modules.
    ///
    /// With `revision`, the content is that of the revision. An imported file that the revision does not have is read as it is.
    package init(_ path: String, imports: [String: String] = [:], revision: GitRevision? = nil) {
        self.path = path
        self.imports = imports
        self.revision = revision
    }

    /// The name of the file, without folders.
    package var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// The paths of all files that a command reads for this spec.
    package var paths: [String] { [path] + imports.values.sorted() }

    /// Reads and checks the spec.
    ///
    /// - Returns: The spec, `nil` if it has errors; and the lines to print for errors and warnings, which begin with the path.
    /// - Throws: A ``FileError`` when the file at ``path``, or one that it may import, cannot be read.
    package func read() throws(FileError) -> (spec: CheckedSpec?, lines: [String]) {
        let limit = SpecLimits.fileBytes + 1
        let file: [UInt8]
        if let revision {
            file = try revision.read(path, atMost: limit)
        } else {
            file = try File.read(path, atMost: limit)
            for path in imports.values.sorted() { _ = try File.read(path, atMost: 1) }
        }
        let outcome = SpecReader.read(file, importer: importer)
        let name = revision?.name(of: path) ?? path
        return (outcome.spec, outcome.diagnostics.flatMap { $0.lines(path: name) })
    }

    private var importer: SpecImporter {
        SpecImporter(Array(imports.keys)) { [imports, revision] module in
            guard let path = imports[module] else { return nil }
            let limit = SpecLimits.fileBytes + 1
            if let revision, let bytes = try? revision.read(path, atMost: limit) {
                return SpecImporter.File(path: revision.name(of: path), bytes: bytes)
            }
            let bytes = try? File.read(path, atMost: limit)
            return bytes.map { SpecImporter.File(path: path, bytes: $0) }
        }
    }
}
