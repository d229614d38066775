/// Finds what is wrong in a spec whose parts are right each on its own: names and numbers that clash, references to
/// nothing, layouts that cannot be, examples that do not hold.
struct SpecChecker {
    let spec: ProtocolSpec
    var diagnostics: Diagnostics

    let messages: [String: MessageSpec]
    let enums: [String: EnumSpec]

    /// The names of messages and enums that no example can be checked with.
    var unsound: Set<String>

    init(_ spec: ProtocolSpec, diagnostics: Diagnostics) {
        self.spec = spec
        self.diagnostics = diagnostics
        unsound = spec.incomplete
        messages = Dictionary(spec.messages.map { ($0.name.value, $0) }, uniquingKeysWith: { first, _ in first })
        enums = Dictionary(spec.enums.map { ($0.name.value, $0) }, uniquingKeysWith: { first, _ in first })
    }

    mutating func check() {
        let isFrameSound = checkFrame()
        checkNames()
        checkEnums()
        checkCodes()
        for message in spec.messages where !diagnostics.isFull {
            checkLayout(of: message)
            checkReply(of: message)
            checkRequirement(of: message)
        }
        checkErrorMessage()
        if isFrameSound {
            for message in spec.messages where !unsound.contains(message.name.value) { checkExamples(of: message) }
        }
        warnOfUnusedEnums()
    }

    private mutating func checkFrame() -> Bool {
        let errors = diagnostics.errorCount
        guard let frame = spec.frame else { return false }
        for field in frame.header {
            guard case .version(let type) = field.value else { continue }
            guard let version = spec.version else {
                if spec.saysVersion { continue }
                let message = "`header` has a version, but the spec does not say which: add `version: 1` at the top"
                diagnostics.error(message, at: field.place)
                continue
            }
            if version.value > type.largest {
                let message = "`version` is \(version.value), and does not fit in a \(type.rawValue): use \(type.range)"
                let note = "its width in the header is given here"
                diagnostics.error(message, at: version.place, first: field.place, note)
            }
        }
        if let maximum = frame.writtenMaximum, maximum.value > frame.lengthType.largest {
            let (type, largest) = (frame.lengthType.rawValue, frame.lengthType.largest)
            let message = "`max-payload` is \(maximum.value), but `length` is a \(type): use at most \(largest)"
            diagnostics.error(message, at: maximum.place)
        }
        return diagnostics.errorCount == errors
    }

    private mutating func checkCodes() {
        var seen: [UInt64: MessageSpec] = [:]
        for message in spec.messages where !message.lacksCode {
            let (code, name) = (message.code, message.name.value)
            if let type = spec.frame?.codeType, code.value > type.largest {
                let codes = "0 to \(type.largest) (\(type.largest.hexadecimal))"
                let text = "`code` is \(code.value), but `type` in `header` is a \(type.rawValue): use \(codes)"
                diagnostics.error(text, at: code.place)
                unsound.insert(name)
            }
            guard let first = seen[code.value] else {
                seen[code.value] = message
                continue
            }
            diagnostics.error(
                "code \(code.value.hexadecimal) of `\(name)` is taken by `\(first.name.value)`: choose another",
                at: code.place,
                first: first.code.place,
                "`\(first.name.value)` has it here"
            )
        }
    }

    private mutating func warnOfUnusedEnums() {
        guard !diagnostics.hasErrors else { return }
        var used: Set<String> = []
        for field in spec.messages.flatMap(\.fields) {
            if case .enumeration(let name) = field.type.value { used.insert(name) }
        }
        for enumeration in spec.enums where !used.contains(enumeration.name.value) {
            let message = "no field has the type `\(enumeration.name.value)`: use it or remove it"
            diagnostics.warning(message, at: enumeration.name.place)
        }
    }
}

extension UInt64 {
    /// The number in hexadecimal, two digits at least.
    var hexadecimal: String {
        let digits = String(self, radix: 16, uppercase: true)
        return "0x" + (digits.count == 1 ? "0" : "") + digits
    }
}
