/// Makes a spec of a tree of nodes: knows what each key means, and not how its value fits with those of others.
struct SpecParser {
    var diagnostics: Diagnostics

    /// The names under `enums`, also of enums that have mistakes.
    var enumNames: [String] = []

    /// The names of messages and enums that have mistakes.
    var incomplete: Set<String> = []

    init(diagnostics: Diagnostics) {
        self.diagnostics = diagnostics
    }

    /// The spec, as far as it can be read, or `nil` when `root` is no mapping.
    mutating func parse(_ root: Node) -> ProtocolSpec? {
        guard let values = keys(of: root, "the spec", at: root.place, .spec) else { return nil }
        var spec = ProtocolSpec()
        if let node = values["protocol"], let name = text(node, "`protocol`") {
            spec.name = Located(value: name, place: node.place)
        }
        spec.saysVersion = values["version"] != nil
        if let node = values["version"] { spec.version = unsigned(node, "`version`") }
        if let node = values["doc"] { spec.doc = text(node, "`doc`") }
        if let node = values["byte-order"] { spec.byteOrder = choice(node, "`byte-order`") ?? .big }
        if let node = values["error"] { spec.errorMessage = name(node, "`error`") }
        if let node = values["swift"] { spec.swift = swift(node) }
        if let node = values["frame"] { spec.frame = frame(node) }
        if let node = values["enums"] { spec.enums = enums(node) }
        if let node = values["messages"] { spec.messages = messages(node) }
        spec.incomplete = incomplete
        return spec
    }

    private mutating func swift(_ node: Node) -> SwiftSettings {
        var settings = SwiftSettings()
        guard let values = keys(of: node, "`swift`", at: node.place, .swift) else { return settings }
        if let node = values["access"] { settings.access = choice(node, "`access`") ?? .internal }
        if let node = values["namespace"] { settings.namespace = identifier(node, "`namespace`") }
        if let node = values["imports"], let modules = list(node, "`imports`", limit: SpecLimits.imports) {
            for module in modules {
                if let name = identifier(module, "a module in `imports`") { settings.imports.append(name) }
            }
        }
        return settings
    }
}
