package import SwitchboardFiles
package import SwitchboardSpec

// Generates a Python package from a spec:
//
// 1. `PythonNames` chooses the names, and refuses those of which Python could not tell two apart.
// 2. `MessagesRenderer` writes messages.py: the enums, flags, structs, unions and messages as classes.
// 3. `LayoutsRenderer` writes _layouts.py: how each of them is sent. `StepRenderer` has the form of a value, `FormRenderer` that
//    of a frame.
// 4. `ClientRenderer` writes client.py, with a method for each message that clients send, and __init__.py.
// 5. `RuntimeSource` has the code that the packages of all specs share: `Runtime/wire.py` encodes and decodes, as the codec of
//    SwitchboardSpec does, and `Runtime/connection.py` speaks to a server. A package gets the sections that its spec needs.
//
// `Expression` breaks lines as formatters for Python do.

/// Generates a Python package from a spec.
package enum PythonPackage {
    /// The result of ``files(for:spec:)``.
    package struct Outcome: Sendable {
        /// The files of the package, in a folder with its name; empty if there are problems.
        package let files: [OutputFile]
        /// What the package could not express, with places in the spec.
        package let problems: [Diagnostic]
    }

    /// Returns why `name` cannot be the name of a package; `nil` if it can.
    package static func problem(inName name: String) -> String? {
        if PythonNames.isKeyword(name) { return "it is a keyword of Python" }
        if StandardLibrary.modules.contains(name) {
            return "the standard library of Python has a module of this name, which the package would hide"
        }
        let hasLetters = name.utf8.allSatisfy {
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
                || $0 == UInt8(ascii: "_")
        }
        guard OutputName.isName(name), hasLetters, PythonNames.package(name) == name else {
            return "use at most \(SpecLimits.nameLength) small letters, digits and `_`, and begin with a letter"
        }
        return nil
    }

    /// Returns the files of the package.
    ///
    /// - Parameters:
    ///   - spec: The spec.
    ///   - file: The name of its file, for the head of each module.
    ///   - name: The name of the package; `nil` for that of the protocol.
    package static func files(for spec: CheckedSpec, file: String, name: String? = nil) -> Outcome {
        let names = PythonNames(spec)
        let folder = name ?? PythonNames.package(OutputName.identifier(of: spec))
        var problems = names.problems
        if name == nil {
            if let refusal = OutputName.refusal(of: spec) {
                problems.append(refusal)
            } else if let problem = problem(inName: folder) {
                let reason = "`\(folder)` is not the name of a Python package: \(problem)"
                problems.append(OutputName.refusal(of: spec, reason))
            }
        }
        guard problems.isEmpty else { return Outcome(files: [], problems: problems) }
        let head = Head(spec: spec, file: file)
        var uses = Uses()
        let messages = MessagesRenderer(spec, names).source(head, &uses)
        let layouts = LayoutsRenderer(spec, names).source(head, &uses)
        let client = ClientRenderer(spec, names)
        let modules = [
            ("__init__.py", client.initSource(head)),
            ("_connection.py", RuntimeSource.connection(head)),
            ("_layouts.py", layouts),
            ("_wire.py", RuntimeSource.wire(head, uses)),
            ("client.py", client.source(head)),
            ("messages.py", messages),
            ("py.typed", ""),
        ]
        return Outcome(files: modules.map { OutputFile(path: "\(folder)/\($0.0)", text: $0.1) }, problems: [])
    }
}

/// The sections of the shared code that a package needs.
struct Uses {
    /// The names of the sections.
    private(set) var names: Set<String> = []

    mutating func note(_ names: String...) { self.names.formUnion(names) }
}
