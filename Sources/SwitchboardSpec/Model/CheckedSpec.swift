/// A spec without mistakes: the only thing that source is generated from.
package struct CheckedSpec: Sendable {
    private let spec: ProtocolSpec

    /// How a message is delimited.
    package let frame: FrameSpec

    /// The layouts of the types of the spec and of those that it imports.
    package let plan: LayoutPlan

    /// The layouts of the messages, by their names.
    private let layouts: [String: Layout]

    /// The message that answers faults, if there is one; it may be an imported one.
    package let errorMessage: MessageSpec?

    /// The request that a client sends when it has nothing else to say, be it a message of the spec's own or an imported
    /// one, and the values of its fields; `nil` when the spec names none.
    package let heartbeat: (message: MessageSpec, values: [Value])?

    /// Where each imported name comes from: the enum that its source is generated in.
    private let namespaces: [String: String]

    /// The spec, which the checker has found no mistake in; `nil` when it lacks its frame.
    init?(_ spec: ProtocolSpec) {
        guard let frame = spec.frame ?? spec.imports.first?.spec.frame else { return nil }
        self.spec = spec
        self.frame = frame
        let table = TypeTable(spec.allTypes, spec.imports.first?.spec.byteOrder ?? spec.byteOrder)
        let plan = LayoutPlan(table, spec.allTypes)
        self.plan = plan
        layouts = Dictionary(
            spec.allMessages.map { ($0.name.value, plan.layout(of: $0.fields)) },
            uniquingKeysWith: { first, _ in first }
        )
        let errorName = spec.errorMessage?.value ?? spec.imports.first?.spec.errorMessage?.name.value
        errorMessage = spec.allMessages.first { $0.name.value == errorName }
        heartbeat = spec.allMessages.first { $0.name.value == spec.heartbeat?.value }.flatMap { message in
            (try? ZeroValues.values(of: plan.layout(of: message.fields), plan)).map { (message, $0) }
        }
        var namespaces: [String: String] = [:]
        for imported in spec.allImports {
            for name in imported.spec.names { namespaces[name.value] = imported.spec.namespace }
        }
        self.namespaces = namespaces
    }

    /// The protocol's name.
    package var name: String { spec.name.value }
    /// The protocol's version, or `nil` when it has none.
    package var version: UInt64? { spec.version?.value }
    /// The number in the header, or `nil` when the spec has no version; that of the spec whose frame is used.
    package var wireVersion: UInt64? {
        spec.frame == nil ? spec.imports.first?.spec.wireVersion : spec.wireVersion?.value ?? spec.version?.value
    }
    /// What the protocol is for.
    package var doc: String? { spec.doc }
    /// How the generated source looks from outside.
    package var swift: SwiftSettings { spec.swift }
    /// The enum that everything is generated in.
    package var namespace: String { spec.namespace.value }
    /// The same, and where it is written.
    var locatedNamespace: Located<String> { spec.namespace }
    /// The codes and names that may not come back.
    var reserved: ReservedSpec { spec.reserved }
    /// The names of its messages and types.
    var names: [Located<String>] { spec.names }
    /// The byte order of the frame, and of every number that does not say its own.
    package var byteOrder: ByteOrder { plan.byteOrder }
    /// The messages, as they stand in the file.
    package var messages: [MessageSpec] { spec.messages }
    /// The enums, flags, structs and unions, each as they stand in the file.
    package var types: [TypeSpec] { spec.types }
    /// The specs that this one names under `imports`.
    package var imports: [ImportedSpec] { spec.imports }
    /// The spec that this one has its frame from, if it has none of its own.
    package var base: CheckedSpec? { spec.frame == nil ? spec.imports.first.map { $0.spec.base ?? $0.spec } : nil }
    /// Every spec that this one builds on, each once.
    package var allImports: [ImportedSpec] { spec.allImports }
    /// The messages of the spec and of those that it imports.
    package var allMessages: [MessageSpec] { spec.allMessages }

    /// Whether the spec says what its heartbeat is, or that it has none.
    package var saysHeartbeat: Bool { spec.saysHeartbeat }
    /// The spec whose heartbeat this one has when it says nothing of it: the first of its imports that has one.
    package var inheritedHeartbeat: CheckedSpec? { spec.inheritedHeartbeat }

    /// The type called `name`.
    package func type(_ name: String) -> TypeSpec? { plan.table[name] }

    /// The layout of `message`, be it the spec's own or an imported one.
    package func layout(of message: MessageSpec) -> Layout {
        layouts[message.name.value] ?? plan.layout(of: message.fields)
    }

    /// What becomes of bytes behind the last field of `message`.
    package func trailing(of message: MessageSpec) -> TrailingBytes {
        message.trailing?.value ?? spec.trailing?.value ?? .reject
    }

    /// The enum that the source of the message or type `name` is generated in, if that is an imported one.
    package func importedNamespace(of name: String) -> String? { namespaces[name] }

    /// Whether a handler may be registered for `message`: clients send it, and it is not the one that answers faults.
    package func isHandled(_ message: MessageSpec) -> Bool {
        message.sender != .server && message.name.value != errorMessage?.name.value
    }
}

extension ProtocolSpec {
    /// The first of the imported specs that has a heartbeat.
    var inheritedHeartbeat: CheckedSpec? {
        imports.lazy.map(\.spec).first { $0.heartbeat != nil || !$0.saysHeartbeat && $0.inheritedHeartbeat != nil }
    }

    /// The enum that everything is generated in.
    var namespace: Located<String> { swift.namespace ?? name }

    /// The names of its messages and types.
    var names: [Located<String>] { messages.map(\.name) + types.map(\.name) }

    /// Every spec that this one builds on, each once, those that others build on first.
    var allImports: [ImportedSpec] {
        var seen: Set<String> = []
        return imports.flatMap { $0.spec.allImports + [$0] }.filter { seen.insert($0.module.value).inserted }
    }

    /// The types of the spec, then those of the specs that it builds on.
    var allTypes: [TypeSpec] { types + allImports.flatMap(\.spec.types) }

    /// The messages of the spec, then those of the specs that it builds on.
    var allMessages: [MessageSpec] { messages + allImports.flatMap(\.spec.messages) }
}
