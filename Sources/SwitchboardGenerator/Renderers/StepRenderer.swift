internal import SwitchboardSpec

/// Renders a step of a layout: its type in Swift, and the code that reads and writes a value.
struct StepRenderer {
    private let spec: CheckedSpec
    private let step: Step
    /// The argument with the name of the field in errors.
    private let label: String

    /// A renderer for values of `step`.
    ///
    /// - Parameter field: The name of the field in errors.
    init(_ spec: CheckedSpec, _ step: Step, field: String) {
        self.init(spec, step, label: "field: \(Literal.string(field))")
    }

    private init(_ spec: CheckedSpec, _ step: Step, label: String) {
        self.spec = spec
        self.step = step
        self.label = label
    }

    private func renderer(of step: Step) -> StepRenderer { StepRenderer(spec, step, label: label) }

    // MARK: Reading

    /// The call that reads a value; it can throw.
    var reading: Call {
        switch step {
        case .integer(_, let order): call("integer", [order.source, label])
        case .float(_, let order): call("float", [order.source, label])
        case .boolean: call("boolean", [label])
        case .enumeration(_, let order): call("enumeration", [order.source, label])
        case .flags(let flags, let order): call("flags", [order.source] + known(flags) + [label])
        case .text(let size): call("string", arguments(of: size, "length") + [label])
        case .bytes(let size): call("bytes", arguments(of: size, "length") + [label])
        case .list(let element, let size): list(of: element, size)
        case .optional(let step): optional(step)
        case .reserved(let count): call("reserved", [Literal.decimal(UInt64(clamping: count)), label])
        case .structure, .union: Call(function: spec.swiftName(of: step), arguments: ["from: &reader"])
        }
    }

    private func call(_ method: String, _ arguments: [String]) -> Call {
        Call(function: "reader.\(method)", arguments: arguments)
    }

    private func arguments(of size: Size, _ prefixLabel: String) -> [String] {
        switch size {
        case .toEnd: []
        case .counted(let type, let order): ["\(prefixLabel): \(type.swiftName).self", order.source]
        case .fixed(let count): ["count: \(Literal.decimal(UInt64(clamping: count)))"]
        }
    }

    private func list(of element: Step, _ size: Size) -> Call {
        switch element {
        case .integer(_, let order): return numbers("integers", size, order)
        case .float(_, let order): return numbers("floats", size, order)
        case .structure, .union:
            return call("array", listArguments(element, size) + ["\(spec.swiftName(of: element)).init(from:)"])
        case .boolean, .enumeration, .flags, .text, .bytes, .list, .optional, .reserved:
            var call = call("array", listArguments(element, size))
            call.closure = ["try " + renderer(of: element).reading.line]
            return call
        }
    }

    private func numbers(_ method: String, _ size: Size, _ order: ByteOrder) -> Call {
        // The arguments of the count contain the byte order, too.
        let isOrderSaid = if case .counted = size { true } else { false }
        return call(method, arguments(of: size, "count") + (isOrderSaid ? [] : [order.source]) + [label])
    }

    private func listArguments(_ element: Step, _ size: Size) -> [String] {
        let smallest = "minimumSize: \(Literal.decimal(spec.plan.table.minimumSize(of: element)))"
        return arguments(of: size, "count") + (size == .toEnd ? [] : [smallest]) + [label]
    }

    private func optional(_ step: Step) -> Call {
        var value = renderer(of: step).reading
        value.condition = "reader.isPresent(\(label))"
        return value
    }

    private func known(_ flags: FlagsSpec) -> [String] {
        flags.isClosed ? ["known: \(Literal.hexadecimal(flags.knownBits, flags.type))"] : []
    }

    /// Returns the expression that reads a value at an offset after a length check, and whether it can throw; `nil` for
    /// a step without a fixed size or without a value.
    func fixedReading(from local: String, at offset: Int) -> (expression: String, canFail: Bool)? {
        let place = "at: \(offset)"
        func call(_ method: String, _ arguments: [String], canFail: Bool) -> (String, Bool) {
            ("\(local).\(method)(\(([place] + arguments).joined(separator: ", ")))", canFail)
        }
        switch step {
        case .integer(_, let order): return call("integer", [order.source], canFail: false)
        case .float(_, let order): return call("float", [order.source], canFail: false)
        case .boolean: return call("boolean", [label], canFail: true)
        case .enumeration(_, let order): return call("enumeration", [order.source, label], canFail: true)
        case .flags(let flags, let order):
            let arguments = [order.source] + known(flags) + (flags.isClosed ? [label] : [])
            return call("flags", arguments, canFail: flags.isClosed)
        case .text(let size): return call("string", arguments(of: size, "") + [label], canFail: true)
        case .bytes(let size): return call("bytes", arguments(of: size, ""), canFail: false)
        case .list, .optional, .reserved, .structure, .union: return nil
        }
    }

    // MARK: Writing

    /// Writes the statements that write `value`, an expression without side effects.
    func renderWriting(of value: String, into writer: inout SourceWriter) {
        switch step {
        case .integer(_, let order): writer.line("writer.integer(\(value), \(order.source))")
        case .float(_, let order): writer.line("writer.float(\(value), \(order.source))")
        case .boolean: writer.line("writer.boolean(\(value))")
        case .enumeration(_, let order): writer.line("writer.enumeration(\(value), \(order.source))")
        case .flags(let flags, let order) where flags.isClosed:
            writer.list("try writer.flags", [value, order.source] + known(flags) + [label], "")
        case .flags(_, let order): writer.line("writer.flags(\(value), \(order.source))")
        case .text(let size): renderSized("string", value, size, into: &writer)
        case .bytes(let size): renderSized("bytes", value, size, into: &writer)
        case .list(let element, let size): renderList(of: element, value, size, into: &writer)
        case .optional(let step):
            writer.line("writer.presence(\(value) != nil)")
            let isName = !value.contains(".") && !Identifier.isReserved(value)
            writer.block(isName ? "if let \(value)" : "if let value = \(value)") { writer in
                renderer(of: step).renderWriting(of: isName ? value : "value", into: &writer)
            }
        case .reserved(let count): writer.line("writer.reserved(\(Literal.decimal(UInt64(clamping: count))))")
        case .structure, .union: writer.line("try \(value).encode(into: &writer)")
        }
    }

    private func renderSized(_ method: String, _ value: String, _ size: Size, into writer: inout SourceWriter) {
        let canFail = size != .toEnd
        let arguments = [value] + arguments(of: size, "length") + (canFail ? [label] : [])
        writer.list("\(canFail ? "try " : "")writer.\(method)", arguments, "")
    }

    private func renderList(of element: Step, _ value: String, _ size: Size, into writer: inout SourceWriter) {
        switch size {
        case .toEnd: break
        case .counted(let type, let order):
            let arguments = ["\(value).count", "as: \(type.swiftName).self", order.source, label]
            writer.list("try writer.count", arguments, "")
        case .fixed(let count):
            let expected = "expected: \(Literal.decimal(UInt64(clamping: count)))"
            writer.list("try writer.count", ["\(value).count", expected, label], "")
        }
        writer.block("for element in \(value)") { writer in
            renderer(of: element).renderWriting(of: "element", into: &writer)
        }
    }
}

extension CheckedSpec {
    /// Returns the Swift type of values of `step`; an empty string for reserved bytes, which have no value.
    func swiftName(of step: Step, from scope: Scope = .namespace) -> String {
        switch step {
        case .integer(let type, _): type.swiftName
        case .float(.float32, _): "Float"
        case .float(.float64, _): "Double"
        case .boolean: "Bool"
        case .enumeration(let type, _): reference(to: type.name.value, from: scope)
        case .flags(let type, _): reference(to: type.name.value, from: scope)
        case .text: "String"
        case .bytes: "Bytes"
        case .list(let element, _): "[\(swiftName(of: element, from: scope))]"
        case .optional(let step): swiftName(of: step, from: scope) + "?"
        case .reserved: ""
        case .structure(let type): reference(to: type.name.value, from: scope)
        case .union(let type): reference(to: type.name.value, from: scope)
        }
    }
}

extension IntegerType {
    /// The name of the type in Swift.
    var swiftName: String { "\(isSigned ? "Int" : "UInt")\(bitWidth)" }
}

extension ByteOrder {
    /// The Swift expression for the value, where the compiler knows its type.
    var source: String { ".\(rawValue)" }
}

/// A statement that reads a value: a call, which can have one line for each argument.
struct Call {
    /// The text before the expression, such as `x = try`.
    var start = ""
    /// The condition of the call; if it is false, the value is `nil`.
    var condition: String?
    /// The function to call.
    let function: String
    /// The arguments with their labels.
    let arguments: [String]
    /// The lines of the trailing closure, which reads one element.
    var closure: [String] = []

    /// Writes the statement.
    func render(into writer: inout SourceWriter) {
        let isShort = start.count + line.count < writer.room && closure.isEmpty
        guard let condition, !isShort else {
            let prefix = (start.isEmpty ? "" : start + " ") + (condition.map { "\($0) ? " } ?? "")
            return render(prefix, condition == nil ? "" : " : nil", into: &writer)
        }
        let (target, keyword) = (start.replacing(" = try", with: " ="), "try ")
        writer.line(target)
        writer.indented { writer in
            writer.line(keyword + condition)
            render("? ", "", into: &writer)
            writer.line(": nil")
        }
    }

    private func render(_ prefix: String, _ suffix: String, into writer: inout SourceWriter) {
        guard !closure.isEmpty else {
            writer.list(prefix + function, arguments, suffix)
            return
        }
        writer.list(prefix + function, arguments, " { reader throws(PayloadError) in")
        writer.indented { $0.lines(closure) }
        writer.line("}" + suffix)
    }

    /// The expression in one line.
    var line: String {
        let call = function + "(" + arguments.joined(separator: ", ") + ")"
        return condition.map { "\($0) ? \(call) : nil" } ?? call
    }
}
