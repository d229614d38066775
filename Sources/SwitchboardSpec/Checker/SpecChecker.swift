/// Finds what is wrong in a spec whose parts are right each on its own: names and numbers that clash, references to
/// nothing, layouts that cannot be, examples that do not hold.
struct SpecChecker {
    let spec: ProtocolSpec
    var diagnostics: Diagnostics

    /// The spec's own messages.
    let messages: [String: MessageSpec]
    /// The types of the spec and of those that it imports.
    let table: TypeTable
    /// The layouts of the types that no mistake was found in: there as soon as all types have been checked.
    var plan: LayoutPlan
    /// The frame that delimits a message: the spec's own frame, or the frame of the spec that it imports.
    let frame: FrameSpec?
    /// The error message, which reports faults: a message of the spec, or an imported message.
    let errorName: String?

    /// The names of messages and types that no example can be checked with.
    var unsound: Set<String>

    init(_ spec: ProtocolSpec, diagnostics: Diagnostics) {
        self.spec = spec
        self.diagnostics = diagnostics
        unsound = spec.incomplete
        messages = Dictionary(spec.messages.map { ($0.name.value, $0) }, uniquingKeysWith: { first, _ in first })
        let base = spec.imports.first?.spec
        table = TypeTable(spec.allTypes, base?.byteOrder ?? spec.byteOrder)
        plan = LayoutPlan(table, [])
        frame = spec.frame ?? base?.frame
        errorName = spec.errorMessage?.value ?? base?.errorMessage?.name.value
    }

    mutating func check() {
        checkImports()
        let isFrameSound = checkFrame()
        checkNames()
        checkReserved()
        checkNesting()
        for type in spec.types where !diagnostics.isFull { check(type) }
        plan = LayoutPlan(table, spec.allTypes.filter { isSound([$0.name.value]) })
        checkCodes()
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
        for message in spec.messages where !message.lacksCode {
            let (code, name) = (message.code, message.name.value)
            if let type = frame?.writtenCodeType, code.value > type.largest {
                let codes = "0 to \(type.largest) (\(type.largest.hexadecimal))"
                let text = "`code` is \(code.value), but `type` in `header` is a \(type.rawValue): use \(codes)"
                diagnostics.error(text, at: code.place)
                unsound.insert(name)
            }
            if let first = seen[code.value]?.first(where: { mustDiffer($0, message) }) {
                let isOther = first.sender != .both && message.sender != .both && first.sender != message.sender
                let advice =
                    isOther ? ", or set `codes: by-direction` in `frame` if each end numbers its own messages" : ""
                diagnostics.error(
                    "code \(code.value.hexadecimal) of `\(name)` is taken by `\(first.name.value)`: choose another\(advice)",
                    at: code.place,
                    first: first.code.place,
                    "`\(first.name.value)` has it here"
                )
            } else {
                seen[code.value, default: []].append(message)
            }
        }
    }

    /// Whether the codes of both messages must tell them apart: in most protocols, or because a peer may be sent both.
    func mustDiffer(_ left: MessageSpec, _ right: MessageSpec) -> Bool {
        if let frame, frame.codes == .unique, !frame.lacksCodes { return true }
        // What is not known may be what lets both be.
        if frame?.lacksCodes != false || left.lacksSender || right.lacksSender {
            return left.sender == right.sender && !left.lacksSender && !right.lacksSender
        }
        return left.sender == .both || right.sender == .both || left.sender == right.sender
    }

    /// Whether all that `message` is made of is right, so that bytes can be held against it.
    func isSound(_ message: MessageSpec) -> Bool {
        !unsound.contains(message.name.value) && isSound(message.fields.compactMap(\.type.value.namedType))
    }

    /// Whether the types called `names`, and all that they hold, are right.
    func isSound(_ names: [String]) -> Bool {
        var names = names
        var seen: Set<String> = []
        while let name = names.popLast() {
            guard seen.insert(name).inserted else { continue }
            if unsound.contains(name) { return false }
            names += table[name]?.fields.compactMap(\.type.value.namedType) ?? []
        }
        return true
    }

    private mutating func warnOfUnusedTypes() {
        guard !diagnostics.hasErrors else { return }
        let fields = spec.messages.flatMap(\.fields) + spec.types.flatMap(\.fields)
        var used = Set(fields.compactMap(\.type.value.namedType))
        used.formUnion(frame?.ownFields.compactMap(\.field.type.value.namedType) ?? [])
        for type in spec.types where !used.contains(type.name.value) {
            let message = "no field has the type `\(type.name.value)`: use it or remove it"
            diagnostics.warning(message, at: type.name.place)
        }
    }
}
