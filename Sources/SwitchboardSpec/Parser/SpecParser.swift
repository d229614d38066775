/// Makes a spec from a tree of nodes: it knows the meaning of each key.
///
/// ``SpecChecker`` then checks how the values fit together.
struct SpecParser {
    var diagnostics: Diagnostics

    /// Finds imported specs.
    let importer: SpecImporter

    /// The names of all types, including imported types and types with mistakes.
    var typeNames: [String] = []

    /// Whether an imported spec could not be read: it may define unknown names.
    var lacksImports = false

    /// The number types of enums and flags, by name.
    var numberTypes: [String: IntegerType] = [:]

    /// The names of the bits of flags, by the name of the flags.
    var flagBits: [String: Set<String>] = [:]

    /// The fields that the field that is being read may refer to.
    var scope = FieldScope()

    /// The frame: that of the spec itself, or that of the imported spec.
    var frame: FrameSpec?

    /// The frames of another form.
    var frames: [FrameSpec] = []

    /// The types of the spec and of all imported specs.
    var table = TypeTable([TypeSpec](), .big)

    /// The codes that are not one number, with the numbers that stand for them.
    var codeNumbers: [[Value]: UInt64] = [:]

    /// The names of messages and types with mistakes.
    var incomplete: Set<String> = []

    /// Names that Swift does not allow, which were reported.
    ///
    /// References to them are not reported again.
    var refusedNames: Set<String> = []

    init(diagnostics: Diagnostics, importer: SpecImporter) {
        self.diagnostics = diagnostics
        self.importer = importer
    }

    /// Returns the spec, as far as it can be read; `nil` if `root` is not a mapping.
    mutating func parse(_ root: Node) -> ProtocolSpec? {
        guard let values = keys(of: root, "the spec", at: root.place, .spec) else { return nil }
        var spec = ProtocolSpec()
        if let node = values["protocol"], let name = text(node, "`protocol`") {
            spec.name = Located(value: name, place: node.place)
        }
        spec.saysVersion = values["version"] != nil
        if let node = values["version"] { spec.version = unsigned(node, "`version`") }
        if let node = values["wire-version"] { spec.wireVersion = unsigned(node, "`wire-version`") }
        if let node = values["doc"] { spec.doc = text(node, "`doc`") }
        let order: ByteOrder? = values["byte-order"].flatMap { choice($0, "`byte-order`") }
        spec.byteOrder = order ?? .big
        if let node = values["error"] { spec.errorMessage = name(node, "`error`") }
        spec.saysHeartbeat = values["heartbeat"] != nil
        if let node = values["heartbeat"] { spec.heartbeat = name(node, "`heartbeat`") }
        if let node = values["trailing"] { spec.trailing = locatedChoice(node, "`trailing`") }
        if let node = values["reserved"] { spec.reserved = reserved(node) }
        if let node = values["swift"] { spec.swift = swift(node) }
        if let node = values["imports"] { spec.imports = imports(node) }
        typeNames = spec.allTypes.map(\.name.value)
        for type in spec.allTypes { note(type) }
        spec.types = types(values)
        if let node = values["frame"] { spec.frame = frame(node) }
        if let node = values["frames"] {
            frames = self.frames(node)
            spec.lacksFrames = frames.count < node.entryCount
        }
        checkBase(values, at: root.place)
        frame = spec.frame ?? spec.imports.first?.spec.frame
        table = TypeTable(spec.allTypes, spec.imports.first?.spec.byteOrder ?? spec.byteOrder)
        if let node = values["messages"] { spec.messages = messages(node) }
        spec.frames = frames
        let (messages, framing) = (spec.messages, spec.frame?.framing)
        let replies = Set(messages.compactMap(\.reply?.value))
        let offsetInMemory = spec.frame?.sizeBeforeCorrelation ?? 0
        spec.updateFrames { frame in
            let messages = messages.filter { $0.form == frame.key }
            frame.hasSiblings = !frames.isEmpty
            frame.framing = framing
            frame.hasChecksumSeeds = messages.contains { $0.checksumSeed != nil }
            frame.isOfReplies =
                frame.hasNoCode && messages.count > 1
                && messages.allSatisfy { $0.sender == .server && $0.hasNoCode && replies.contains($0.name.value) }
            if frame.name != nil { frame.offsetInMemory = offsetInMemory }
            if lacksCode(frame, messages) { frame.lacksParts = true }
        }
        spec.frame?.markDerived(by: spec.messages)
        spec.incomplete = incomplete.union(refusedNames)
        let isRead = [
            "byte-order": order != nil, "trailing": spec.trailing != nil, "version": spec.version != nil,
            "wire-version": spec.wireVersion != nil,
        ]
        spec.lacksLayout = isRead.contains { key, isRead in values[key] != nil && !isRead }
        spec.lacksImports = lacksImports
        return spec
    }

    /// Notes what fields of the type need to know of it.
    mutating func note(_ type: TypeSpec) {
        numberTypes[type.name.value] = type.numberType
        if case .flags(let flags) = type { flagBits[type.name.value] = Set(flags.bits.map(\.name.value)) }
    }

    private mutating func swift(_ node: Node) -> SwiftSettings {
        var settings = SwiftSettings()
        guard let values = keys(of: node, "`swift`", at: node.place, .swift) else { return settings }
        if let node = values["access"] { settings.access = choice(node, "`access`") ?? .internal }
        if let node = values["namespace"] { settings.namespace = identifier(node, "`namespace`") }
        if let node = values["imports"],
            let modules = list(node, "`imports`", limit: SpecLimits.imports, example: "[ Foundation ]")
        {
            for module in modules {
                if let name = identifier(module, "a module in `imports`") { settings.imports.append(name) }
            }
        }
        return settings
    }

    /// Reads `reserved`: numbers and names.
    mutating func reserved(_ node: Node) -> ReservedSpec {
        var reserved = ReservedSpec()
        for item in list(node, "`reserved`", limit: SpecLimits.reserved, example: "[ 0x05, Retired ]") ?? [] {
            var first: Place?
            if let scalar = item.scalar, scalar.isPlain, IntegerLiteral(scalar.text) != .invalid {
                guard let number = integer(item, "a number in `reserved`")?.value else { continue }
                first = reserved.numbers[number]
                reserved.numbers[number] = first ?? item.place
            } else {
                guard let name = identifier(item, "a name in `reserved`")?.value else { continue }
                first = reserved.names[name]
                reserved.names[name] = first ?? item.place
            }
            guard let first else { continue }
            let text = "`\(item.scalar?.text.visible ?? "")` is reserved twice: remove one"
            diagnostics.error(text, at: item.place, first: first, "it is reserved here first")
        }
        return reserved
    }
}

extension SpecParser {
    /// Reads `imports`: the names of modules whose specs to import.
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

    /// Checks that either the spec itself or an imported spec has a frame.
    mutating func checkBase(_ values: KeyedNodes, at place: Place) {
        // An empty list is the same as no `imports`.
        guard let imports = values["imports"], !imports.isEmptyList else {
            if values["frame"] == nil, !values.hasUnknown {
                diagnostics.error("the spec needs `frame`: add it, or `imports` of a spec that has one", at: place)
            }
            return
        }
        for key in ["frame", "frames", "byte-order", "error", "wire-version"] {
            guard let node = values[key] else { continue }
            let text = "`\(key)` comes from the imported spec: remove it here"
            diagnostics.error(text, at: node.place, first: imports.place, "the import is here")
        }
    }
}

extension Node {
    /// The number of keys, if the node is a mapping.
    fileprivate var entryCount: Int {
        if case .mapping(let entries) = content { entries.count } else { 0 }
    }

    /// Whether the node is an empty list.
    fileprivate var isEmptyList: Bool {
        if case .list(let items) = content { items.isEmpty } else { false }
    }
}
