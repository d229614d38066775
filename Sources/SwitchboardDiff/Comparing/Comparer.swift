internal import SwitchboardSpec

/// Walks two versions of a spec side by side, and reports each difference.
struct Comparer {
    /// The two versions of a type.
    struct TypePair: Hashable {
        let old: String
        let new: String
    }

    let oldVersion: SpecVersion
    let newVersion: SpecVersion
    var old: CheckedSpec { oldVersion.spec }
    var new: CheckedSpec { newVersion.spec }

    private(set) var findings: [Finding] = []
    /// The pairs of types that fields have, and those of them that were not compared yet.
    var seenTypes: Set<TypePair> = []
    var pendingTypes: [TypePair] = []
    /// The new names of fields of the header with which messages refer to them, by form and old name.
    var headerNames: [String: [String: String]] = [:]
    /// The new names of messages, by old name.
    var messageNames: [String: String] = [:]
    /// The senders of values of each type.
    let oldUses: [String: Sender]
    let newUses: [String: Sender]
    private let oldPaths: [String: String]
    private let newPaths: [String: String]

    init(_ old: SpecVersion, _ new: SpecVersion) {
        (oldVersion, newVersion) = (old, new)
        (oldUses, newUses) = (old.spec.typeUses, new.spec.typeUses)
        (oldPaths, newPaths) = (old.spec.importedPaths, new.spec.importedPaths)
    }

    mutating func compareAll() {
        compareProtocol()
        compareFrames()
        compareMessages()
        compareTypes()
    }

    /// A part of both specs that is compared.
    struct Scope {
        /// Where the fields of the part are.
        enum Kind {
            /// In the payload of a message, with what each version does with bytes after the last field.
            case message(oldTrailing: TrailingBytes, newTrailing: TrailingBytes)
            /// In the header or the trailer of a frame.
            case frame
            /// In a struct or a case.
            case nested
        }

        let kind: Kind
        /// The message, type or form, for messages.
        let name: String
        /// The name of the imported message or type, or an empty text.
        var owner = ""
        /// The ends that send the part in the old and in the new version.
        let oldSender: Sender?
        let newSender: Sender?
        /// The place of the part in both files.
        let oldPlace: Place
        let newPlace: Place
        /// The new names of earlier fields, by old name.
        var names: [String: String] = [:]

        /// The directions of `flows` in which the part is sent.
        func directions(_ flows: Flows) -> Directions {
            Directions(flows.intersection(.oldToNew), from: oldSender)
                .union(Directions(flows.intersection(.newToOld), from: newSender))
        }
    }

    // MARK: Reporting

    /// Reports a change that breaks the wire in `flows`.
    ///
    /// If neither end sends the part, the change breaks only source.
    mutating func report(
        _ rule: Rule,
        _ flows: Flows,
        _ message: String,
        _ scope: Scope,
        _ old: Place? = nil,
        _ new: Place? = nil
    ) {
        let directions = scope.directions(flows)
        add(rule, directions.isEmpty ? .source : .wire, directions, message, scope, old, new)
    }

    /// Reports a change that does not break the wire.
    mutating func report(
        _ rule: Rule,
        _ effect: Effect,
        _ message: String,
        _ scope: Scope,
        _ old: Place? = nil,
        _ new: Place? = nil
    ) {
        add(rule, effect, [], message, scope, old, new)
    }

    private mutating func add(
        _ rule: Rule,
        _ effect: Effect,
        _ directions: Directions,
        _ message: String,
        _ scope: Scope,
        _ old: Place?,
        _ new: Place?
    ) {
        findings.append(
            Finding(
                rule: rule,
                effect: effect,
                directions: directions,
                message: message,
                old: Location(path: oldPaths[scope.owner] ?? oldVersion.name, place: old ?? scope.oldPlace),
                new: Location(path: newPaths[scope.owner] ?? newVersion.name, place: new ?? scope.newPlace)
            )
        )
    }

    /// Reports a change that breaks the wire in `directions`, such as those of a reply.
    mutating func report(
        _ rule: Rule,
        in directions: Directions,
        _ message: String,
        _ scope: Scope,
        _ old: Place? = nil,
        _ new: Place? = nil
    ) {
        add(rule, directions.isEmpty ? .source : .wire, directions, message, scope, old, new)
    }

    /// Returns the findings of `compare`, which are not reported.
    func trial(_ compare: (inout Comparer) -> Void) -> [Finding] {
        var copy = self
        copy.findings = []
        compare(&copy)
        return copy.findings
    }
}

extension CheckedSpec {
    /// The senders of values of each type, by the name of the type.
    fileprivate var typeUses: [String: Sender] {
        var uses: [String: Sender] = [:]
        func note(_ fields: [FieldSpec], _ sender: Sender) {
            for name in fields.compactMap(\.type.value.namedType) {
                let all = Sender.union(uses[name], sender)
                // Types that contain themselves end here.
                if uses[name] == all { continue }
                uses[name] = all
                note(type(name)?.fields ?? [], sender)
            }
        }
        for message in allMessages { note(message.fields, message.sender) }
        for frame in allFrames {
            guard let sender = sender(of: frame) else { continue }
            note(frame.header.map(\.value.field) + frame.trailerFields.map(\.value.field), sender)
        }
        return uses
    }

    /// The ends that send frames of the form `frame`; `nil` if no message has that form.
    func sender(of frame: FrameSpec) -> Sender? {
        messages(in: frame).reduce(nil) { Sender.union($0, $1.sender) }
    }

    /// The paths of the files of imported messages and types, by name.
    fileprivate var importedPaths: [String: String] {
        var paths: [String: String] = [:]
        for imported in allImports {
            for message in imported.spec.messages { paths[message.name.value] = imported.path }
            for type in imported.spec.types { paths[type.name.value] = imported.path }
        }
        return paths
    }
}
