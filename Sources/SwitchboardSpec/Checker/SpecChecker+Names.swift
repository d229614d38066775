extension SpecChecker {
    /// Checks that everything generated has a name of its own.
    mutating func checkNames() {
        checkNamespace()
        var taken: [String: (place: Place, what: String)] = [:]
        let types = spec.messages.map { ("message", $0.name) } + spec.enums.map { ("enum", $0.name) }
        for (kind, name) in types {
            checkTypeName(name, kind)
            if let first = taken[name.value] {
                let message = "\(kind) `\(name.value)` has the name of a \(first.what): rename one"
                diagnostics.error(message, at: name.place, first: first.place, "the \(first.what) is here")
            } else {
                taken[name.value] = (name.place, kind)
            }
        }
        for message in spec.messages where message.sender != .server {
            let handler = GeneratedNames.handler(of: message)
            guard let clash = taken[handler], message.name.value != spec.errorMessage?.value else { continue }
            diagnostics.error(
                "\(clash.what) `\(handler)` has the name of the protocol for handlers of `\(message.name.value)`: rename it",
                at: clash.place,
                first: message.name.place,
                "`\(message.name.value)` is here"
            )
        }
        for message in spec.messages { checkFieldNames(of: message) }
        for enumeration in spec.enums { checkCaseNames(of: enumeration) }
    }

    private mutating func checkNamespace() {
        let namespace = spec.swift.namespace ?? spec.name
        if GeneratedNames.usedTypes.contains(namespace.value) {
            let problem = "`\(namespace.value)` cannot name what is generated, which uses a type of this name"
            diagnostics.error("\(problem): choose another, say as `swift: { namespace: NAME }`", at: namespace.place)
        }
        guard spec.swift.namespace == nil, !spec.name.value.isEmpty else { return }
        guard let problem = IdentifierRule.problem(in: spec.name.value) else { return }
        diagnostics.error(
            "`\(spec.name.value.visible)` cannot name what is generated: \(problem); "
                + "or keep it and add `swift: { namespace: NAME }`",
            at: spec.name.place
        )
    }

    private mutating func checkTypeName(_ name: Located<String>, _ kind: String) {
        if name.value == spec.swift.namespace?.value ?? spec.name.value {
            let advice = "rename it, or give `swift:` another `namespace`"
            diagnostics.error("\(kind) `\(name.value)` has the name of the whole protocol: \(advice)", at: name.place)
        } else if GeneratedNames.inNamespace.union(GeneratedNames.usedTypes).contains(name.value) {
            let message = "\(kind) `\(name.value)` has a name that generated source uses itself: rename it"
            diagnostics.error(message, at: name.place)
        }
    }

    private mutating func checkFieldNames(of message: MessageSpec) {
        var reserved = GeneratedNames.inMessage.union(GeneratedNames.usedTypes)
        if message.reply != nil { reserved.formUnion(GeneratedNames.inRequest) }
        if message.fields.contains(where: \.isSecret) { reserved.formUnion(GeneratedNames.inSecretMessage) }
        if message.name.value == spec.errorMessage?.value { reserved.formUnion(GeneratedNames.inErrorMessage) }
        var seen: [String: Place] = [:]
        for field in message.fields {
            let name = field.name
            if let first = seen[name.value] {
                let text = "message `\(message.name.value)` has two fields `\(name.value)`: rename one"
                diagnostics.error(text, at: name.place, first: first, "the first is here")
                unsound.insert(message.name.value)
            }
            seen[name.value] = seen[name.value] ?? name.place
            if reserved.contains(name.value) {
                let problem = "has the name of something that generated source uses itself"
                diagnostics.error("field `\(name.value)` \(problem): rename it", at: name.place)
            } else if field.type.value == .enumeration(name.value) {
                diagnostics.error("field `\(name.value)` has the name of its own type: rename it", at: name.place)
            }
        }
    }

    private mutating func checkCaseNames(of enumeration: EnumSpec) {
        let reserved = GeneratedNames.inEnum.union(enumeration.isClosed ? [] : GeneratedNames.inOpenEnum)
        for name in enumeration.cases.map(\.name) where reserved.contains(name.value) {
            diagnostics.error("case `\(name.value)` has the name of a generated member: rename it", at: name.place)
        }
    }
}
