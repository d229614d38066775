package import SwitchboardSpec

/// Generates Swift source from checked specs.
package enum SwiftGenerator {
    /// The source for a spec, in files.
    package struct Files: Sendable {
        /// The file of the protocol, with all declarations that have no file of their own.
        package fileprivate(set) var main = ""
        /// The files of messages and types, by their names.
        package fileprivate(set) var separate: [String: String] = [:]
    }

    /// Returns the source for `spec` in one file.
    ///
    /// - Parameters:
    ///   - spec: A spec without mistakes.
    ///   - file: The name of the file of the spec, for the first line.
    package static func source(for spec: CheckedSpec, file: String) -> String {
        files(for: spec, file: file, separating: []).main
    }

    /// Returns the source for `spec`, with a file for each of some messages and types.
    ///
    /// A change to a message leaves the files of all others as they are, so that they are not compiled again.
    ///
    /// All declarations are `nonisolated`, because event loops decode messages. A target may otherwise isolate its
    /// declarations to an actor by default.
    ///
    /// - Parameters:
    ///   - spec: A spec without mistakes.
    ///   - file: The name of the file of the spec, for the first lines.
    ///   - names: The names of the messages and types to separate. Names that the spec does not have are ignored.
    package static func files(for spec: CheckedSpec, file: String, separating names: Set<String>) -> Files {
        let head = "// Generated from \(file.visible). Edit that file: the next build overwrites this one.\n"
        var files = Files()
        var rest = SourceWriter()
        func place(_ name: String, needsRuntime: Bool, _ render: (inout SourceWriter) -> Void) {
            guard names.contains(name) else { return render(&rest) }
            var writer = SourceWriter()
            render(&writer)
            files.separate[name] = head + (needsRuntime ? imports(of: spec, for: writer.text) : "") + writer.text
        }
        for message in spec.messages {
            place(message.name.value, needsRuntime: true) { render(message, of: spec, into: &$0) }
        }
        for type in spec.types {
            place(type.name.value, needsRuntime: type.needsRuntime) { render(type, of: spec, into: &$0) }
        }
        ServiceRenderer(spec).render(into: &rest)
        var namespace = SourceWriter()
        namespace.blank()
        ProtocolRenderer(spec).render(into: &namespace)
        files.main = head + imports(of: spec, for: rest.text, besides: namespace.text) + namespace.text + rest.text
        return files
    }

    private static func render(_ message: MessageSpec, of spec: CheckedSpec, into writer: inout SourceWriter) {
        writer.blank()
        writer.block("nonisolated extension \(Identifier.escaped(spec.namespace))") { writer in
            MessageRenderer(spec, message).render(into: &writer)
            HandlerRenderer(spec, message).render(into: &writer)
        }
        SecretRenderer(spec, message.name.value, spec.layout(of: message)).render(into: &writer)
    }

    private static func render(_ type: TypeSpec, of spec: CheckedSpec, into writer: inout SourceWriter) {
        writer.blank()
        writer.block("nonisolated extension \(Identifier.escaped(spec.namespace))") { writer in
            switch type {
            case .enumeration(let type): EnumRenderer(spec, type).render(into: &writer)
            case .flags(let type): FlagsRenderer(spec, type).render(into: &writer)
            case .structure(let type): StructRenderer(spec, type).render(into: &writer)
            case .union(let type): UnionRenderer(spec, type).render(into: &writer)
            }
        }
        guard case .structure(let type) = type else { return }
        SecretRenderer(spec, type.name.value, spec.plan.layout(of: type)).render(into: &writer)
    }

    /// Returns the imports of a file, after a blank line.
    ///
    /// The compiler warns of a public import that no public declaration needs.
    ///
    /// - Parameters:
    ///   - spec: The spec.
    ///   - declarations: The messages and types in the file.
    ///   - namespace: The source of the namespace, if it is in the file. Most of its uses of other modules are in bodies.
    private static func imports(of spec: CheckedSpec, for declarations: String, besides namespace: String = "")
        -> String
    {
        // Without an access level, the import is compatible with other imports of the same module, whatever the
        // settings of the target are.
        let access = spec.swift.access == .internal ? "" : spec.swift.access.rawValue + " "
        let interface = declarations + heads(of: namespace, access)
        var imports = ["SwitchboardRouter": "\(access)import SwitchboardRouter"]
        for imported in spec.allImports {
            let module = imported.module.value
            let isPublic = uses(Identifier.escaped(imported.spec.namespace), in: interface)
            imports[module] = "\(isPublic || access.isEmpty ? access : "internal ")import \(module)"
        }
        for module in spec.swift.imports.map(\.value) where imports[module] == nil {
            imports[module] = "import \(module)"
        }
        return "\n" + imports.sorted { $0.key < $1.key }.map { "\($0.value)\n" }.joined()
    }

    /// Returns the lines of `source` that begin with `access`, without bodies.
    private static func heads(of source: String, _ access: String) -> String {
        let lines = source.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { $0.hasPrefix(access) }
        return lines.map { $0.prefix { $0 != "{" } + "\n" }.joined()
    }

    /// Returns whether `source` names a declaration of `namespace` outside comments.
    private static func uses(_ namespace: String, in source: String) -> Bool {
        source.split(separator: "\n").contains { line in
            guard !line.drop(while: { $0 == " " }).hasPrefix("//") else { return false }
            let words = line.split { !$0.isLetter && !$0.isNumber && !"_.`".contains($0) }
            return words.contains { $0.hasPrefix(namespace + ".") }
        }
    }
}

extension TypeSpec {
    /// Whether the source of the type uses declarations of the runtime.
    fileprivate var needsRuntime: Bool {
        switch self {
        case .enumeration, .flags: false
        case .structure, .union: true
        }
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
