/// Reads specs: from the bytes of a file to a checked spec, or to all its mistakes.
package enum SpecReader {
    /// The result of reading a file.
    package struct Outcome: Sendable {
        /// The spec; `nil` if it has errors.
        package let spec: CheckedSpec?
        /// The errors and warnings, in the order of their places.
        package let diagnostics: [Diagnostic]
    }

    /// Reads a spec from any bytes.
    package static func read(_ file: [UInt8], importer: SpecImporter = .none) -> Outcome {
        var diagnostics = Diagnostics()
        do throws(YAMLError) {
            let root = try tree(of: file)
            var parser = SpecParser(diagnostics: diagnostics, importer: importer)
            let spec = parser.parse(root)
            diagnostics = parser.diagnostics
            if let spec {
                var checker = SpecChecker(spec, diagnostics: diagnostics)
                checker.check()
                diagnostics = checker.diagnostics
                return Outcome(
                    spec: diagnostics.hasErrors ? nil : CheckedSpec(spec),
                    diagnostics: diagnostics.sorted
                )
            }
        } catch {
            diagnostics.error(error.message, at: error.place)
        }
        return Outcome(spec: nil, diagnostics: diagnostics.sorted)
    }

    /// Returns the tree of a file.
    ///
    /// - Throws: A `YAMLError` with the place of the mistake.
    static func tree(of file: [UInt8]) throws(YAMLError) -> Node {
        guard let root = try YAMLReader.read(file, within: SpecLimits.file) else {
            throw YAMLError(message: "the file is empty: begin with `protocol: NAME`", place: .start)
        }
        return root
    }
}
