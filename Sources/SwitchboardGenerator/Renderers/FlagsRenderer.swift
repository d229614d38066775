internal import SwitchboardSpec

/// Renders flags: an option set.
struct FlagsRenderer {
    private let spec: CheckedSpec
    private let flags: FlagsSpec

    init(_ spec: CheckedSpec, _ flags: FlagsSpec) {
        self.spec = spec
        self.flags = flags
    }

    func render(into writer: inout SourceWriter) {
        let (name, rawType) = (Identifier.escaped(flags.name.value), flags.type.swiftName)
        writer.documentation(flags.doc ?? "The flags `\(flags.name.value)`.")
        writer.block("\(spec.access)struct \(name): OptionSet, Hashable, Sendable") { writer in
            for bit in flags.bits {
                writer.documentation("Bit \(bit.position.value), where bit 0 is the lowest.")
                let member = Identifier.escaped(bit.name.value)
                writer.line("\(spec.access)static let \(member) = \(name)(rawValue: 1 << \(bit.position.value))")
            }
            writer.blank()
            writer.documentation("The bits as a number.")
            writer.line("\(spec.access)let rawValue: \(rawType)")
            writer.blank()
            writer.documentation("The flags whose bits are set in `rawValue`.")
            writer.block("\(spec.access)init(rawValue: \(rawType))") { $0.line("self.rawValue = rawValue") }
        }
    }
}
