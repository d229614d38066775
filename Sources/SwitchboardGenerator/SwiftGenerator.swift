package import SwitchboardSpec

/// Generates Swift source from checked specs.
package enum SwiftGenerator {
    /// A part of the source.
    ///
    /// Two files of about the same size compile in parallel.
    package struct Part: OptionSet, Sendable {
        package let rawValue: Int

        package init(rawValue: Int) { self.rawValue = rawValue }

        /// The protocol, and the messages that clients send.
        package static let requests = Part(rawValue: 1)
        /// The messages that only the server sends, and the types.
        package static let replies = Part(rawValue: 2)
        /// The whole source.
        package static let everything: Part = [.requests, .replies]
    }

    /// Returns the source for `spec`, or a part of it.
    ///
    /// All declarations are `nonisolated`, because event loops decode messages. A target may otherwise isolate its
    /// declarations to an actor by default.
    ///
    /// - Parameters:
    ///   - spec: A spec without mistakes.
    ///   - file: The name of the file of the spec, for the first line.
    ///   - part: The part to generate.
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
        // Without an access level, the import is compatible with other imports of the same module, whatever the
        // settings of the target are.
        let access = spec.swift.access == .internal ? "" : spec.swift.access.rawValue + " "
        let built = Set(spec.allImports.map(\.module.value)).union(["SwitchboardRouter"])
        let extra = Set(spec.swift.imports.map(\.value)).subtracting(built)
        let imports = extra.map { ($0, "import \($0)") } + built.map { ($0, "\(access)import \($0)") }
        for (_, line) in imports.sorted(by: { $0.0 < $1.0 }) { writer.line(line) }
    }
}

extension SourceWriter {
    /// Writes the attribute that hides the next declaration of a public protocol in the documentation: the runtime
    /// calls it, programs do not.
    mutating func hidden(_ spec: CheckedSpec) {
        if spec.swift.access == .public { line("@_documentation(visibility: internal)") }
    }
}

extension CheckedSpec {
    /// The access level of all declarations, followed by a space.
    var access: String { swift.access == .internal ? "" : swift.access.rawValue + " " }

    /// Returns the Swift name of the message or type `name`, qualified if a type parameter of the runtime has the same
    /// name.
    func reference(to name: String, from scope: Scope = .namespace) -> String {
        let isAmbiguous = name == "Input" || name == "Reply"
        guard importedNamespace(of: name) == nil, isAmbiguous || scope == .file else { return qualified(name) }
        return Identifier.escaped(namespace) + "." + Identifier.member(name)
    }

    /// Returns the Swift name of the message or type `name` inside the namespace; it may be imported.
    func qualified(_ name: String) -> String {
        guard let namespace = importedNamespace(of: name) else { return Identifier.escaped(name) }
        return Identifier.escaped(namespace) + "." + Identifier.member(name)
    }
}

/// The place of code that refers to generated declarations.
enum Scope {
    /// Inside the namespace.
    case namespace
    /// Outside the namespace.
    case file
}
