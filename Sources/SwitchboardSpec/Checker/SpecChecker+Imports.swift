extension SpecChecker {
    /// Checks that the imported specs fit together, and that their names and codes are not used
    /// twice.
    mutating func checkImports() {
        guard let first = spec.imports.first else { return }
        for other in spec.imports.dropFirst() where base(of: other) != base(of: first) {
            let text = "`\(other.module.value)` has a different frame from `\(first.module.value)`: import one of them"
            let note = "`\(first.module.value)` is imported here"
            diagnostics.error(text, at: other.module.place, first: first.module.place, note)
        }
        checkImportedNamespaces()
        checkImportedNames()
        checkImportedCodes()
    }

    private func base(of imported: ImportedSpec) -> String { imported.spec.base?.name ?? imported.spec.name }

    /// Checks that no declaration hides the namespace of an imported spec in Swift.
    private mutating func checkImportedNamespaces() {
        var taken: [String: ImportedSpec] = [:]
        for imported in spec.allImports {
            let name = imported.spec.namespace
            if let first = taken[name] {
                let text =
                    "`\(first.module.value)` and `\(imported.module.value)` both generate the namespace `\(name)`"
                let notes = [first, imported].map { note(ofNamespaceOf: $0) }
                diagnostics.error("\(text): import one of them", at: importPlace, notes: notes)
            }
            taken[name] = imported
        }
        if let first = taken[spec.namespace.value] {
            let name =
                "`\(spec.namespace.value)` is the namespace generated for the imported `\(first.module.value)`"
            let advice = "rename this protocol, or add `swift: { namespace: NAME }`"
            diagnostics.error("\(name): \(advice)", at: spec.namespace.place, notes: [note(ofNamespaceOf: first)])
        }
        for name in spec.names {
            guard let first = taken[name.value] else { continue }
            let text =
                "`\(name.value)` is the namespace generated for the imported `\(first.module.value)`: rename this one"
            diagnostics.error(text, at: name.place, notes: [note(ofNamespaceOf: first)])
        }
    }

    private func note(ofNamespaceOf imported: ImportedSpec) -> Diagnostic.Note {
        let place = imported.spec.locatedNamespace.place
        return Diagnostic.Note(message: "the namespace is defined here", place: place, path: imported.path)
    }

    private mutating func checkImportedNames() {
        var taken: [String: (owner: ImportedSpec, place: Place)] = [:]
        for imported in spec.allImports {
            for name in imported.spec.names {
                if let first = taken[name.value] {
                    let modules = "`\(first.owner.module.value)` and `\(imported.module.value)`"
                    diagnostics.error("\(modules) both have `\(name.value)`: import one of them", at: importPlace)
                }
                taken[name.value] = (imported, name.place)
            }
        }
        for name in spec.names {
            guard let first = taken[name.value] else { continue }
            diagnostics.error(
                "`\(first.owner.module.value)` already has `\(name.value)`: rename this one",
                at: name.place,
                notes: [
                    Diagnostic.Note(
                        message: "`\(name.value)` is defined here",
                        place: first.place,
                        path: first.owner.path
                    )
                ]
            )
        }
    }

    private mutating func checkImportedCodes() {
        if let frame, spec.frame == nil, !frame.hasPlainCodes || !frame.delimitsPayload,
            let message = spec.messages.first
        {
            let module = "`\(spec.imports[0].module.value)`"
            var problem = "the frames of \(module) have \(frame.hasSiblings ? "several forms" : "no `length`")"
            var reason = "only its own messages are found in a stream"
            if !frame.hasPlainCodes, !frame.hasSiblings {
                problem = "the codes of \(module) are no numbers of at most 16 bits"
                reason = "its messages are numbered together"
            }
            let advice = "add `\(message.name.value)` there, because \(reason)"
            diagnostics.error("\(problem): \(advice)", at: message.name.place)
            return
        }
        let taken = spec.allImports.flatMap { imported in imported.spec.messages.map { (imported, $0) } }
        for message in spec.messages where !message.lacksCode {
            let first = taken.first { $0.1.code.value == message.code.value && mustDiffer($0.1, message) }
            guard let (owner, first) = first else { continue }
            let name = "`\(first.name.value)` of `\(owner.module.value)`"
            diagnostics.error(
                "code \(message.codeText) of `\(message.name.value)` is taken by \(name): choose another",
                at: message.code.place,
                notes: [
                    Diagnostic.Note(
                        message: "the code of `\(first.name.value)` is defined here",
                        place: first.code.place,
                        path: owner.path
                    )
                ]
            )
        }
    }

    private var importPlace: Place { spec.imports.first?.module.place ?? .start }

    /// Returns a note with the place of the message or type `name`, in this spec or in an imported
    /// spec.
    func note(of name: Located<String>) -> Diagnostic.Note {
        let isOwn = spec.names.contains { $0.value == name.value }
        let owner = isOwn ? nil : spec.allImports.first { $0.spec.names.contains { $0.value == name.value } }
        return Diagnostic.Note(message: "`\(name.value)` is here", place: name.place, path: owner?.path)
    }
}
