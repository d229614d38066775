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
        case .integer(let type, let order): call("integer", arguments(of: type, order) + [label])
        case .float(_, let order): call("float", [order.source, label])
        case .boolean: call("boolean", [label])
        case .enumeration(let type, let order): call("enumeration", arguments(of: type.type, order) + [label])
        case .flags(let flags, let order): call("flags", arguments(of: flags.type, order) + known(flags) + [label])
        case .text(let size, let form): text(size, form)
        case .bytes(_, let notation?): notated(notation)
        case .bytes(let size, nil): bytes(size)
        case .list(let element, let size): list(of: element, size)
        case .sized(let step, let size): window(size, renderer(of: step).reading)
        case .optional(let step, .byte): optional(step)
        case .optional(let step, .count): valueUnlessAbsent(step)
        case .reserved(let count): call("reserved", [Literal.decimal(UInt64(clamping: count)), label])
        case .structure: Call(function: spec.swiftName(of: step), arguments: ["from: &reader"])
        case .union(_, let tag):
            Call(
                function: spec.swiftName(of: step),
                arguments: (tag.map { ["tag: \(Identifier.local($0.field))"] } ?? []) + ["from: &reader"]
            )
        // A group of neighbours reads them.
        case .bit, .reservedBits: Call(function: "", arguments: [])
        }
    }

    private func call(_ method: String, _ arguments: [String]) -> Call {
        Call(function: "reader.\(method)", arguments: arguments)
    }

    /// Returns the arguments with the form of an integer on the wire.
    private func arguments(of type: IntegerType, _ order: ByteOrder) -> [String] {
        if case .variable(let length) = type.encoding { return [".\(length)"] }
        return type.isNarrow ? ["bytes: \(type.size)", order.source] : [order.source]
    }

    private func text(_ size: Size, _ form: TextForm) -> Call {
        guard form.encoding == .utf8 else {
            let bytes = "try " + renderer(of: .bytes(size, nil)).reading.line
            return Call(function: form.source + ".text", arguments: [bytes, label])
        }
        return call("string", end(size, "length") + [label])
    }

    private func notated(_ notation: Notation) -> Call {
        let bits = call("integer", notation.form + [label]).line
        return Call(function: notation.swiftName, arguments: ["bits: \(bits)"])
    }

    private func bytes(_ size: Size) -> Call { call("bytes", end(size, "length") + [label]) }

    /// Returns the arguments with the end of a text or of bytes.
    private func end(_ size: Size, _ prefixLabel: String) -> [String] {
        switch size {
        case .toEnd: []
        case .counted(let count):
            count.plainPrefix.map { ["\(prefixLabel): \($0.swiftName).self", $1.source] } ?? ["count: \(number(count))"]
        case .fixed(let count): ["count: \(Literal.decimal(UInt64(clamping: count)))"]
        case .padded(let count, let pad):
            ["count: \(Literal.decimal(UInt64(clamping: count)))", "pad: \(Literal.byte(pad))"]
        case .until(let end): ["until: \(Literal.terminator(end))"]
        }
    }

    /// Returns the expression of the number of bytes or elements that `count` says.
    private func number(_ count: Count) -> String {
        switch count.source {
        case .constant(let number): return Literal.decimal(UInt64(clamping: number))
        case .field(let reference):
            let number = Identifier.local(reference.field)
            guard !count.arithmetic.isEmpty else { return "Int(clamping: \(number))" }
            return "try ByteReader.size(\(([number] + count.arithmetic + [label]).joined(separator: ", ")))"
        case .prefix(let type, let order):
            let head = (type.isVariable ? [] : ["\(type.swiftName).self"]) + arguments(of: type, order)
            return "reader.size(\((head + count.arithmetic + [label]).joined(separator: ", ")))"
        }
    }

    /// Returns the call that reads `value` from as many bytes as `size` says.
    private func window(_ size: Size, _ value: Call) -> Call {
        if case .toEnd = size { return value }
        return value.within(windowArguments(size) + [label])
    }

    /// Returns the argument with the number of bytes of a value.
    private func windowArguments(_ size: Size) -> [String] {
        switch size {
        case .counted(let count):
            if let (type, order) = count.plainPrefixOfBytes { return ["length: \(type.swiftName).self", order.source] }
            return [size.constant ?? number(count)]
        case .fixed(let count), .padded(let count, _): return [Literal.decimal(UInt64(clamping: count))]
        case .toEnd, .until: return ["reader.remaining"]
        }
    }

    private func valueUnlessAbsent(_ step: Step) -> Call {
        guard case .counted(let count)? = step.size else { return renderer(of: step).reading }
        var call = call("value", [number(count)])
        call.parameters = "reader, count"
        switch step {
        case .text(_, let form) where form.encoding != .utf8:
            call.closure = ["try \(form.source).text(try reader.bytes(count: count, \(label)), \(label))"]
        case .text: call.closure = ["try reader.string(count: count, \(label))"]
        case .bytes: call.closure = ["try reader.bytes(count: count, \(label))"]
        case .sized(let inner, _):
            var window = self.call("window", ["count", label])
            window.closure = renderer(of: inner).reading.lines
            call.closure = window.lines
        case .list(let element, _):
            call.closure = list(of: element, count: "count", countsBytes: count.countsBytes).lines
        case .integer, .float, .boolean, .bit, .enumeration, .flags, .optional, .reserved, .reservedBits, .structure,
            .union:
            break
        }
        return call
    }

    private func list(of element: Step, _ size: Size) -> Call {
        switch size {
        case .counted(let count) where count.countsBytes:
            var call = call("window", windowArguments(size) + [label])
            call.closure = renderer(of: .list(element, .toEnd)).reading.lines
            return call
        case .counted(let count) where count.plainPrefix == nil:
            return list(of: element, count: size.constant ?? number(count), countsBytes: false)
        case .until(let end):
            return array(of: element, ["until: \(Literal.terminator(end))", label])
        case .toEnd, .counted, .fixed, .padded: break
        }
        switch element {
        case .integer(let type, let order) where type.isOfSwift: return numbers("integers", size, order)
        case .float(_, let order): return numbers("floats", size, order)
        case .integer, .structure, .union, .boolean, .bit, .enumeration, .flags, .text, .bytes, .list, .optional,
            .reserved, .reservedBits, .sized:
            return array(of: element, listArguments(element, size))
        }
    }

    /// Returns the call that reads elements; the expression `count` is the number of elements, or of their bytes.
    private func list(of element: Step, count: String, countsBytes: Bool) -> Call {
        if countsBytes {
            var call = call("window", [count, label])
            call.closure = renderer(of: .list(element, .toEnd)).reading.lines
            return call
        }
        switch element {
        case .integer(let type, let order) where type.isOfSwift:
            return call("integers", ["count: \(count)", order.source, label])
        case .float(_, let order): return call("floats", ["count: \(count)", order.source, label])
        case .integer, .structure, .union, .boolean, .bit, .enumeration, .flags, .text, .bytes, .list, .optional,
            .reserved, .reservedBits, .sized:
            return array(of: element, ["count: \(count)", minimumSize(of: element), label])
        }
    }

    private func array(of element: Step, _ arguments: [String]) -> Call {
        switch element {
        case .structure, .union(_, nil):
            return call("array", arguments + ["\(spec.swiftName(of: element)).init(from:)"])
        case .integer, .float, .boolean, .bit, .enumeration, .flags, .text, .bytes, .list, .optional, .reserved,
            .reservedBits, .union, .sized:
            var call = call("array", arguments)
            call.closure = renderer(of: element).reading.lines
            return call
        }
    }

    private func numbers(_ method: String, _ size: Size, _ order: ByteOrder) -> Call {
        // The arguments of the count contain the byte order, too.
        let isOrderSaid = if case .counted = size { true } else { false }
        return call(method, end(size, "count") + (isOrderSaid ? [] : [order.source]) + [label])
    }

    private func listArguments(_ element: Step, _ size: Size) -> [String] {
        end(size, "count") + (size == .toEnd ? [] : [minimumSize(of: element)]) + [label]
    }

    private func minimumSize(of element: Step) -> String {
        "minimumSize: \(Literal.decimal(max(1, spec.plan.table.minimumSize(of: element))))"
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
        case .integer(let type, let order): return call("integer", arguments(of: type, order), canFail: false)
        case .float(_, let order): return call("float", [order.source], canFail: false)
        case .boolean: return call("boolean", [label], canFail: true)
        case .enumeration(let type, let order):
            return call("enumeration", arguments(of: type.type, order) + [label], canFail: true)
        case .flags(let flags, let order):
            let canFail = flags.isClosed || flags.type.isNarrow
            let arguments = arguments(of: flags.type, order) + known(flags) + (canFail ? [label] : [])
            return call("flags", arguments, canFail: canFail)
        case .text(let size, let form) where form.encoding != .utf8:
            let bytes = "\(local).bytes(\(([place] + end(size, "")).joined(separator: ", ")))"
            return ("\(form.source).text(\(bytes), \(label))", true)
        case .text(let size, _): return call("string", end(size, "") + [label], canFail: true)
        case .bytes(_, let notation?):
            let (bits, canFail) = call("integer", notation.form, canFail: false)
            return (notation.value(ofBits: bits), canFail)
        case .bytes(let size, nil): return call("bytes", end(size, ""), canFail: false)
        case .bit, .list, .optional, .reserved, .reservedBits, .structure, .union, .sized: return nil
        }
    }

    /// Returns the expression that reads a value of a few bits from `local`, and whether it can throw.
    func bitReading(from local: String) -> (expression: String, canFail: Bool) {
        let width = step.bitWidth ?? 0
        switch step {
        case .bit: return ("\(local).boolean()", false)
        case .integer: return ("\(local).integer(\(width))", false)
        case .enumeration: return ("\(local).enumeration(\(width), \(label))", true)
        case .flags(let flags, _) where flags.isClosed:
            return ("\(local).flags(\((["\(width)"] + known(flags) + [label]).joined(separator: ", ")))", true)
        case .flags: return ("\(local).flags(\(width))", false)
        case .reservedBits: return ("\(local).skip(\(width))", false)
        case .float, .boolean, .text, .bytes, .list, .optional, .reserved, .structure, .union, .sized:
            return ("", false)
        }
    }

    // MARK: Writing

    /// Writes the statements that write `value`, an expression without side effects.
    func renderWriting(of value: String, into writer: inout SourceWriter) {
        switch step {
        case .integer(let type, let order): renderNumber("integer", value, type, order, into: &writer)
        case .float(_, let order): writer.line("writer.float(\(value), \(order.source))")
        case .boolean: writer.line("writer.boolean(\(value))")
        case .enumeration(let type, let order): renderNumber("enumeration", value, type.type, order, into: &writer)
        case .flags(let flags, let order) where flags.isClosed:
            writer.list("try writer.flags", [value] + arguments(of: flags.type, order) + known(flags) + [label], "")
        case .flags(let flags, let order): renderNumber("flags", value, flags.type, order, into: &writer)
        case .text(let size, let form): renderText(value, size, form, into: &writer)
        case .bytes(_, let notation?):
            // A number of other bytes than its Swift type may be too large; the bits never are.
            let arguments = ["\(value).bits"] + notation.form + (notation.canFail ? [label] : [])
            writer.list("\(notation.canFail ? "try " : "")writer.integer", arguments, "")
        case .bytes(let size, nil): renderSized("bytes", value, size, into: &writer)
        case .list(let element, let size): renderList(of: element, value, size, into: &writer)
        case .sized(let step, let size): renderSized(step, value, size, into: &writer)
        case .optional(let step, .byte):
            writer.line("writer.presence(\(value) != nil)")
            renderUnwrapped(value, into: &writer) { renderer(of: step).renderWriting(of: $0, into: &$1) }
        case .optional(let step, .count): renderUnlessAbsent(step, value, into: &writer)
        case .reserved(let count): writer.line("writer.reserved(\(Literal.decimal(UInt64(clamping: count))))")
        case .structure: writer.line("try \(value).encode(into: &writer)")
        case .union(_, let tag):
            writer.line("try \(value).encode(\(tag == nil ? "" : "withTag: false, ")into: &writer)")
        // A group of neighbours writes them.
        case .bit, .reservedBits: break
        }
    }

    /// Writes a block that runs when `value` is not `nil`; `body` gets the expression of the value.
    ///
    /// `absence` writes the statements for `nil`, if there are any.
    func renderUnwrapped(
        _ value: String,
        into writer: inout SourceWriter,
        _ body: (String, inout SourceWriter) -> Void,
        else absence: ((inout SourceWriter) -> Void)? = nil
    ) {
        let isName = !value.contains(".") && !Identifier.isReserved(value)
        writer.line(isName ? "if let \(value) {" : "if let value = \(value) {")
        writer.indented { body(isName ? value : "value", &$0) }
        if let absence {
            writer.line("} else {")
            writer.indented(absence)
        }
        writer.line("}")
    }

    private func renderNumber(
        _ method: String,
        _ value: String,
        _ type: IntegerType,
        _ order: ByteOrder,
        into writer: inout SourceWriter
    ) {
        let canFail = type.isVariable || type.isNarrow
        let arguments = [value] + arguments(of: type, order) + (canFail ? [label] : [])
        writer.list("\(canFail ? "try " : "")writer.\(method)", arguments, "")
    }

    private func renderText(_ value: String, _ size: Size, _ form: TextForm, into writer: inout SourceWriter) {
        guard form.encoding != .utf8 else { return renderSized("string", value, size, into: &writer) }
        renderSized("bytes", "\(form.source).bytes(\(value), \(label))", size, canFail: true, into: &writer)
    }

    private func renderSized(
        _ method: String,
        _ value: String,
        _ size: Size,
        canFail: Bool = false,
        into writer: inout SourceWriter
    ) {
        var end: [String] = []
        switch size {
        case .toEnd: break
        case .counted(let count):
            if let (type, order) = count.plainPrefix {
                end = ["length: \(type.swiftName).self", order.source]
            } else if case .field = count.source {
                break
            } else if let constant = size.constant {
                end = ["count: \(constant)"]
            } else {
                let content = method == "string" ? "\(value).utf8.count" : "\(value).count"
                guard !canFail else {
                    return renderMeasured(count, into: &writer) { $0.line("writer.bytes(try \(value))") }
                }
                renderCount(content, count, into: &writer)
            }
        case .fixed, .padded, .until: end = self.end(size, "length")
        }
        let arguments = [(canFail ? "try " : "") + value] + end + (end.isEmpty ? [] : [label])
        writer.list("\(end.isEmpty ? "" : "try ")writer.\(method)", arguments, "")
    }

    /// Writes the statement that writes the number of bytes or elements `size`, an expression, if the number precedes
    /// the value.
    private func renderCount(_ size: String, _ count: Count, into writer: inout SourceWriter) {
        switch count.source {
        case .field: return
        case .constant(let expected):
            let number = "expected: \(Literal.decimal(UInt64(clamping: expected)))"
            writer.list("try writer.count", [size, number, label], "")
        case .prefix(let type, let order):
            if let (type, order) = count.plainPrefixOfBytes {
                writer.list("try writer.count", [size, "as: \(type.swiftName).self", order.source, label], "")
                return
            }
            let number = self.number(of: size, count, type)
            renderNumber("integer", number, type, order, into: &writer)
        }
    }

    /// Returns the expression of the number of `type` that says `size`, an expression.
    func number(of size: String, _ count: Count, _ type: IntegerType) -> String {
        let bits = type.isNarrow || type.isVariable && type.bitWidth < 64 ? ["bits: \(type.bitWidth)"] : []
        let arguments = ["of: \(size)"] + bits + count.writtenArithmetic + [label]
        return "try ByteWriter.number(\(arguments.joined(separator: ", "))) as \(type.swiftName)"
    }

    private func renderList(of element: Step, _ value: String, _ size: Size, into writer: inout SourceWriter) {
        func renderElements(into writer: inout SourceWriter) {
            writer.block("for element in \(value)") { writer in
                if case .until = size { writer.line("let elementStart = writer.count") }
                renderer(of: element).renderWriting(of: "element", into: &writer)
                if case .until(let end) = size {
                    let isNot = "isNot: \(Literal.terminator(end))"
                    writer.list("try writer.element", ["from: elementStart", isNot, label], "")
                }
            }
        }
        switch size {
        case .toEnd: renderElements(into: &writer)
        case .counted(let count) where count.countsBytes:
            renderMeasured(count, into: &writer, renderElements)
        case .counted(let count):
            renderCount("\(value).count", count, into: &writer)
            renderElements(into: &writer)
        case .fixed(let count), .padded(let count, _):
            let expected = "expected: \(Literal.decimal(UInt64(clamping: count)))"
            writer.list("try writer.count", ["\(value).count", expected, label], "")
            renderElements(into: &writer)
        case .until(let end):
            renderElements(into: &writer)
            writer.line("writer.end(\(Literal.terminator(end)))")
        }
    }

    /// Writes the statements of `body` in a closure, whose bytes follow their number.
    private func renderMeasured(
        _ count: Count,
        into writer: inout SourceWriter,
        _ body: (inout SourceWriter) -> Void
    ) {
        let head: [String]
        switch count.source {
        case .field: return body(&writer)
        case .constant(let number): head = ["expected: \(Literal.decimal(UInt64(clamping: number)))"]
        case .prefix(let type, let order):
            head =
                (type.isVariable ? [] : ["\(type.swiftName).self"]) + arguments(of: type, order)
                + count.writtenArithmetic
        }
        writer.list("try writer.sized", head + [label], " { writer throws(PayloadError) in")
        writer.indented(body)
        writer.line("}")
    }

    /// Writes the statements of `body`, which write the value, in a closure whose bytes follow their number.
    func renderMeasured(into writer: inout SourceWriter, _ body: (inout SourceWriter) -> Void) {
        guard case .counted(let count)? = step.size else { return body(&writer) }
        renderMeasured(count, into: &writer, body)
    }

    private func renderSized(_ inner: Step, _ value: String, _ size: Size, into writer: inout SourceWriter) {
        let count: Count
        switch size {
        case .toEnd, .until: return renderer(of: inner).renderWriting(of: value, into: &writer)
        case .counted(let counted): count = counted
        case .fixed(let constant), .padded(let constant, _):
            count = .constant(constant)
        }
        renderMeasured(count, into: &writer) { renderer(of: inner).renderWriting(of: value, into: &$0) }
    }

    private func renderUnlessAbsent(_ step: Step, _ value: String, into writer: inout SourceWriter) {
        guard case .counted(let count)? = step.size, let absent = count.absent.first else { return }
        func render(_ value: String, into writer: inout SourceWriter) {
            renderer(of: step).renderWriting(of: value, into: &writer)
        }
        guard case .prefix(let prefix, let order) = count.source else {
            return renderUnwrapped(value, into: &writer, render)
        }
        renderUnwrapped(value, into: &writer, render) { writer in
            let type = count.absentByte == nil ? prefix : .uint8
            let number = ValueLiteral(spec: spec, scope: .namespace).text(of: .number(absent), .integer(type, order))
            renderNumber("integer", "\(number) as \(type.swiftName)", type, order, into: &writer)
        }
    }

    /// Writes the statement that adds `value` to the fields of a few bits in `local`.
    func renderBitWriting(of value: String, to local: String, into writer: inout SourceWriter) {
        let width = "\(step.bitWidth ?? 0)"
        switch step {
        case .bit: writer.line("\(local).boolean(\(value))")
        case .integer: writer.list("try \(local).integer", [value, width, label], "")
        case .enumeration: writer.list("try \(local).enumeration", [value, width, label], "")
        case .flags(let flags, _): writer.list("try \(local).flags", [value, width] + known(flags) + [label], "")
        case .reservedBits: writer.line("\(local).reserved(\(width))")
        case .float, .boolean, .text, .bytes, .list, .optional, .reserved, .structure, .union, .sized: break
        }
    }
}

extension Count {
    /// The prefix, if it is a Swift type and equal to the number of bytes or elements; `nil` if it counts the bytes of a
    /// list.
    fileprivate var plainPrefix: (IntegerType, ByteOrder)? {
        countsBytes ? nil : plainPrefixOfBytes
    }

    /// The prefix, if it is a Swift type and equal to the number of bytes or elements.
    fileprivate var plainPrefixOfBytes: (IntegerType, ByteOrder)? {
        guard case .prefix(let type, let order) = source, type.isOfSwift, !type.isSigned else { return nil }
        return unit == 1 && plus == 0 && absent.isEmpty ? (type, order) : nil
    }

    /// The arguments with the relation between the number and the size, for the reader.
    fileprivate var arithmetic: [String] {
        let numbers = absent.map(\.description).joined(separator: ", ")
        let absence = absent.isEmpty ? [] : ["absent: \(absent.count == 1 ? numbers : "[\(numbers)]")"]
        return absence + factors
    }

    /// The same for the writer, which does not write a number where a byte says that there is no value.
    fileprivate var writtenArithmetic: [String] { absentByte == nil ? arithmetic : factors }

    private var factors: [String] {
        var arguments: [String] = []
        if unit != 1 { arguments.append("unit: \(unit)") }
        if plus != 0 { arguments.append("plus: \(plus)") }
        return arguments
    }
}

extension Size {
    /// The Swift literal of the number of bytes or elements, if it is always the same.
    fileprivate var constant: String? {
        guard case .counted(let count) = self, case .constant(let number) = count.source else { return nil }
        return Literal.decimal(UInt64(clamping: number))
    }
}

extension TextForm {
    /// The encoding in Swift.
    fileprivate var source: String {
        switch encoding {
        case .utf8, .ascii, .latin1: "TextEncoding.\(encoding.rawValue)"
        case .utf16: "TextEncoding.utf16(\(order.source))"
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
        case .boolean, .bit: "Bool"
        case .enumeration(let type, _): reference(to: type.name.value, from: scope)
        case .flags(let type, _): reference(to: type.name.value, from: scope)
        case .text: "String"
        case .bytes(_, let notation): notation?.swiftName ?? "Bytes"
        case .list(let element, _): "[\(swiftName(of: element, from: scope))]"
        case .optional(let step, _): swiftName(of: step, from: scope) + "?"
        case .sized(let step, _): swiftName(of: step, from: scope)
        case .reserved, .reservedBits: ""
        case .structure(let type): reference(to: type.name.value, from: scope)
        case .union(let type, _): reference(to: type.name.value, from: scope)
        }
    }
}

extension IntegerType {
    /// The name of the smallest Swift type with all numbers of the type.
    var swiftName: String { "\(isSigned ? "Int" : "UInt")\(storageWidth)" }

    /// Whether the type is a Swift type.
    var isOfSwift: Bool { !isVariable && !isNarrow }
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
    /// The parameters of the closure.
    var parameters = "reader"

    /// Returns the call that reads the value from a number of bytes, which `arguments` say.
    func within(_ arguments: [String]) -> Call {
        var call = Call(function: "reader.window", arguments: arguments)
        call.closure = lines
        return call
    }

    /// Writes the statement.
    func render(into writer: inout SourceWriter) {
        let isShort = start.count + line.count < writer.room && closure.isEmpty
        guard let condition, !isShort else {
            let prefix = (start.isEmpty ? "" : start + " ") + (condition.map { "\($0) ? " } ?? "")
            return render(prefix, condition == nil ? "" : " : nil", into: &writer)
        }
        let rest = { (writer: inout SourceWriter) in
            render("? ", "", into: &writer)
            writer.line(": nil")
        }
        guard start != "try" else {
            writer.line("try " + condition)
            return writer.indented(rest)
        }
        writer.line(start.replacing(" = try", with: " ="))
        writer.indented { writer in
            writer.line("try " + condition)
            rest(&writer)
        }
    }

    private func render(_ prefix: String, _ suffix: String, into writer: inout SourceWriter) {
        guard !closure.isEmpty else {
            writer.list(prefix + function, arguments, suffix)
            return
        }
        writer.list(prefix + function, arguments, " { \(parameters) throws(PayloadError) in")
        writer.indented { $0.lines(closure) }
        writer.line("}" + suffix)
    }

    /// The expression in one line, without its closure.
    var line: String {
        let call = function + "(" + arguments.joined(separator: ", ") + ")"
        return condition.map { "\($0) ? \(call) : nil" } ?? call
    }

    /// The lines of the expression with `try`, as the body of a closure.
    var lines: [String] {
        var call = self
        call.start = "try"
        var writer = SourceWriter(indentation: Self.closureIndentation)
        call.render(into: &writer)
        return writer.text.split(separator: "\n").map { String($0.dropFirst(Self.closureIndentation)) }
    }

    /// The number of columns before the lines of a closure that is not in another closure.
    private static let closureIndentation = 16
}
