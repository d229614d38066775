internal import SwitchboardSpec

extension Comparer {
    /// The whole spec.
    var specScope: Scope {
        Scope(
            kind: .nested,
            name: old.name,
            oldSender: .both,
            newSender: .both,
            oldPlace: old.locatedName.place,
            newPlace: new.locatedName.place
        )
    }

    mutating func compareProtocol() {
        let scope = specScope
        compareNames(scope)
        compareVersions(scope)
        if old.byteOrder != new.byteOrder {
            let text =
                "numbers are sent in the byte order \(new.byteOrder.rawValue), and were in \(old.byteOrder.rawValue)"
            report(.byteOrderChanged, .both, text, scope)
        }
        let (before, after) = (old.trailing?.value ?? .reject, new.trailing?.value ?? .reject)
        if before != after {
            reportTrailing(after, "the protocol", scope, old.trailing?.place, new.trailing?.place)
        }
        if old.errorMessage?.name.value != new.errorMessage?.name.value, !isRenamedError {
            let names = [old, new].map { $0.errorMessage.map { "`\($0.name.value)`" } ?? "no message" }
            report(.errorMessageChanged, .behaviour, "\(names[1]) reports faults, and \(names[0]) did", scope)
        }
        if old.heartbeat?.message.name.value != new.heartbeat?.message.name.value, !isRenamedHeartbeat {
            let names = [old, new].map { $0.heartbeat.map { "`\($0.message.name.value)`" } ?? "nothing" }
            let text = "an idle client sends \(names[1]), and sent \(names[0])"
            report(.heartbeatChanged, .behaviour, text, scope, old.locatedHeartbeat?.place, new.locatedHeartbeat?.place)
        }
        compareReservations(scope)
        let imports = [old, new].map { Set($0.imports.map(\.module.value)) }
        if imports[0] != imports[1] {
            report(.importsChanged, .source, "the spec imports other specs", scope)
        }
        compareDocs(old.doc, new.doc, "`\(old.name)`", scope)
    }

    /// Whether the error message only has another name: the message itself is reported.
    private var isRenamedError: Bool {
        guard let left = old.errorMessage, let right = new.errorMessage else { return false }
        return left.codeValues == right.codeValues
    }

    private var isRenamedHeartbeat: Bool {
        guard let left = old.heartbeat?.message, let right = new.heartbeat?.message else { return false }
        return left.codeValues == right.codeValues
    }

    private mutating func compareNames(_ scope: Scope) {
        if old.namespace != new.namespace {
            report(.namespaceChanged, .source, "the namespace is `\(new.namespace)`, and was `\(old.namespace)`", scope)
        } else if old.name != new.name {
            report(.protocolRenamed, .behaviour, "the protocol is called \(new.name), and was \(old.name)", scope)
        }
        let levels: [SwiftSettings.Access] = [.internal, .package, .public]
        let (before, after) = (levels.firstIndex(of: old.swift.access), levels.firstIndex(of: new.swift.access))
        if let before, let after, before != after {
            let text = "the generated source is \(new.swift.access.rawValue), and was \(old.swift.access.rawValue)"
            report(after < before ? .accessLowered : .accessRaised, after < before ? .source : .compatible, text, scope)
        }
    }

    private mutating func compareVersions(_ scope: Scope) {
        let places = (old.locatedVersion?.place, new.locatedVersion?.place)
        let hasVersion = { (spec: CheckedSpec) in
            spec.allFrames.contains { $0.header.contains { if case .version = $0.value.role { true } else { false } } }
        }
        if hasVersion(old), hasVersion(new), old.wireVersion != new.wireVersion {
            let text = "frames have the version \(new.wireVersion ?? 0), and had \(old.wireVersion ?? 0)"
            report(.wireVersionChanged, .both, text, scope, places.0, places.1)
        } else if old.version != new.version {
            let names = [old, new].map { $0.version.map(String.init) ?? "none" }
            let text = "the version is \(names[1]), and was \(names[0])"
            if let before = old.version, new.version.map({ $0 < before }) ?? true {
                report(.versionLowered, .behaviour, text, scope, places.0, places.1)
            } else {
                report(.versionRaised, .compatible, text, scope, places.0, places.1)
            }
        }
    }

    private mutating func compareReservations(_ scope: Scope) {
        let numbers = old.reserved.numbers.filter { new.reserved.numbers[$0.key] == nil }
        let names = old.reserved.names.filter { new.reserved.names[$0.key] == nil }
        let freed = numbers.map { ("\($0.key)", $0.value) } + names.map { ("`\($0.key)`", $0.value) }
        for (name, place) in freed.sorted(by: { $0.1 < $1.1 }) {
            report(.reservationRemoved, .behaviour, "\(name) is no longer reserved", scope, place, nil)
        }
    }
}
