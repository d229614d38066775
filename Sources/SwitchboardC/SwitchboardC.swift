package import SwitchboardFiles
package import SwitchboardSpec
internal import SwitchboardVocabulary

// Makes a codec in C99 from a checked spec: a header with a struct for each message, and a source file.
//
//  1. `COutput` is the way in: it asks `Refusals` what C cannot say, and returns the two files.
//  2. `CNames` makes the names: `EchoReply` becomes `net001_echo_reply`.
//  3. `Nesting` says which types contain themselves, and `HeaderFile` declares the types and the functions.
//  4. `SourceFile` has the functions: `LayoutReader` and `LayoutWriter` walk the layouts of messages, structs and cases;
//     `FrameFunctions` has what is around the payload.
//  5. `Runtime` has the C functions that they call. A file gets only those that it needs. `FramingFunctions` has those that find and
//     remove delimiters and escapes.
//
// A decoder never allocates: texts and bytes point into the frame, the elements of arrays are in memory of the caller.

/// The C codec of a spec.
package enum COutput {
    /// Returns what keeps `spec` from a C codec: a diagnostic for each part that the output does not support.
    ///
    /// - Parameter name: The name of the codec; `nil` for that of the protocol.
    package static func refusals(of spec: CheckedSpec, name: String? = nil) -> [Diagnostic] {
        let unnamed = name == nil ? nameRefusal(of: spec) : nil
        return [unnamed].compactMap(\.self) + Refusals(spec).diagnostics
    }

    private static func nameRefusal(of spec: CheckedSpec) -> Diagnostic? {
        OutputName.refusal(of: spec) ?? problem(inName: spec.name).map { OutputName.refusal(of: spec, $0) }
    }

    /// Returns why `name` cannot be the name of a codec; `nil` if it can.
    package static func problem(inName name: String) -> String? {
        guard OutputName.isName(name) else { return OutputName.rule }
        let header = CNames(name).prefix
        guard standardHeaders.contains(header) else { return nil }
        return "the standard library of C has a header \(header).h, which that of the codec would hide"
    }

    /// The headers of C99 and C11, without their ending.
    private static let standardHeaders: Set<String> = [
        "assert", "complex", "ctype", "errno", "fenv", "float", "inttypes", "iso646", "limits", "locale", "math",
        "setjmp", "signal", "stdalign", "stdarg", "stdatomic", "stdbool", "stddef", "stdint", "stdio", "stdlib",
        "stdnoreturn", "string", "tgmath", "threads", "time", "uchar", "wchar", "wctype",
    ]

    /// Returns the header and the source file of the codec of `spec`, which has no ``refusals(of:)``.
    ///
    /// - Parameters:
    ///   - file: The name of the spec's file, for the comment at the top.
    ///   - name: The name of the codec; `nil` for that of the protocol.
    package static func files(for spec: CheckedSpec, file: String, name: String? = nil) -> [OutputFile] {
        let names = CNames(name ?? spec.name)
        let head =
            "/* \(spec.name.inComment): made from \(file.inComment) by switchboard \(PackageVersion.current). Do not edit. */"
        let codec = Codec(spec, names)
        return [
            OutputFile(path: "\(names.prefix).h", text: HeaderFile(codec).text(head)),
            OutputFile(path: "\(names.prefix).c", text: SourceFile(codec).text(head)),
        ]
    }
}

/// The spec with what all parts of the output need.
struct Codec {
    let spec: CheckedSpec
    let names: CNames
    private let nesting: Nesting

    init(_ spec: CheckedSpec, _ names: CNames) {
        self.spec = spec
        self.names = names
        nesting = Nesting(spec.plan, spec.allImports.flatMap(\.spec.types) + spec.types)
    }

    var plan: LayoutPlan { spec.plan }

    /// Whether values of the type `name` can contain values of the same type.
    func isRecursive(_ name: String) -> Bool { nesting.recursive.contains(name) }

    /// Whether values of a type can contain values of the same type.
    var hasRecursiveTypes: Bool { !nesting.recursive.isEmpty }

    /// Whether a member with a value of `step` is a pointer to it.
    func isPointer(_ step: Step) -> Bool {
        switch step {
        case .structure(let type): nesting.pointed.contains(type.name.value)
        case .union(let type, _): nesting.pointed.contains(type.name.value)
        case .optional(let step, _), .sized(let step, _): isPointer(step)
        case .list, .enumeration, .flags, .integer, .float, .boolean, .bit, .text, .bytes, .reserved, .reservedBits:
            false
        }
    }

    /// Whether an array with an unknown number of elements can have elements that contain such arrays.
    var nestsUnknownCounts: Bool { nesting.nestsUnknownCounts }

    /// The types of the spec and of imported specs, each after the types that its values contain.
    ///
    /// Types that can contain themselves are declared before.
    var types: [TypeSpec] {
        let all = spec.allImports.flatMap(\.spec.types) + spec.types
        var ordered: [TypeSpec] = []
        var done: Set<String> = []
        func visit(_ type: TypeSpec) {
            guard done.insert(type.name.value).inserted else { return }
            for field in type.fields {
                guard let name = field.type.value.namedType, let held = all.first(where: { $0.name.value == name })
                else { continue }
                let step = plan.table.step(of: field)
                var isElsewhere = isPointer(step)
                if case .list = step.unwrapped { isElsewhere = isRecursive(name) }
                if !isElsewhere { visit(held) }
            }
            ordered.append(type)
        }
        for type in all { visit(type) }
        return ordered
    }

    /// The messages of imported specs and of the spec.
    var messages: [MessageSpec] { spec.allImports.flatMap(\.spec.messages) + spec.messages }

    /// Returns the constant that stands for `message`.
    func kind(_ message: MessageSpec) -> String {
        // A type may have the name `Kind`, too.
        let isTaken = types.contains { CNames.snake($0.name.value) == "kind" }
        return names.constant(isTaken ? "message_kind" : "kind", message.name.value)
    }

    /// The fields of `layout` that a C struct has.
    func members(_ layout: Layout) -> [FieldPlan] { layout.fields.filter(\.field.isVariable) }

    /// The items of the header of `frame` that the C struct of the header has.
    func members(_ frame: FrameLayout) -> [FrameLayout.Item] { frame.ownItems.filter(\.isSettableOrCorrelation) }

    /// The layout of the header of all frames: that of the first form that has an item of a name wins.
    var headerItems: [FrameLayout.Item] {
        var items: [FrameLayout.Item] = []
        for frame in spec.allFrames {
            for item in members(spec.layout(of: frame)) where !items.contains(where: { $0.plan.name == item.plan.name })
            {
                items.append(item)
            }
        }
        return items
    }
}

extension FrameLayout.Item {
    /// Whether programs set the value, or it pairs a reply with its request.
    var isSettableOrCorrelation: Bool { spec.role.isOwn && spec.field.isVariable }
}
