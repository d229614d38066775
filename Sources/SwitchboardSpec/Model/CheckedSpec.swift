/// A spec without mistakes: the only thing that source is generated from.
package struct CheckedSpec: Sendable {
    private let spec: ProtocolSpec

    /// How a message is delimited.
    package let frame: FrameSpec

    private let enumsByName: [String: EnumSpec]

    /// The message that answers faults, if there is one.
    package let errorMessage: MessageSpec?

    /// The spec, which the checker has found no mistake in; `nil` when it lacks its frame.
    init?(_ spec: ProtocolSpec) {
        guard let frame = spec.frame else { return nil }
        self.spec = spec
        self.frame = frame
        enumsByName = Dictionary(spec.enums.map { ($0.name.value, $0) }, uniquingKeysWith: { first, _ in first })
        errorMessage = spec.messages.first { $0.name.value == spec.errorMessage?.value }
    }

    /// The protocol's name.
    package var name: String { spec.name.value }
    /// The protocol's version, or `nil` when it has none.
    package var version: UInt64? { spec.version?.value }
    /// What the protocol is for.
    package var doc: String? { spec.doc }
    /// How the generated source looks from outside.
    package var swift: SwiftSettings { spec.swift }
    /// The enum that everything is generated in.
    package var namespace: String { spec.swift.namespace?.value ?? spec.name.value }
    /// The byte order of the frame, and of every number that does not say its own.
    package var byteOrder: ByteOrderSpec { spec.byteOrder }
    /// The messages, as they stand in the file.
    package var messages: [MessageSpec] { spec.messages }
    /// The enums, as they stand in the file.
    package var enums: [EnumSpec] { spec.enums }

    /// The enum called `name`.
    package func enumeration(_ name: String) -> EnumSpec? { enumsByName[name] }

    /// Whether a handler may be registered for `message`: clients send it, and it is not the one that answers faults.
    package func isHandled(_ message: MessageSpec) -> Bool {
        message.sender != .server && message.name.value != spec.errorMessage?.value
    }
}
