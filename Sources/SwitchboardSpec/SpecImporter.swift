/// Finds imported specs, by the names of the modules that contain the source generated from them.
package struct SpecImporter: Sendable {
    /// The reason why a spec cannot be imported.
    struct Problem: Error {
        let message: String
    }

    /// The file of a spec.
    package struct File: Sendable {
        /// The path of the file.
        package let path: String
        /// The content of the file.
        package let bytes: [UInt8]

        /// A file with the content `bytes`, for which diagnostics print `path`.
        package init(path: String, bytes: [UInt8]) {
            self.path = path
            self.bytes = bytes
        }
    }

    /// The names of the modules that have specs.
    private let modules: [String]
    private let file: @Sendable (String) -> File?
    /// The modules whose specs are being read; each spec imports the next one.
    private var chain: [String] = []

    /// An importer that finds no specs.
    package static let none = SpecImporter([]) { _ in nil }

    /// An importer for the specs of `modules`.
    ///
    /// - Parameters:
    ///   - modules: The names that may be imported.
    ///   - file: Reads the spec of a module; `nil` if it cannot be read.
    package init(_ modules: [String], _ file: @escaping @Sendable (String) -> File?) {
        self.modules = modules
        self.file = file
    }

    func read(_ module: Located<String>) throws(Problem) -> ImportedSpec {
        let name = module.value
        if chain.contains(name) {
            let cycle = (chain + [name]).map { "`\($0)`" }.joined(separator: " imports ")
            throw Problem(message: "`\(name)` cannot be imported, because it imports this spec itself: \(cycle)")
        }
        guard chain.count < SpecLimits.importDepth else {
            throw Problem(
                message: "`\(name)` is imported through more than \(SpecLimits.importDepth) specs: shorten the chain"
            )
        }
        guard modules.contains(name), let file = file(name) else { throw Problem(message: missing(name)) }
        var importer = self
        importer.chain.append(name)
        let outcome = SpecReader.read(file.bytes, importer: importer)
        guard let spec = outcome.spec else {
            let mistake = outcome.diagnostics.first { $0.severity == .error }
            let line = mistake?.lines(path: file.path).first ?? file.path
            throw Problem(message: "the spec of `\(name)` has errors; the first is: \(line)")
        }
        // A file at the root of a package may be the spec of any module of the package. It is the spec of the module
        // that has its name.
        guard [spec.name, spec.namespace].contains(name) || file.path.split(separator: "/").contains(Substring(name))
        else {
            throw Problem(
                message: "`\(name)` cannot be imported: the spec of its package, \(file.path), describes `\(spec.name)`"
            )
        }
        guard spec.swift.access != .internal else {
            let advice = "set `access: public` under `swift` in \(file.path)"
            throw Problem(message: "the Swift generated for `\(name)` is internal to its module: \(advice)")
        }
        return ImportedSpec(module: module, spec: spec, path: file.path)
    }

    private func missing(_ name: String) -> String {
        let problem = "`\(name)` cannot be imported"
        let option = "--import \(name)=SPEC"
        guard !modules.isEmpty else {
            return "\(problem): no module that this target depends on has a spec, and there is no \(option)"
        }
        let known = modules.sorted().map { "`\($0)`" }.joined(separator: ", ")
        let advice = nearMiss(of: name, among: modules).map { "did you mean `\($0)`?" }
        return "\(problem): no dependency of this target has that name and a spec, and there is no \(option); "
            + (advice ?? "these have: \(known)")
    }
}
