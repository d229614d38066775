/// What becomes of bytes behind the last field of a payload.
package enum TrailingBytes: String, CaseIterable, Sendable {
    /// The payload is malformed.
    case reject
    /// They are skipped: a newer peer sends fields that this one does not know.
    case ignore
}

/// What a spec says, as far as it could be read.
package struct ProtocolSpec: Sendable {
    /// `protocol`: its name.
    package var name = Located(value: "", place: .start)
    /// `version`.
    package var version: Located<UInt64>?
    /// Whether the spec has the key `version`, even if its value is wrong.
    var saysVersion = false
    /// `doc`: what it is for.
    package var doc: String?
    /// `byte-order`: of every number that does not say its own.
    package var byteOrder = ByteOrder.big
    /// `error`: the name of the message that answers faults.
    package var errorMessage: Located<String>?
    /// `heartbeat`: the name of the request that an idle client sends, or `none`.
    package var heartbeat: Located<String>?
    /// Whether the spec has the key `heartbeat`, even if its value is wrong.
    var saysHeartbeat = false
    /// `swift`: how the generated source looks from outside.
    package var swift = SwiftSettings()
    /// `frame`: how a message is delimited, or `nil` when that could not be read.
    package var frame: FrameSpec?
    /// `messages`, as they stand in the file.
    package var messages: [MessageSpec] = []
    /// `enums`, `flags`, `structs` and `unions`, in this order, each as they stand in the file.
    package var types: [TypeSpec] = []
    /// `imports`: the specs that this one builds on, in order.
    package var imports: [ImportedSpec] = []
    /// `trailing`: what becomes of bytes behind the last field, where a message does not say it.
    package var trailing: Located<TrailingBytes>?
    /// `wire-version`: the number in the header, where it is not that of the spec.
    package var wireVersion: Located<UInt64>?
    /// `reserved`: codes and names that may not come back.
    package var reserved = ReservedSpec()

    /// Whether something could not be read that the bytes of every message depend on: no example can be checked.
    var lacksLayout = false

    /// Whether a spec could not be imported: what is not known may be in it.
    var lacksImports = false

    /// The names of messages and types with mistakes, which are left out above or lack a part.
    ///
    /// What depends on them is not checked, so that one mistake is reported once.
    var incomplete: Set<String> = []
}

/// `swift`: how the generated source looks from outside.
package struct SwiftSettings: Sendable {
    /// Who may use what is generated.
    package enum Access: String, CaseIterable, Sendable {
        /// Everybody.
        case `public`
        /// The targets of the same package.
        case package
        /// The same module.
        case `internal`
    }

    /// `access`.
    package var access = Access.internal
    /// `imports`: modules to import beside the runtime.
    package var imports: [Located<String>] = []
    /// `namespace`: the enum that everything is generated in, where it is not called like the protocol.
    package var namespace: Located<String>?
}

/// `reserved`: numbers and names that were used once, and may not come back with another meaning.
package struct ReservedSpec: Sendable {
    /// The numbers, and where each was written.
    package var numbers: [SpecInteger: Place] = [:]
    /// The names, and where each was written.
    package var names: [String: Place] = [:]
}

/// A spec that another one builds on, and the module that has what was generated from it.
package struct ImportedSpec: Sendable {
    /// The module's name, as written under `imports`.
    package let module: Located<String>
    /// What is in it.
    package let spec: CheckedSpec
    /// The path of its file, for diagnostics.
    package let path: String
}

/// A message of the protocol.
package struct MessageSpec: Sendable {
    /// Its name.
    package let name: Located<String>
    /// `code`: its number in the frame.
    package let code: Located<UInt64>
    /// Whether the code could not be read, and only something in its place is there; the spec has a mistake then.
    var lacksCode = false
    /// `from`.
    package let sender: Sender
    /// Whether the sender could not be read, and only something in its place is there; the spec has a mistake then.
    var lacksSender = false
    /// `doc`: what it is for.
    package var doc: String?
    /// `reply`: the name of the message that answers it.
    package var reply: Located<String>?
    /// `requires`: what a peer must have done before; `nil` to leave that to the server.
    package var requirement: Located<Requirement>?
    /// `max-payload`: the largest payload it may have, in bytes.
    package var maximumPayload: Located<UInt64>?
    /// `deprecated`: why it should not be used any more.
    package var deprecated: String?
    /// `fields`, in wire order.
    package var fields: [FieldSpec] = []
    /// `trailing`: what becomes of bytes behind the last field; `nil` to leave that to the spec.
    package var trailing: Located<TrailingBytes>?
    /// `since`: the version of the spec that brought it.
    package var since: Located<UInt64>?
    /// `examples`: bytes, and what they mean.
    package var examples: [ExampleSpec] = []
    /// `malformed`: bytes that must be refused.
    package var malformed: [MalformedSpec] = []
}

/// `examples`: bytes, and what they mean.
package struct ExampleSpec: Sendable {
    /// `frame` or `payload`: the bytes.
    package let bytes: Located<[UInt8]>
    /// Whether the bytes are a payload, without a frame around it.
    package let isPayload: Bool
    /// `header`: the values of the header's own fields.
    package let header: [Literal.Entry]
    /// `fields`: the values of the message's fields.
    package let fields: [Literal.Entry]
}

/// `malformed`: bytes that must be refused.
package struct MalformedSpec: Sendable {
    /// `frame` or `payload`: the bytes.
    package let bytes: Located<[UInt8]>
    /// Whether the bytes are a payload, without a frame around it.
    package let isPayload: Bool
    /// `doc`: why they are refused.
    package let doc: String?
}

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

    /// The request that an idle client sends, and the values of its fields; `nil` when the spec names no request.
    ///
    /// The request is a message of this spec or an imported message.
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

    /// The layout of `message`, which is a message of this spec or an imported message.
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
