extension SpecChecker {
    /// Checks that the imported specs go together, and that nothing of theirs is taken.
    mutating func checkImports() {
        guard let first = spec.imports.first else { return }
        for other in spec.imports.dropFirst() where base(of: other) != base(of: first) {
            let text = "`\(other.module.value)` has another frame than `\(first.module.value)`: import one of them"
            let note = "`\(first.module.value)` is imported here"
            diagnostics.error(text, at: other.module.place, first: first.module.place, note)
        }
        checkImportedNames()
        checkImportedCodes()
    }

    private func base(of imported: ImportedSpec) -> String { imported.spec.base?.name ?? imported.spec.name }

    private mutating func checkImportedNames() {
        var taken: [String: (owner: ImportedSpec, place: Place)] = [:]
        for imported in spec.allImports {
            for name in imported.spec.messages.map(\.name) + imported.spec.types.map(\.name) {
                if let first = taken[name.value] {
                    let modules = "`\(first.owner.module.value)` and `\(imported.module.value)`"
                    diagnostics.error("\(modules) both have `\(name.value)`: import one of them", at: importPlace)
                }
                taken[name.value] = (imported, name.place)
            }
        }
        for name in spec.messages.map(\.name) + spec.types.map(\.name) {
            guard let first = taken[name.value] else { continue }
            diagnostics.error(
                "`\(first.owner.module.value)` already has `\(name.value)`: rename this one",
                at: name.place,
                notes: [Diagnostic.Note(message: "it is here", place: first.place, path: first.owner.path)]
            )
        }
    }

    private mutating func checkImportedCodes() {
        let taken = spec.allImports.flatMap { imported in imported.spec.messages.map { (imported, $0) } }
        for message in spec.messages where !message.lacksCode {
            let first = taken.first { $0.1.code.value == message.code.value && mustDiffer($0.1, message) }
            guard let (owner, first) = first else { continue }
            let name = "`\(first.name.value)` of `\(owner.module.value)`"
            diagnostics.error(
                "code \(message.code.value.hexadecimal) of `\(message.name.value)` is taken by \(name): choose another",
                at: message.code.place,
                notes: [Diagnostic.Note(message: "it is given here", place: first.code.place, path: owner.path)]
            )
        }
    }

    private var importPlace: Place { spec.imports.first?.module.place ?? .start }
}
