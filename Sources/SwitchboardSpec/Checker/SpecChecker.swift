/// Checks how the parts of a spec fit together, after the parser has checked each part.
///
/// It finds names and numbers that clash, references to missing names, impossible layouts and wrong examples.
struct SpecChecker {
    let spec: ProtocolSpec
    var diagnostics: Diagnostics

    /// The messages of the spec, without imported messages.
    let messages: [String: MessageSpec]
    /// The types of the spec and of all imported specs.
    let table: TypeTable
    /// The layouts of the types without mistakes; empty until all types are checked.
    var plan: LayoutPlan
    /// The layout of a frame: that of the spec itself, or that of the imported spec.
    let frame: FrameSpec?
    /// The name of the error message, which may be imported.
    let errorName: String?

    /// The types that generated source uses, which would be hidden by others of the same name.
    let usedTypes: Set<String>

    /// The messages and types with mistakes: no example with one of them is checked.
    var soundness: Soundness

    init(_ spec: ProtocolSpec, diagnostics: Diagnostics) {
        self.spec = spec
        self.diagnostics = diagnostics
        soundness = Soundness(spec.allTypes, mistaken: spec.incomplete)
        messages = Dictionary(spec.messages.map { ($0.name.value, $0) }, uniquingKeysWith: { first, _ in first })
        let base = spec.imports.first?.spec
        table = TypeTable(spec.allTypes, base?.byteOrder ?? spec.byteOrder)
        plan = LayoutPlan(table, [])
        frame = spec.frame ?? base?.frame
        let fields = [spec.messages.map(\.fields), spec.types.map(\.fields)].joined().joined()
        let usesNotations = fields.contains { if case .notated = $0.type.value.innermost { true } else { false } }
        usedTypes = GeneratedNames.usedTypes.union(usesNotations ? [GeneratedNames.wire] : [])
        errorName = spec.errorMessage?.value ?? base?.errorMessage?.name.value
    }

    mutating func check() {
        checkImports()
        let isFrameSound = checkFrame()
        checkNames()
        checkReserved()
        checkNesting()
        for type in spec.types where !diagnostics.isFull { check(type) }
        plan = LayoutPlan(table, spec.allTypes.filter { soundness.isSound($0.name.value) })
        checkCodes()
        checkStages()
        for message in spec.messages where !diagnostics.isFull {
            checkLayout(of: message)
            checkReply(of: message)
            checkRequirement(of: message)
            checkVersions(of: message)
        }
        checkErrorMessage()
        checkHeartbeat()
        if isFrameSound, !spec.lacksImports, !spec.lacksLayout {
            for message in spec.messages where isSound(message) {
                checkExamples(of: message)
                checkMalformed(of: message)
            }
        }
        warnOfUnusedTypes()
        warnOfClosedLayouts()
    }

    private mutating func checkCodes() {
        var seen: [UInt64: [MessageSpec]] = [:]
        for message in spec.messages where !message.lacksCode && !message.codeValues.isEmpty {
            let (code, name) = (message.code, message.name.value)
            if let type = frame(of: message)?.codeType, code.value > type.largest {
                let codes = "0 to \(type.largest) (\(type.largest.hexadecimal))"
                let text = "`code` is \(code.value), but `type` in `header` is a \(type.rawValue): use \(codes)"
                diagnostics.error(text, at: code.place)
                soundness.insert(name)
            }
            if let first = seen[code.value]?.first(where: { mustDiffer($0, message) }) {
                let isOther = !first.sender.includes(message.sender)
                let place = frame(of: message)?.name.map { "`\($0.value)` under `frames`" } ?? "`frame`"
                let advice =
                    isOther ? ", or set `codes: by-direction` in \(place) if each end numbers its own messages" : ""
                diagnostics.error(
                    "code \(message.codeText) of `\(name)` is taken by `\(first.name.value)`: choose another\(advice)",
                    at: code.place,
                    first: first.code.place,
                    "`\(first.name.value)` has it here"
                )
            } else {
                seen[code.value, default: []].append(message)
            }
            checkCodeConditions(of: message)
        }
    }

    /// Returns whether both messages must have different codes: because all codes are unique, or because one end may
    /// send both.
    func mustDiffer(_ left: MessageSpec, _ right: MessageSpec) -> Bool {
        guard left.form == right.form else { return false }
        let frame = frame(of: left)
        if let frame, frame.codes == .unique, !frame.lacksCodes { return true }
        // Report only clear mistakes if `codes` or a sender could not be read.
        if frame?.lacksCodes != false || left.lacksSender || right.lacksSender {
            return left.sender == right.sender && !left.lacksSender && !right.lacksSender
        }
        return left.sender.includes(right.sender)
    }

    /// Returns the frame that `message` is sent in; `nil` if it is unknown.
    func frame(of message: MessageSpec) -> FrameSpec? {
        message.frame == nil ? frame : message.frame(among: spec.frames)
    }

    /// Returns whether `message` and its types have no mistakes, so that its examples can be checked.
    func isSound(_ message: MessageSpec) -> Bool {
        !soundness.isMistaken(message.name.value) && message.fields.allSatisfy(isSound)
    }

    /// Returns whether the type of `field`, and all types nested in it, have no mistakes.
    func isSound(_ field: FieldSpec) -> Bool { field.type.value.namedType.map(soundness.isSound) ?? true }

    private mutating func warnOfUnusedTypes() {
        guard !diagnostics.hasErrors else { return }
        let fields = spec.messages.flatMap(\.fields) + spec.types.flatMap(\.fields)
        var used = Set(fields.compactMap(\.type.value.namedType))
        for frame in spec.frames + [frame].compactMap(\.self) {
            used.formUnion(frame.itemsInParts.compactMap(\.item.value.field.type.value.namedType))
        }
        for type in spec.types where !used.contains(type.name.value) {
            let message = "no field has the type `\(type.name.value)`: use it or remove it"
            diagnostics.warning(message, at: type.name.place)
        }
    }
}
