extension SpecParser {
    /// Reads `imports`: the names of modules whose specs this one builds on.
    mutating func imports(_ node: Node) -> [ImportedSpec] {
        var imports: [ImportedSpec] = []
        var seen: [String: Place] = [:]
        for item in list(node, "`imports`", limit: SpecLimits.imports, example: "[ NET001 ]") ?? []
        where !diagnostics.isFull {
            guard let module = identifier(item, "a module in `imports`") else { continue }
            if let first = seen[module.value] {
                let text = "`\(module.value)` is imported twice: remove one"
                diagnostics.error(text, at: module.place, first: first, "it is imported here first")
                continue
            }
            seen[module.value] = module.place
            do throws(SpecImporter.Problem) {
                imports.append(try importer.read(module))
            } catch {
                diagnostics.error(error.message, at: module.place)
                lacksImports = true
            }
        }
        return imports
    }

    /// Checks that there is a frame: of the spec itself, or of the one that it imports.
    mutating func checkBase(_ values: KeyedNodes, at place: Place) {
        // An empty list imports as much as none.
        guard let imports = values["imports"], !imports.isEmptyList else {
            if values["frame"] == nil, !values.hasUnknown {
                diagnostics.error("the spec needs `frame`: add it, or `imports` of a spec that has one", at: place)
            }
            return
        }
        for key in ["frame", "byte-order", "error", "wire-version"] {
            guard let node = values[key] else { continue }
            let text = "`\(key)` is that of the imported spec: remove it here"
            diagnostics.error(text, at: node.place, first: imports.place, "the import is here")
        }
    }
}

extension Node {
    /// Whether it is a list of nothing.
    fileprivate var isEmptyList: Bool {
        if case .list(let items) = content { items.isEmpty } else { false }
    }
}
