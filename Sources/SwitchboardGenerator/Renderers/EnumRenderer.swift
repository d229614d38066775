internal import SwitchboardSpec

/// Renders an enum: a closed enum becomes an enum with raw values, an open enum has an additional case for all
/// other numbers.
struct EnumRenderer {
    private let spec: CheckedSpec
    private let enumeration: EnumSpec

    init(_ spec: CheckedSpec, _ enumeration: EnumSpec) {
        self.spec = spec
        self.enumeration = enumeration
    }

    private var name: String { Identifier.escaped(enumeration.name.value) }
    private var rawType: String { enumeration.type.swiftName }

    func render(into writer: inout SourceWriter) {
        writer.documentation(enumeration.doc ?? "The enum `\(enumeration.name.value)`.")
        if enumeration.isClosed {
            renderClosed(into: &writer)
        } else {
            renderOpen(into: &writer)
        }
    }

    private func renderClosed(into writer: inout SourceWriter) {
        writer.block("\(spec.access)enum \(name): \(rawType), Hashable, Sendable") { writer in
            for item in enumeration.cases {
                renderDocumentation(of: item, into: &writer)
                writer.line("case \(Identifier.escaped(item.name.value)) = \(number(item))")
            }
        }
    }

    private func renderOpen(into writer: inout SourceWriter) {
        writer.block("\(spec.access)enum \(name): RawRepresentable, Hashable, Sendable") { writer in
            for item in enumeration.cases {
                renderDocumentation(of: item, into: &writer)
                writer.line("case \(Identifier.escaped(item.name.value))")
            }
            writer.documentation("A number without a name in the spec.")
            writer.line("case unrecognized(\(rawType))")
            writer.blank()
            writer.documentation("The case with this number.")
            writer.block("\(spec.access)init(rawValue: \(rawType))") { renderReading(into: &$0) }
            writer.blank()
            writer.documentation("The number of the case.")
            writer.block("\(spec.access)var rawValue: \(rawType)") { renderWriting(into: &$0) }
        }
    }

    private func renderReading(into writer: inout SourceWriter) {
        writer.line("switch rawValue {")
        for item in enumeration.cases {
            writer.line("case \(number(item)): self = .\(Identifier.member(item.name.value))")
        }
        writer.line("default: self = .unrecognized(rawValue)")
        writer.line("}")
    }

    private func renderWriting(into writer: inout SourceWriter) {
        writer.line("switch self {")
        for item in enumeration.cases {
            writer.line("case .\(Identifier.member(item.name.value)): \(number(item))")
        }
        writer.line("case .unrecognized(let value): value")
        writer.line("}")
    }

    private func renderDocumentation(of item: EnumSpec.Case, into writer: inout SourceWriter) {
        writer.documentation("`\(number(item))` on the wire.")
    }

    private func number(_ item: EnumSpec.Case) -> String { Literal.number(item.value.value, enumeration.type) }
}

/// Renders flags as an option set.
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
