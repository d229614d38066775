/// How a receiver treats bytes after the last field of a payload.
package enum TrailingBytes: String, CaseIterable, Sendable {
    /// The receiver rejects the payload.
    case reject
    /// The receiver skips the bytes: they may be fields of a newer version.
    case ignore
}

/// The content of a spec, as far as it could be read.
package struct ProtocolSpec: Sendable {
    /// `protocol`: the name of the protocol.
    package var name = Located(value: "", place: .start)
    /// `version`.
    package var version: Located<UInt64>?
    /// Whether the spec has the key `version`, even if its value is wrong.
    var saysVersion = false
    /// `doc`: the documentation.
    package var doc: String?
    /// `byte-order`: the default byte order of numbers.
    package var byteOrder = ByteOrder.big
    /// `error`: the name of the error message, which reports faults.
    package var errorMessage: Located<String>?
    /// `heartbeat`: the name of the request that an idle client sends, or `none`.
    package var heartbeat: Located<String>?
    /// Whether the spec has the key `heartbeat`, even if its value is wrong.
    var saysHeartbeat = false
    /// `swift`: the settings of the generated source.
    package var swift = SwiftSettings()
    /// `frame`: the layout of a frame; `nil` if the spec has none or it could not be read.
    package var frame: FrameSpec?
    /// `frames`: the frames of another form, in the order of the file.
    package var frames: [FrameSpec] = []
    /// Whether an entry of `frames` could not be read.
    var lacksFrames = false
    /// `messages`, in the order of the file.
    package var messages: [MessageSpec] = []
    /// `enums`, `flags`, `structs` and `unions`, in this order, and each in the order of the file.
    package var types: [TypeSpec] = []
    /// `imports`: the imported specs, in order.
    package var imports: [ImportedSpec] = []
    /// `trailing`: how receivers treat bytes after the last field, for messages without a `trailing` of their own.
    package var trailing: Located<TrailingBytes>?
    /// `wire-version`: the version in the header, if it differs from `version`.
    package var wireVersion: Located<UInt64>?
    /// `reserved`: former codes and names, which must not be used again.
    package var reserved = ReservedSpec()

    /// Whether a part that all messages depend on could not be read: then no example can be checked.
    var lacksLayout = false

    /// Whether an imported spec could not be read: it may define unknown names.
    var lacksImports = false

    /// The names of messages and types with mistakes.
    ///
    /// They are missing above, or lack a part.
    ///
    /// Nothing that depends on them is checked, so that each mistake is reported only once.
    var incomplete: Set<String> = []
}

/// `swift`: the settings of the generated source.
package struct SwiftSettings: Sendable {
    /// The access level of the generated declarations.
    package enum Access: String, CaseIterable, Sendable {
        /// Other packages may use them.
        case `public`
        /// The targets of the same package may use them.
        case package
        /// Only the same module may use them.
        case `internal`
    }

    /// `access`.
    package var access = Access.internal
    /// `imports`: modules that the generated source imports in addition to the runtime.
    package var imports: [Located<String>] = []
    /// `namespace`: the enum that contains all generated declarations, if it does not have the name of the protocol.
    package var namespace: Located<String>?
}

/// `reserved`: numbers and names of former versions, which must not be used again.
package struct ReservedSpec: Sendable {
    /// The numbers, with their places in the file.
    package var numbers: [SpecInteger: Place] = [:]
    /// The names, with their places in the file.
    package var names: [String: Place] = [:]
}

/// An imported spec, and the module with the source that was generated from it.
package struct ImportedSpec: Sendable {
    /// The name of the module, as written under `imports`.
    package let module: Located<String>
    /// The imported spec.
    package let spec: CheckedSpec
    /// The path of its file, for diagnostics.
    package let path: String
}

/// A message of the protocol.
package struct MessageSpec: Sendable {
    /// The name.
    package let name: Located<String>
    /// `code`: the number in the header of its frames; if the code is not one number, a number that only messages with the
    /// same code have.
    package let code: Located<UInt64>
    /// `code`: the values of the header's fields that are the code.
    package var codeValues: [Value] = []
    /// `code` as text, for diagnostics.
    package var codeText = ""
    /// `frame`: the name of the frame that the message is sent in; `nil` for the one under `frame` of the spec.
    package var frame: Located<String>?
    /// `then`: the frames after the message.
    package var then: [NextFrame] = []
    /// Whether the frames of the message have no code.
    var hasNoCode: Bool { codeValues.isEmpty && !lacksCode }
    /// Whether the code could not be read, and ``code`` is only a placeholder; the mistake was reported.
    var lacksCode = false
    /// `from`.
    package let sender: Sender
    /// Whether the sender could not be read, and ``sender`` is only a placeholder; the mistake was reported.
    var lacksSender = false
    /// `doc`: the documentation.
    package var doc: String?
    /// `reply`: the name of the reply.
    package var reply: Located<String>?
    /// `requires`: the requirement; `nil` leaves it to the configuration of the server.
    package var requirement: Located<Requirement>?
    /// `max-payload`: the largest payload, in bytes.
    package var maximumPayload: Located<UInt64>?
    /// `deprecated`: the reason for the deprecation.
    package var deprecated: String?
    /// `fields`, in wire order.
    package var fields: [FieldSpec] = []
    /// `trailing`: how receivers treat bytes after the last field; `nil` for the `trailing` of the spec.
    package var trailing: Located<TrailingBytes>?
    /// `since`: the version of the spec in which it was added.
    package var since: Located<UInt64>?
    /// `checksum-seed`: bytes beyond those of the frame that the checksums of the frame cover.
    package var checksumSeed: Located<[UInt8]>?
    /// `examples`: bytes, and the values that they encode.
    package var examples: [ExampleSpec] = []
    /// `malformed`: bytes that a receiver must reject.
    package var malformed: [MalformedSpec] = []
}

/// `examples`: bytes, and the values that they encode.
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

/// `malformed`: bytes that a receiver must reject.
package struct MalformedSpec: Sendable {
    /// `frame` or `payload`: the bytes.
    package let bytes: Located<[UInt8]>
    /// Whether the bytes are a payload, without a frame around it.
    package let isPayload: Bool
    /// `doc`: why they are refused.
    package let doc: String?
}

/// A spec without mistakes; outputs are generated only from a checked spec.
package struct CheckedSpec: Sendable {
    private let spec: ProtocolSpec

    /// The layout of a frame.
    package let frame: FrameSpec

    /// The frames of another form, in which some messages are sent.
    package let frames: [FrameSpec]

    /// The layouts of the types of the spec and of all imported specs.
    package let plan: LayoutPlan

    /// The layouts of the messages, by name.
    private let layouts: [String: Layout]

    /// The numbers of codes that are no whole numbers of at most 16 bits; empty for other codes.
    private let codeNumbers: [CodeInFrame: UInt64]

    /// The error message, which reports faults, if the spec has one; it may be imported.
    package let errorMessage: MessageSpec?

    /// The heartbeat, which an idle client sends, with the values of its fields; `nil` if the spec has none.
    ///
    /// The message may be imported.
    package let heartbeat: (message: MessageSpec, values: [Value])?

    /// The namespace of each imported name: the enum that contains its source.
    private let namespaces: [String: String]

    /// Makes a checked spec from a spec without mistakes; `nil` if the spec has no frame.
    init?(_ spec: ProtocolSpec) {
        guard let frame = spec.frame ?? spec.imports.first?.spec.frame else { return nil }
        self.spec = spec
        self.frame = frame
        let frames = spec.frame == nil ? spec.imports.first?.spec.frames ?? [] : spec.frames
        let allFrames = [frame] + frames
        self.frames = frames
        let table = TypeTable(spec.allTypes, spec.imports.first?.spec.byteOrder ?? spec.byteOrder)
        let plan = LayoutPlan(table, spec.allTypes)
        self.plan = plan
        layouts = Dictionary(
            spec.allMessages.map { ($0.name.value, plan.layout(of: $0, $0.frame(among: allFrames))) },
            uniquingKeysWith: { first, _ in first }
        )
        codeNumbers = frame.hasPlainCodes ? [:] : spec.allMessages.numbersOfCodes(in: allFrames)
        let errorName = spec.errorMessage?.value ?? spec.imports.first?.spec.errorMessage?.name.value
        errorMessage = spec.allMessages.first { $0.name.value == errorName }
        heartbeat = spec.allMessages.first { $0.name.value == spec.heartbeat?.value }.flatMap { message in
            let frame = message.frame(among: allFrames)
            return (try? ZeroValues.values(of: plan.layout(of: message, frame), plan)).map { (message, $0) }
        }
        var namespaces: [String: String] = [:]
        for imported in spec.allImports {
            for name in imported.spec.names { namespaces[name.value] = imported.spec.namespace }
        }
        self.namespaces = namespaces
    }

    /// The name of the protocol.
    package var name: String { spec.name.value }
    /// `protocol`, with its place in the file.
    package var locatedName: Located<String> { spec.name }
    /// `version`, with its place in the file.
    package var locatedVersion: Located<UInt64>? { spec.version }
    /// `trailing` of the spec, with its place in the file.
    package var trailing: Located<TrailingBytes>? { spec.trailing }
    /// `heartbeat`, with its place in the file.
    package var locatedHeartbeat: Located<String>? { spec.heartbeat }
    /// The version of the protocol; `nil` if it has none.
    package var version: UInt64? { spec.version?.value }
    /// The version in the header, of the spec whose frame is used; `nil` if that spec has no version.
    package var wireVersion: UInt64? {
        spec.frame == nil ? spec.imports.first?.spec.wireVersion : spec.wireVersion?.value ?? spec.version?.value
    }
    /// The documentation of the protocol.
    package var doc: String? { spec.doc }
    /// The settings of the generated source.
    package var swift: SwiftSettings { spec.swift }
    /// The namespace: the enum that contains all generated declarations.
    package var namespace: String { spec.namespace.value }
    /// The namespace, with its place in the file.
    var locatedNamespace: Located<String> { spec.namespace }
    /// The former codes and names, which must not be used again.
    package var reserved: ReservedSpec { spec.reserved }
    /// The names of its messages and types.
    var names: [Located<String>] { spec.names }
    /// The byte order of the frame, and the default byte order of numbers.
    package var byteOrder: ByteOrder { plan.byteOrder }
    /// The messages, in the order of the file.
    package var messages: [MessageSpec] { spec.messages }
    /// The enums, flags, structs and unions, each in the order of the file.
    package var types: [TypeSpec] { spec.types }
    /// The types of the spec, then those of all imported specs.
    package var allTypes: [TypeSpec] { spec.allTypes }
    /// The specs under `imports`.
    package var imports: [ImportedSpec] { spec.imports }
    /// The imported spec whose frame this spec uses; `nil` if this spec has a frame of its own.
    package var base: CheckedSpec? { spec.frame == nil ? spec.imports.first.map { $0.spec.base ?? $0.spec } : nil }
    /// Every spec that this one builds on, each once.
    package var allImports: [ImportedSpec] { spec.allImports }
    /// The messages of the spec and of all imported specs.
    package var allMessages: [MessageSpec] { spec.allMessages }

    /// Whether the spec has the key `heartbeat`.
    package var saysHeartbeat: Bool { spec.saysHeartbeat }
    /// The imported spec whose heartbeat applies if this spec has no key `heartbeat`: the first one with a heartbeat.
    package var inheritedHeartbeat: CheckedSpec? { spec.inheritedHeartbeat }

    /// Returns the type with the name `name`.
    package func type(_ name: String) -> TypeSpec? { plan.table[name] }

    /// Returns the layout of `message`, which may be imported.
    package func layout(of message: MessageSpec) -> Layout {
        layouts[message.name.value] ?? plan.layout(of: message, frame(of: message))
    }

    /// Returns the frame that `message` is sent in.
    package func frame(of message: MessageSpec) -> FrameSpec { message.frame(among: frames) ?? frame }

    /// The forms of all frames: first that of ``frame``.
    package var allFrames: [FrameSpec] { [frame] + frames }

    /// Returns the messages that are sent in frames of the form `frame`.
    package func messages(in frame: FrameSpec) -> [MessageSpec] {
        allMessages.filter { self.frame(of: $0).key == frame.key }
    }

    /// Returns the `MessageCode` of `message`: its code, or its number among the codes of the protocol.
    package func messageCode(of message: MessageSpec) -> UInt64 {
        codeNumbers[CodeInFrame(message, frame(of: message))] ?? message.code.value
    }

    /// Returns how receivers treat bytes after the last field of `message`.
    package func trailing(of message: MessageSpec) -> TrailingBytes {
        message.trailing?.value ?? spec.trailing?.value ?? .reject
    }

    /// Returns the namespace of the imported message or type `name`; `nil` if it is not imported.
    package func importedNamespace(of name: String) -> String? { namespaces[name] }

    /// Returns whether a handler may be registered for `message`: clients may send it, and it is not the error
    /// message.
    package func isHandled(_ message: MessageSpec) -> Bool {
        message.sender != .server && message.name.value != errorMessage?.name.value
    }

    /// Returns whether clients send `message` as the reply to a request of the server.
    ///
    /// Such a reply goes to the code that has sent the request. A router that has a handler for it sends no such requests.
    package func answersServer(_ message: MessageSpec) -> Bool {
        guard frame.correlation != nil, message.sender != .server else { return false }
        return allMessages.contains { $0.sender != .client && $0.reply?.value == message.name.value }
    }
}

/// The code of a message, which other messages may have in frames of another form.
private struct CodeInFrame: Hashable {
    let frame: String
    let values: [Value]
    /// The name of a reply that its request names in place of a code.
    let reply: String

    init(_ message: MessageSpec, _ frame: FrameSpec?) {
        self.frame = message.form
        values = message.codeValues
        reply = frame?.isOfReplies == true ? message.name.value : ""
    }
}

extension MessageSpec {
    /// The name of the frame that the message is sent in.
    package var form: String { frame?.value ?? FrameSpec.mainName }

    /// Returns the frame that the message is sent in; `nil` if it is not among `frames`.
    func frame(among frames: [FrameSpec]) -> FrameSpec? { frames.first { $0.key == form } }
}

extension [MessageSpec] {
    /// Returns the codes in the order of `frames` and of their values, with their numbers from 0 on.
    fileprivate func numbersOfCodes(in frames: [FrameSpec]) -> [CodeInFrame: UInt64] {
        let places = Dictionary(frames.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
        let codes = Set(map { CodeInFrame($0, $0.frame(among: frames)) }).sorted { left, right in
            if left.frame != right.frame { return places[left.frame] ?? 0 < places[right.frame] ?? 0 }
            let replies = (left.reply, right.reply)
            let (left, right) = (left.values, right.values)
            for (left, right) in zip(left, right) where left != right {
                if left == .nothing || right == .nothing { return left == .nothing }
                if case .number(let left) = left { return left < right.number }
                return left.content.lexicographicallyPrecedes(right.content)
            }
            return left.count == right.count ? replies.0 < replies.1 : left.count < right.count
        }
        let numbered = codes.enumerated().map { ($1, UInt64(clamping: $0)) }
        return Dictionary(numbered, uniquingKeysWith: { first, _ in first })
    }
}

extension ProtocolSpec {
    /// Changes each form of frames that the spec itself has.
    mutating func updateFrames(_ change: (inout FrameSpec) -> Void) {
        if var main = frame {
            change(&main)
            frame = main
        }
        for index in frames.indices { change(&frames[index]) }
    }

    /// The first imported spec with a heartbeat.
    var inheritedHeartbeat: CheckedSpec? {
        imports.lazy.map(\.spec).first { $0.heartbeat != nil || !$0.saysHeartbeat && $0.inheritedHeartbeat != nil }
    }

    /// The namespace: the enum that contains all generated declarations.
    var namespace: Located<String> { swift.namespace ?? name }

    /// The names of its messages and types.
    var names: [Located<String>] { messages.map(\.name) + types.map(\.name) }

    /// All imported specs without duplicates; a spec comes after the specs that it imports.
    var allImports: [ImportedSpec] {
        var seen: Set<String> = []
        return imports.flatMap { $0.spec.allImports + [$0] }.filter { seen.insert($0.module.value).inserted }
    }

    /// The types of the spec, then the types of all imported specs.
    var allTypes: [TypeSpec] { types + allImports.flatMap(\.spec.types) }

    /// The messages of the spec, then the messages of all imported specs.
    var allMessages: [MessageSpec] { messages + allImports.flatMap(\.spec.messages) }
}
