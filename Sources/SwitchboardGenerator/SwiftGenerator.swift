package import SwitchboardSpec

/// Makes Swift source of checked specs.
package enum SwiftGenerator {
    /// What a file of source has: two files of about the same size are compiled beside each other.
    package struct Part: OptionSet, Sendable {
        package let rawValue: Int

        package init(rawValue: Int) { self.rawValue = rawValue }

        /// The protocol, and the messages that clients send.
        package static let requests = Part(rawValue: 1)
        /// The messages that only the server sends, and the types.
        package static let replies = Part(rawValue: 2)
        /// All of it.
        package static let everything: Part = [.requests, .replies]
    }

    /// The source of what `spec` describes, or of a part of it.
    ///
    /// All of it is marked `nonisolated`: messages are decoded on event loops, whatever actor a target isolates its
    /// declarations to when they say nothing.
    ///
    /// - Parameters:
    ///   - spec: A spec without mistakes.
    ///   - file: The name of the spec's file, for the first line.
    ///   - part: What of it.
    package static func source(for spec: CheckedSpec, file: String, part: Part = .everything) -> String {
        var writer = SourceWriter()
        writer.line("// Generated from \(file.visible). Edit that file: the next build overwrites this one.")
        writer.blank()
        renderImports(of: spec, into: &writer)
        if part.contains(.requests) {
            writer.blank()
            ProtocolRenderer(spec).render(into: &writer)
        }
        for message in spec.messages where part.contains(message.sender == .server ? .replies : .requests) {
            writer.blank()
            writer.block("nonisolated extension \(Identifier.escaped(spec.namespace))") { writer in
                MessageRenderer(spec, message).render(into: &writer)
                HandlerRenderer(spec, message).render(into: &writer)
            }
            SecretRenderer(spec, message.name.value, spec.layout(of: message)).render(into: &writer)
        }
        for type in spec.types where part.contains(.replies) {
            writer.blank()
            writer.block("nonisolated extension \(Identifier.escaped(spec.namespace))") { writer in
                render(type, of: spec, into: &writer)
            }
            if case .structure(let type) = type {
                SecretRenderer(spec, type.name.value, spec.plan.layout(of: type)).render(into: &writer)
            }
        }
        if part.contains(.requests) { ServiceRenderer(spec).render(into: &writer) }
        return writer.text
    }

    private static func render(_ type: TypeSpec, of spec: CheckedSpec, into writer: inout SourceWriter) {
        switch type {
        case .enumeration(let type): EnumRenderer(spec, type).render(into: &writer)
        case .flags(let type): FlagsRenderer(spec, type).render(into: &writer)
        case .structure(let type): StructRenderer(spec, type).render(into: &writer)
        case .union(let type): UnionRenderer(spec, type).render(into: &writer)
        }
    }

    private static func renderImports(of spec: CheckedSpec, into writer: inout SourceWriter) {
        // Without an access level an import may stand beside others of the same module, whatever the target's settings.
        let access = spec.swift.access == .internal ? "" : spec.swift.access.rawValue + " "
        let built = Set(spec.allImports.map(\.module.value)).union(["SwitchboardRouter"])
        let extra = Set(spec.swift.imports.map(\.value)).subtracting(built)
        let imports = extra.map { ($0, "import \($0)") } + built.map { ($0, "\(access)import \($0)") }
        for (_, line) in imports.sorted(by: { $0.0 < $1.0 }) { writer.line(line) }
    }
}

extension SourceWriter {
    /// Writes the attribute that leaves the next declaration out of the documentation of a public protocol: the runtime
    /// calls it, programs do not.
    mutating func hidden(_ spec: CheckedSpec) {
        if spec.swift.access == .public { line("@_documentation(visibility: internal)") }
    }
}

extension CheckedSpec {
    /// The access level of every declaration, with a space behind it.
    var access: String { swift.access == .internal ? "" : swift.access.rawValue + " " }

    /// How source refers to the message or type `name`, which the runtime may have a type parameter called like.
    func reference(to name: String, from scope: Scope = .namespace) -> String {
        let isAmbiguous = name == "Input" || name == "Reply"
        guard importedNamespace(of: name) == nil, isAmbiguous || scope == .file else { return qualified(name) }
        return Identifier.escaped(namespace) + "." + Identifier.member(name)
    }

    /// How source within the namespace refers to the message or type `name`, which may be an imported one.
    func qualified(_ name: String) -> String {
        guard let namespace = importedNamespace(of: name) else { return Identifier.escaped(name) }
        return Identifier.escaped(namespace) + "." + Identifier.member(name)
    }
}

/// Where source stands that refers to what is generated of a spec.
enum Scope {
    /// Within the enum that everything is nested in.
    case namespace
    /// Outside of it.
    case file
}
