extension SpecChecker {
    /// Checks that all generated declarations have different names.
    mutating func checkNames() {
        checkNamespace()
        var taken: [String: (place: Place, word: String, kind: String)] = [:]
        let types =
            spec.messages.map { ("message", "a message", $0.name) } + spec.types.map { ($0.word, $0.kind, $0.name) }
        for (word, kind, name) in types {
            checkTypeName(name, word)
            if let first = taken[name.value] {
                let message = "\(word) `\(name.value)` has the name of \(first.kind): rename one"
                diagnostics.error(message, at: name.place, first: first.place, "the \(first.word) is here")
            } else {
                taken[name.value] = (name.place, word, kind)
            }
        }
        for message in spec.messages where message.sender != .server && message.name.value != errorName {
            let handler = GeneratedNames.handler(of: message)
            guard let clash = taken[handler] else { continue }
            diagnostics.error(
                "\(clash.word) `\(handler)` has the name of the protocol for handlers of `\(message.name.value)`: rename it",
                at: clash.place,
                first: message.name.place,
                "`\(message.name.value)` is here"
            )
        }
        for message in spec.messages { checkFieldNames(of: message) }
        for type in spec.types { checkMemberNames(of: type) }
    }

    private mutating func checkNamespace() {
        let namespace = spec.swift.namespace ?? spec.name
        if usedTypes.contains(namespace.value) {
            let problem =
                "`\(namespace.value)` cannot be the namespace of the generated Swift, which uses a type of this name"
            diagnostics.error(
                "\(problem): choose another, for example with `swift: { namespace: NAME }`",
                at: namespace.place
            )
        }
        if GeneratedNames.hidesModule(namespace.value) {
            diagnostics.error(
                "`\(namespace.value)` cannot be the namespace of the generated Swift, because a module has this name: "
                    + "choose another, for example with `swift: { namespace: NAME }`",
                at: namespace.place
            )
        }
        guard spec.swift.namespace == nil, !spec.name.value.isEmpty else { return }
        guard let problem = IdentifierRule.problem(in: spec.name.value) else { return }
        diagnostics.error(
            "`\(spec.name.value.visible)` cannot be the namespace of the generated Swift: \(problem); "
                + "or keep it and add `swift: { namespace: NAME }`",
            at: spec.name.place
        )
    }

    private mutating func checkTypeName(_ name: Located<String>, _ kind: String) {
        if name.value == spec.swift.namespace?.value ?? spec.name.value {
            let advice = "rename it, or give `swift:` another `namespace`"
            diagnostics.error("\(kind) `\(name.value)` has the name of the namespace: \(advice)", at: name.place)
            return
        }
        var codec = frame?.isPlain == false ? GeneratedNames.ofHeaderCodec : []
        codec.formUnion(spec.frames.map { GeneratedNames.headerCodec(of: $0) })
        let taken = GeneratedNames.inNamespace.union(usedTypes).union(codec)
        if taken.contains(name.value) {
            let message = "\(kind) `\(name.value)` has a name that the generated Swift uses itself"
            let advice = "rename it, for example to `\(spec.namespace.value)\(name.value)`"
            let list = "these names are taken: \(taken.sorted().enumerated)"
            diagnostics.error("\(message): \(advice); \(list)", at: name.place)
        }
    }

    private mutating func checkFieldNames(of message: MessageSpec) {
        var reserved: Set<String> = []
        if message.reply != nil { reserved.formUnion(GeneratedNames.inRequest) }
        if message.name.value == spec.errorMessage?.value { reserved.formUnion(GeneratedNames.inErrorMessage) }
        checkFieldNames(message.fields, of: message.name.value, "message", reserved)
    }

    private mutating func checkMemberNames(of type: TypeSpec) {
        switch type {
        case .enumeration(let type):
            let reserved = GeneratedNames.inEnum.union(type.isClosed ? [] : GeneratedNames.inOpenEnum)
            for name in type.cases.map(\.name) where reserved.contains(name.value) {
                refuse(name, "case", reserved)
            }
        case .flags(let type):
            let reserved = GeneratedNames.inFlags
            for name in type.bits.map(\.name) where reserved.contains(name.value) { refuse(name, "bit", reserved) }
        case .structure(let type): checkFieldNames(type.fields, of: type.name.value, "struct", [])
        case .union(let type):
            let reserved = GeneratedNames.inUnion.union(generatedMembers(of: type))
            for item in type.cases {
                if reserved.contains(item.name.value) { refuse(item.name, "case", reserved) }
                for field in item.fields where field.name.value == "self" { refuse(field.name, "field", ["self"]) }
                checkDistinctNames(item.fields, of: "case `\(item.name.value)`", type.name.value)
            }
        }
    }

    /// Returns the members of a union that depend on its keys, and on the fields that have its tag.
    private func generatedMembers(of union: UnionSpec) -> Set<String> {
        var members: Set<String> = union.keepsUnknown ? [UnionSpec.unknownCase] : []
        let fields = spec.messages.flatMap(\.fields) + spec.types.flatMap(\.fields)
        let hasTagElsewhere = fields.contains { $0.tag != nil && $0.type.value.namedType == union.name.value }
        if hasTagElsewhere || union.length != nil || union.alignment != nil {
            members.formUnion(GeneratedNames.inWrappedUnion)
        }
        return members
    }

    private mutating func refuse(_ name: Located<String>, _ kind: String, _ reserved: Set<String>) {
        let text = "\(kind) `\(name.value)` has the name of a generated member: rename it"
        diagnostics.error("\(text); \(GeneratedNames.list(reserved, for: name.value))", at: name.place)
    }

    private mutating func checkFieldNames(
        _ fields: [FieldSpec],
        of owner: String,
        _ kind: String,
        _ more: Set<String>
    ) {
        var reserved = GeneratedNames.inFields.union(usedTypes).union(more)
        if fields.contains(where: \.isSecret) { reserved.formUnion(GeneratedNames.besidesSecrets) }
        for field in fields where field.deprecated != nil { reserved.insert(GeneratedNames.storage(of: field)) }
        checkDistinctNames(fields, of: "\(kind) `\(owner)`", owner)
        for field in fields where !field.isReserved {
            if reserved.contains(field.name.value) {
                let problem = "has a name that the generated Swift uses itself"
                let list = GeneratedNames.list(reserved.subtracting(usedTypes), usedTypes, for: field.name.value)
                diagnostics.error("field `\(field.name.value)` \(problem): rename it; \(list)", at: field.name.place)
            } else if let other = fields.first(where: { hides(field, typeOf: $0) }) {
                let isItself = other.name.value == field.name.value
                let owner = isItself ? "its own type" : "the type of `\(other.name.value)`"
                diagnostics.error(
                    "field `\(field.name.value)` has the name of \(owner): rename it",
                    at: field.name.place
                )
            }
        }
    }

    /// Returns whether code that reads `other` cannot name its type, because `field` has that name.
    private func hides(_ field: FieldSpec, typeOf other: FieldSpec) -> Bool {
        guard let type = other.type.value.namedType, type == field.name.value else { return false }
        switch table[type] {
        case .structure, .union: return true
        // The compiler infers these types.
        case .enumeration, .flags, nil: return other.name.value == type
        }
    }

    private mutating func checkDistinctNames(_ fields: [FieldSpec], of what: String, _ owner: String) {
        var seen: [String: Place] = [:]
        for field in fields where !field.isReserved {
            let name = field.name
            if let first = seen[name.value] {
                let text = "\(what) has two fields `\(name.value)`: rename one"
                diagnostics.error(text, at: name.place, first: first, "the first `\(name.value)` is here")
                soundness.insert(owner)
            }
            seen[name.value] = seen[name.value] ?? name.place
        }
    }

    // MARK: Reserved ones

    /// Checks that the spec uses no name or number that it or an imported spec reserves.
    mutating func checkReserved() {
        if let type = frame?.codeType {
            checkRange(of: spec.reserved, "`type` in `header` is a \(type.rawValue)", type)
        } else if let frame, !frame.lacksParts, let place = spec.reserved.numbers.values.min() {
            let codes = frame.codeNames == nil ? "text or bytes" : "the values of several fields"
            let what =
                frame.hasNoCode ? "messages of this protocol have none" : "the codes of this protocol are \(codes)"
            let text = "reserved numbers are codes, and \(what)"
            diagnostics.error("\(text): reserve the names of messages", at: place)
        }
        checkReserved(spec.reserved, of: nil)
        for imported in spec.allImports { checkReserved(imported.spec.reserved, of: imported) }
    }

    private mutating func checkReserved(_ reserved: ReservedSpec, of owner: ImportedSpec?) {
        for message in spec.messages {
            checkNotReserved(message.name, "message", reserved, of: owner)
            guard
                frame?.codeType != nil, message.frame == nil, !message.lacksCode,
                let place = reserved.numbers[SpecInteger(magnitude: message.code.value)]
            else {
                continue
            }
            let text = "code \(message.code.value.hexadecimal) of `\(message.name.value)` is reserved: choose another"
            let code = "code \(message.code.value.hexadecimal)"
            diagnostics.error(text, at: message.code.place, notes: [note(ofReserved: code, place, of: owner)])
        }
        for type in spec.types { checkNotReserved(type.name, type.word, reserved, of: owner) }
    }

    /// Checks that `reserved` has only numbers of `type`; `reason` explains the type in the diagnostic.
    mutating func checkRange(of reserved: ReservedSpec, _ reason: String, _ type: IntegerType) {
        for (number, place) in reserved.numbers where number.bits(of: type) == nil {
            let text = "the reserved number \(number) is out of range, because \(reason)"
            diagnostics.error("\(text): use \(type.range), or remove it", at: place)
        }
    }

    private func note(ofReserved what: String, _ place: Place, of owner: ImportedSpec?) -> Diagnostic.Note {
        Diagnostic.Note(message: "\(what) is reserved here", place: place, path: owner?.path)
    }

    mutating func checkNotReserved(
        _ name: Located<String>,
        _ kind: String,
        _ reserved: ReservedSpec,
        of owner: ImportedSpec? = nil
    ) {
        guard let place = reserved.names[name.value] else { return }
        let text = "the name of \(kind) `\(name.value)` is reserved: choose another"
        diagnostics.error(text, at: name.place, notes: [note(ofReserved: "`\(name.value)`", place, of: owner)])
    }
}

extension TypeSpec {
    /// The kind of the type, in one word.
    fileprivate var word: String {
        switch self {
        case .enumeration: "enum"
        case .flags: "flags"
        case .structure: "struct"
        case .union: "union"
        }
    }
}

/// The names of generated declarations that the spec does not choose.
///
/// The spec must not use these names.
package enum GeneratedNames {
    /// The members of the namespace, which no message or type may have as its name.
    static let inNamespace: Set<String> = [
        "name", "frameFormat", "messages", "errorMessage", "heartbeat", "Service", "Header",
    ]

    /// The types that generated source uses.
    ///
    /// A message, a type or a field of the same name would hide them.
    ///
    /// The source of a spec with addresses or identifiers also uses ``wire``.
    static let usedTypes: Set<String> = [
        "Bool", "Float", "Double", "OptionSet", "Int", "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32",
        "UInt64", "String",
        "Hashable", "Sendable", "RawRepresentable", "RawValue", "Mirror",
        "CustomStringConvertible", "CustomDebugStringConvertible", "CustomReflectable",
        "BitWriter", "Bytes", "ByteReader", "ByteWriter", "FixedFields", "FrameFormat", "FrameHeader", "HeaderBytes",
        "Message",
        "MessageCode", "Request", "Requirement", "Sender",
        "ErrorMessage", "Fault", "PayloadError", "WireProtocol", "RequestHandler", "OneWayHandler", "Context", "Router",
        "TextEncoding", "Any", "Self", "self", "Type", "Protocol",
        // These words are not reserved, but have a meaning at the start of a type.
        "some", "any", "each", "isolated", "sending", "__owned", "__shared",
    ]

    /// Whether a namespace with `name` would hide a module that generated source, or most programs, import.
    static func hidesModule(_ name: String) -> Bool {
        ["Swift", "Foundation", "Dispatch"].contains(name) || name.hasPrefix("Switchboard")
    }

    /// The namespace of the types of addresses and identifiers.
    package static let wire = "Wire"

    /// Returns the list of taken names as text: `members` if `name` is one of them, otherwise ``usedTypes``.
    static func list(_ members: Set<String>, _ usedTypes: Set<String> = usedTypes, for name: String) -> String {
        "these names are taken: " + (members.contains(name) ? members : usedTypes).sorted().enumerated
    }

    /// The members of every message and struct, which no field may have as its name.
    static let inFields: Set<String> = ["encode", "hashValue", "checkBounds"]

    /// The names that no message or type may have if generated code reads and writes the headers.
    static let ofHeaderCodec: Set<String> = ["HeaderCodec", "FrameCodec", "FrameHead"]

    /// Returns the name of the generated type that reads and writes the headers of `frame`.
    package static func headerCodec(of frame: FrameSpec) -> String {
        (frame.name.map { $0.value.prefix(1).uppercased() + $0.value.dropFirst() } ?? "") + "HeaderCodec"
    }

    /// The names in the generated code that reads and writes headers, which no field of the header may have.
    static let inHeader: Set<String> = ["write", "frameHead", "frameSender", "frameBytes"]

    /// The additional names in the generated code that reads and writes headers of any form.
    static let inHeaderCodec: Set<String> = ofHeaderCodec.union(["frameCode"])

    /// The name of the second of two lengths in the generated code that reads and writes headers.
    static let secondLength = "frameLength"

    /// The additional names in the generated code that reads and writes headers with two lengths.
    static let besidesTwoLengths: Set<String> = [secondLength, "frameSize"]

    /// The additional names in the generated code that reads and writes headers whose length counts items of different sizes.
    static let besidesCountedItems: Set<String> = ["frameStart", "frameOffset", "frameRest", "frameCount", "frameSize"]

    /// The additional names in the generated code that reads and writes headers and trailers with fields.
    static let besidesTrailer: Set<String> = ["frameTrailer", "frameItem"]

    /// Returns the name of the constant with the value of a field of the frame's header: `headerCount` for `header.count`.
    ///
    /// Names that do not begin with a small letter keep their form, such as `header_Count`, so that constants of different fields have
    /// different names.
    package static func local(ofHeader name: String) -> String {
        let parts = name.split(separator: ".")
        return parts.dropFirst().reduce(String(parts.first ?? "")) { start, part in
            part.first?.isLowercase == true
                ? start + part.prefix(1).uppercased() + part.dropFirst() : "\(start)_\(part)"
        }
    }

    /// Returns the name of the private property of a deprecated field.
    static func storage(of field: FieldSpec) -> String { "_" + field.name.value }

    /// The additional members of a request.
    static let inRequest: Set<String> = ["Reply"]

    /// The additional members of a message or a struct with a secret field.
    static let besidesSecrets: Set<String> = ["description", "debugDescription", "customMirror"]

    /// The additional members of the error message.
    static let inErrorMessage: Set<String> = ["fault"]

    /// The members of every enum, which no case may have as its name.
    static let inEnum: Set<String> = ["rawValue", "RawValue", "hashValue", "self", "Self", "Type", "Protocol"]

    /// The additional members of an enum that is not closed.
    static let inOpenEnum: Set<String> = ["unrecognized"]

    /// The members of every option set, which no bit may have as its name.
    static let inFlags: Set<String> = [
        "rawValue", "RawValue", "Element", "ArrayLiteralElement", "self", "Self", "Type", "Protocol",
    ]

    /// The members of every union, which no case may have as its name.
    static let inUnion: Set<String> = ["encode", "hashValue", "self", "Self", "Type", "Protocol"]

    /// The additional members of a union with `length` or `align`, and of one whose tag is in an earlier field.
    static let inWrappedUnion: Set<String> = ["tag", "encodeFields"]

    /// Returns the name of the protocol that handlers of `message` adopt.
    static func handler(of message: MessageSpec) -> String { message.name.value + "Handler" }
}
