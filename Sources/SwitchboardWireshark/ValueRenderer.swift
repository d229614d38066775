internal import SwitchboardSpec

/// What renderers collect while they render the parts of a dissector.
struct Collected {
    let plan: LayoutPlan
    var fields: FieldTable
    var names = NameTables()
    var checksums = ChecksumTable()
    var refusals = Refusals()
    /// The unions of which some value has its tag in an earlier field.
    var taggedUnions: Set<String> = []

    init(plan: LayoutPlan, fields: FieldTable) {
        self.plan = plan
        self.fields = fields
    }
}

/// Renders the reading of a value as an expression of Lua, which calls the reader `r`.
struct ValueRenderer {
    /// The field, whose step the value has or contains.
    let field: FieldPlan
    /// The key of the field: `echo.data`.
    let key: String
    /// Returns the source that has the value of an earlier field.
    let reference: (String) -> String
    /// Whether the value is an element of an array, which is the value of the field.
    var isElement = false

    /// The text that Wireshark shows for the field.
    private var label: String { field.name }

    // MARK: Steps

    /// Returns the expression that reads a value of `step`.
    ///
    /// - Parameter size: The number of bytes or elements, if it was read before.
    func source(_ step: Step, _ out: inout Collected, size given: String? = nil) -> String {
        switch step {
        case .integer(let type, let order): return integer(type, order, names: nil, &out)
        case .enumeration(let type, let order):
            let names = names(of: type, &out)
            let number = integer(type.type, order, names: names, &out)
            return type.isClosed ? "r:known(\(quoted), \(number), \(names))" : number
        case .flags(let type, let order):
            let number = integer(type.type, order, names: nil, isFlags: true, &out)
            return flags(type, number, width: type.type.bitWidth, shift: type.type.bitWidth > 32 ? nil : 0, &out)
        case .float(let type, let order):
            let key = add(type == .float32 ? "float" : "double", [], &out)
            return "r:float(\(Lua.literal(key)), \(type.size)\(little(order)))"
        case .boolean: return "r:bool(\(Lua.literal(add("bool", ["base.NONE", "nil", "nil"] + documentation, &out))))"
        case .text(let size, let form):
            let key = Lua.literal(add("string", ["base.NONE"] + documentation, &out))
            return sized(size, given, &out) { "r:text(\(key), \($0), \(Self.decoder(form)))" }
        case .bytes(let size, let notation):
            let key = Lua.literal(bytesField(notation, &out))
            return sized(size, given, &out) { "r:bytes(\(key), \($0))" }
        case .list(let element, let size): return list(element, size, given, &out)
        case .optional(let step, .byte):
            let presence = Lua.literal(out.fields.add(key + ".present", "bool", label + " present"))
            return "r:optional(\(presence), \(luaFunction("", "return " + source(step, &out))))"
        case .optional(let step, .count): return unlessAbsent(step, &out)
        case .reserved(let count): return "r:bytes(\(Lua.literal(add("bytes", [], &out))), \(count))"
        case .structure(let type):
            return "r:struct(\(Lua.literal(add("none", documentation, &out))), \(Lua.member("types", type.name.value)))"
        case .union(let type, let tag):
            let arguments = tag.map { ", " + reference($0.field) } ?? ""
            let key = Lua.literal(add("none", documentation, &out))
            return "r:struct(\(key), \(Lua.member("types", type.name.value))\(arguments))"
        case .sized(let step, let size):
            return "r:within(\(quoted), \(self.size(size, given, &out)), \(luaFunction("", source(step, &out))))"
        // A group of neighbours reads them.
        case .bit, .reservedBits: return ""
        }
    }

    // MARK: Numbers

    private func integer(
        _ type: IntegerType,
        _ order: ByteOrder,
        names: String?,
        isFlags: Bool = false,
        _ out: inout Collected
    ) -> String {
        if case .variable(let length) = type.encoding {
            let key = add(type.isSigned ? "int64" : "uint64", display(names, isFlags), &out)
            return measured("r:\(Self.reader(of: length))(\(Lua.literal(key)))")
        }
        if let time = field.field.measure?.time {
            let key = add("absolute_time", ["base.UTC"] + documentation, &out)
            let flags = type.isSigned || order == .little ? ", \(type.isSigned)\(little(order))" : ""
            return "r:seconds(\(Lua.literal(key)), \(type.size), \(time.units), \(time.epochSeconds)\(flags))"
        }
        let key = add(Self.constructor(bytes: type.size, isSigned: type.isSigned), display(names, isFlags), &out)
        return measured("r:\(type.isSigned ? "int" : "uint")(\(Lua.literal(key)), \(type.size)\(little(order)))")
    }

    /// Returns the arguments of a number's field after the label.
    private func display(_ names: String?, _ isFlags: Bool) -> [String] {
        let measure = field.field.measure
        if isFlags { return ["base.HEX", "nil", "nil"] + documentation }
        if names == nil, measure?.scale == nil, let unit = measure?.unit {
            return ["base.UNIT_STRING", "{ \(Lua.literal(" " + unit)) }", "nil"] + documentation
        }
        return ["base.DEC", names ?? "nil", "nil"] + documentation
    }

    /// Returns `number`, with what it measures behind it in the tree.
    private func measured(_ number: String) -> String {
        guard let measure = field.field.measure else { return number }
        if let time = measure.time { return "r:moment(\(number), \(time.units), \(time.epochSeconds))" }
        guard let scale = measure.scale else { return number }
        let unit = Lua.literal(measure.unit.map { " " + $0 } ?? "")
        return "r:measure(\(number), \(scale), \(unit))"
    }

    /// Returns the expression that adds the bits below a number.
    ///
    /// - Parameter shift: The position of the lowest bit in the bytes of the number; `nil` for bits without masks.
    func flags(
        _ type: FlagsSpec,
        _ number: String,
        width: Int,
        shift: Int?,
        of bytes: Int? = nil,
        _ out: inout Collected
    ) -> String {
        let bits = type.bits.map { bit in
            let position = bit.position.value
            let mask = shift.map { "0x" + String(UInt64(1) << (position + UInt64($0)), radix: 16) }
            let display = mask == nil ? "base.NONE" : "\(8 * (bytes ?? (width + 7) / 8))"
            let name = bit.name.value
            let key = out.fields.add("\(key).\(Lua.name(name))", "bool", name, [display, "nil", mask ?? "nil"])
            return "{ \(Lua.literal(key)), \(position) }"
        }
        let closed = type.isClosed ? ", true" : ""
        return "r:flags(\(quoted), \(number), { \(bits.joined(separator: ", ")) }\(closed))"
    }

    /// Returns the table with the names of the cases.
    func names(of type: EnumSpec, _ out: inout Collected) -> String {
        for item in type.cases where item.value.value.magnitude > Lua.largestNumber {
            out.refusals.refuse(number: item.value.value, at: item.value.place, "the case `\(item.name.value)`")
        }
        return out.names.add(type.name.value, type.cases.map { ("\($0.value.value)", $0.name.value) })
    }

    // MARK: Sizes

    /// Returns the expression that reads a value with `read`, which takes the number of its bytes.
    private func sized(_ size: Size, _ given: String?, _ out: inout Collected, _ read: (String) -> String) -> String {
        switch size {
        case .padded(let count, let pad):
            "r:padded(\(quoted), \(count), \(pad), \(luaFunction("size", "return " + read("size"))))"
        case .until(let end):
            "r:terminated(\(quoted), \(Lua.literal(end)), \(luaFunction("size", "return " + read("size"))))"
        case .toEnd, .counted, .fixed: read(self.size(size, given, &out))
        }
    }

    /// Returns the expression with the number of bytes or elements.
    private func size(_ size: Size, _ given: String?, _ out: inout Collected) -> String {
        switch size {
        case .toEnd, .until: return "r:rest()"
        case .fixed(let count), .padded(let count, _): return "\(count)"
        case .counted(let count):
            let number = given ?? number(count, &out)
            if case .prefix(let type, _) = count.source, type.isSigned {
                return "r:size(\(quoted), \(number), \(count.unit), \(count.plus))"
            }
            guard count.unit != 1 || count.plus != 0 else { return number }
            return "r:size(\(quoted), \(number), \(count.unit), \(count.plus))"
        }
    }

    /// Returns the expression with the number that says the size.
    private func number(_ count: Count, _ out: inout Collected) -> String {
        switch count.source {
        case .constant(let number): return "\(number)"
        case .field(let field): return reference(field.field)
        case .prefix(let type, let order):
            let isList = if case .list = field.step.unwrapped { !count.countsBytes && !isElement } else { false }
            let word = isList ? "count" : "length"
            if case .variable(let length) = type.encoding {
                let key = out.fields.add("\(key).\(word)", "uint64", "\(label) \(word)")
                return "r:\(Self.reader(of: length))(\(Lua.literal(key)))"
            }
            let constructor = Self.constructor(bytes: type.size, isSigned: type.isSigned)
            let key = out.fields.add("\(key).\(word)", constructor, "\(label) \(word)")
            return "r:\(type.isSigned ? "int" : "uint")(\(Lua.literal(key)), \(type.size)\(little(order)))"
        }
    }

    private func list(_ element: Step, _ size: Size, _ given: String?, _ out: inout Collected) -> String {
        let name = Lua.literal(label)
        let count: String? =
            switch size {
            case .fixed, .padded, .counted: self.size(size, given, &out)
            case .toEnd, .until: nil
            }
        var renderer = self
        renderer.isElement = true
        let read = luaFunction("", renderer.source(element, &out))
        switch size {
        case .toEnd: return "r:list_to_end(\(name), \(read))"
        case .until(let end): return "r:list_until(\(name), \(Lua.literal(end)), \(read))"
        case .fixed, .padded, .counted:
            if case .counted(let form) = size, form.countsBytes {
                let inner = "return r:list_to_end(\(name), \(read))"
                return "r:within(\(quoted), \(count ?? "0"), \(luaFunction("", inner)))"
            }
            return "r:list(\(name), \(count ?? "0"), \(out.plan.table.minimumSize(of: element)), \(read))"
        }
    }

    /// Returns the expression for a value whose length may say that there is none.
    private func unlessAbsent(_ step: Step, _ out: inout Collected) -> String {
        guard case .counted(let count)? = step.size else { return source(step, &out) }
        if let byte = count.absentByte {
            return "r:unless_byte(\(quoted), \(byte), \(luaFunction("", "return " + source(step, &out))))"
        }
        let number = number(count, &out)
        let absent = count.absent.map { "\($0)" }.joined(separator: ", ")
        let read = luaFunction("number", "return " + source(step, &out, size: "number"))
        return "r:present(\(number), { \(absent) }, \(read))"
    }

    // MARK: Words

    private var quoted: String { Lua.literal(key) }

    /// Adds the field of the value.
    private func add(_ constructor: String, _ arguments: [String], _ out: inout Collected) -> String {
        out.fields.add(key, constructor, label, arguments)
    }

    /// The documentation, as the last argument of a field: its first sentence.
    var documentation: [String] {
        let text = field.field.doc.map { doc in
            let line = doc.split(whereSeparator: \.isNewline).joined(separator: " ")
            return line.split(separator: ". ").first.map(String.init) ?? line
        }
        let derived = field.derivation == nil ? nil : "Derived from other fields"
        return [text ?? derived].compactMap(\.self).map { Lua.literal($0) }
    }

    private func bytesField(_ notation: Notation?, _ out: inout Collected) -> String {
        switch notation {
        case .ipv4: add("ipv4", documentation, &out)
        case .ipv6: add("ipv6", documentation, &out)
        case .mac: add("ether", documentation, &out)
        case .uuid: add("guid", documentation, &out)
        case nil: add("bytes", ["base.NONE"] + documentation, &out)
        }
    }

    private func little(_ order: ByteOrder) -> String { order == .little ? ", true" : "" }

    /// Returns the function of `ProtoField` for a number of this many bytes.
    static func constructor(bytes: Int, isSigned: Bool) -> String {
        (isSigned ? "int" : "uint") + (bytes > 4 ? "64" : "\(8 * bytes)")
    }

    /// Returns the function of the reader for a number of variable length.
    static func reader(of length: VariableLength) -> String {
        switch length {
        case .leb128: "leb128"
        case .zigzag: "zigzag"
        case .quic: "quic"
        case .bitcoin: "bitcoin"
        case .asn1: "asn1"
        case .mysql: "mysql"
        case .midi: "midi"
        }
    }

    private static func decoder(_ form: TextForm) -> String {
        switch form.encoding {
        case .utf8: "decode_utf8"
        case .ascii: "decode_ascii"
        case .latin1: "decode_latin1"
        case .utf16: form.order == .big ? "decode_utf16_be" : "decode_utf16_le"
        }
    }
}
