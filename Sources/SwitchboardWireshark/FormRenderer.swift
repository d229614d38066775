internal import SwitchboardSpec
internal import SwitchboardVocabulary

/// Renders the forms of frames: the header, the trailer, and the messages by their codes.
struct FormRenderer {
    let spec: CheckedSpec
    let frame: FrameSpec

    private var layout: FrameLayout { spec.layout(of: frame) }

    /// Returns the entry of the form in the table of forms.
    func source(_ out: inout Collected) -> String {
        let header = header(&out)
        var entries = ["header = \(luaFunction(header.uses("r") ? "r, h" : "_, h", header))"]
        if frame.hasLength { entries.append("covered_trailer = \(frame.coveredTrailer)") }
        entries.append("trailer_size = \(trailerSize)")
        let trailer = trailer(&out)
        if !trailer.isEmpty { entries.append("trailer = \(luaFunction(trailer.uses("h") ? "r, h" : "r", trailer))") }
        entries.append("maximum = \(frame.maximumPayload)")
        if frame.isOfReplies { entries.append("has_replies = true") }
        entries.append(messages)
        let list = entries.map { $0 + "," }.joined(separator: "\n").indented
        return "\(Lua.member("forms", frame.key)) = {\n\(list)\n}\n"
    }

    // MARK: Header

    private func header(_ out: inout Collected) -> String {
        let items = layout.items
        var before: [Int: String] = [:]
        if frame.hasLength {
            let start = min(frame.uncoveredItems, items.count)
            before[start] = "h.counted = r.at"
        }
        var uses: [Int: LayoutRenderer.Use] = [:]
        let prefix = frame.name.map { Lua.name($0.value) + "." } ?? ""
        for (index, item) in items.enumerated() {
            let name = Lua.name(item.plan.name)
            switch item.spec.role {
            case .magic(let magic):
                let key = Lua.literal(out.fields.add(prefix + "magic", "bytes", "magic"))
                let ends =
                    magic.client == magic.server
                    ? Lua.literal(magic.client)
                    : "h.sender == \"server\" and \(Lua.literal(magic.server)) or \(Lua.literal(magic.client))"
                uses[index] = .statement("r:equals(\(key), r:bytes(\(key), \(magic.client.count)), \(ends))")
            case .checksum(let checksum):
                let size = checksum.algorithm.size
                let key = Lua.literal(prefix + "checksum")
                uses[index] = .statement("h.checksum = r:take(\(key), \(size))")
            case .length: uses[index] = .variable("h.length")
            case .correlation:
                uses[index] = .variable("h.id")
                if case .integer(let type, _) = item.plan.step, type.size > 4 {
                    // Lua does not represent all numbers of 64 bits.
                    before[index + 1] = ([before[index + 1]].compactMap(\.self) + ["h.id = r.digits"]).joined(
                        separator: "\n"
                    )
                }
            case .version, .code, .presence, .field: uses[index] = .variable(Lua.header(name))
            }
        }
        let plain = frame.codeFields.count == 1 && frame.codeNames == nil
        var fields = LayoutRenderer(whole(items), prefix: prefix, before: before) { uses[$0] }
        var source = fields.render(&out)
        for item in items {
            if case .version = item.spec.role {
                let key = Lua.literal(prefix + Lua.name(item.plan.name))
                source += "\nr:equals(\(key), \(Lua.header(Lua.name(item.plan.name))), \(layout.version))"
            }
        }
        if let largest = frame.largestShortLength {
            // Items with values of their own do not choose: the longer length is only for sizes that the shorter one cannot say.
            let long = items.filter { $0.spec.role.isLength && $0.spec.number == frame.length.type }.first
            if let long, case .when(let condition) = long.plan.presence, let term = condition.terms.first {
                let name = Lua.header(Lua.name(term.reference.field))
                source +=
                    "\nif \(name) and h.length <= \(largest) then\n  r:fail(\"length\", \"fits in the shorter length\")\nend"
            }
        }
        if let correlation = frame.correlation, case .bytes = correlation.value.field.type.value {
            source += "\nh.id = h.id:raw()"
        }
        let parts = items.filter(\.spec.role.isCode).map { item in
            let name = Lua.header(Lua.name(item.plan.name))
            return item.plan.step.isBytes ? "\(name) and \(name):raw()" : name
        }
        if parts.isEmpty { return source.isEmpty ? "h.code = \"\"" : source + "\nh.code = \"\"" }
        if plain, case .integer = items.first(where: \.spec.role.isCode)?.plan.step {
            return source + "\nh.code = \(parts[0])"
        }
        return source + "\nh.code = key_of({ \(parts.joined(separator: ", ")) }, \(parts.count))"
    }

    /// Returns the layout of the header, whose own fields are values: their derivation does not matter here.
    private func whole(_ items: [FrameLayout.Item]) -> Layout { Layout(fields: items.map(\.plan)) }

    // MARK: Trailer

    /// Returns the number of bytes of the trailer, or a function that computes it from the header.
    private var trailerSize: String {
        guard frame.trailerFields.contains(where: { $0.value.field.condition != nil }) else {
            return "\(frame.trailerSize)"
        }
        var fixed = 0
        var lines: [String] = []
        let plans = Array(layout.ends.fields.dropFirst(layout.items.count))
        for (item, plan) in zip(frame.trailer, plans) {
            guard case .when(let condition) = plan.presence else {
                fixed += item.size
                continue
            }
            lines.append("if \(trailerCondition(condition)) then\n  size = size + \(item.size)\nend")
        }
        return luaFunction("h", (["local size = \(fixed)"] + lines + ["return size"]).joined(separator: "\n"))
    }

    private func trailerCondition(_ condition: Condition) -> String {
        let fields = LayoutRenderer(Layout(fields: layout.items.map(\.plan)), prefix: "") { index in
            .variable(Lua.header(Lua.name(layout.items[index].plan.name)))
        }
        return fields.source(ofCondition: condition)
    }

    private func trailer(_ out: inout Collected) -> String {
        let prefix = frame.name.map { Lua.name($0.value) + "." } ?? ""
        var statements: [String] = []
        if let checksum = frame.headerChecksum?.spec {
            statements.append(self.checksum(checksum, at: "h.checksum", prefix, isInHeader: true, &out))
        }
        let plans = Array(layout.ends.fields.dropFirst(layout.items.count))
        for (item, plan) in zip(frame.trailer, plans) {
            switch item {
            case .checksum(let checksum):
                let size = checksum.algorithm.size
                let place = "r:take(\"checksum\", \(size))"
                statements.append(self.checksum(checksum, at: place, prefix, isInHeader: false, &out))
            case .end(let bytes):
                let key = Lua.literal(out.fields.add(prefix + "end", "bytes", "end"))
                statements.append("r:equals(\(key), r:bytes(\(key), \(bytes.count)), \(Lua.literal(bytes)))")
            case .field:
                let key = prefix + Lua.name(plan.field.isReserved ? "reserved" : plan.name)
                let renderer = ValueRenderer(field: plan, key: key) { Lua.header(Lua.name($0)) }
                var value = renderer.source(plan.step, &out)
                if let constant = plan.constant, case .number(let number) = constant {
                    value = "r:equals(\(Lua.literal(key)), \(value), \(number))"
                }
                if case .when(let condition) = plan.presence {
                    value = "if \(trailerCondition(condition)) then\n\(value.indented)\nend"
                }
                statements.append(value)
            }
        }
        return statements.joined(separator: "\n")
    }

    // MARK: Checksums

    private func checksum(
        _ checksum: ChecksumSpec,
        at place: String,
        _ prefix: String,
        isInHeader: Bool,
        _ out: inout Collected
    ) -> String {
        let size = checksum.algorithm.size
        let constructor = checksum.algorithm.isHash ? "bytes" : ValueRenderer.constructor(bytes: size, isSigned: false)
        let key = out.fields.add(
            prefix + "checksum",
            constructor,
            "checksum",
            checksum.algorithm.isHash ? [] : ["base.HEX"]
        )
        let (from, to): (String, String) =
            switch checksum.coverage {
            case .word(.payload): ("h.payload", "h.payload_end")
            case .word(.frame): ("h.start", "h.payload_end")
            case .word(.afterMagic): ("h.start + \(frame.magicSize)", "h.payload_end")
            case .word(.header): ("h.start", isInHeader ? "h.checksum" : "h.payload")
            case .part(let part):
                (
                    "h.start + \(frame.offset(of: part))",
                    frame.end(of: part).map { "h.start + \($0)" } ?? "h.payload_end"
                )
            }
        let covered = "covered_bytes(r.tvb, h, \(from), \(to)\(isInHeader ? ", \(size)" : ""))"
        let order = (checksum.byteOrder ?? spec.byteOrder) == .little && !checksum.algorithm.isHash ? ", true" : ""
        let function = out.checksums.name(of: checksum.algorithm)
        return "r:checksum(\(Lua.literal(key)), \(place), \(size), \(function)(\(covered))\(order))"
    }

    // MARK: Messages

    /// The messages of each end by their codes.
    private var messages: String {
        let messages = spec.messages(in: frame)
        let plain = frame.codeFields.count == 1 && frame.codeNames == nil
        let codes = layout.items.filter(\.spec.role.isCode)
        let isNumber = if plain, case .integer = codes.first?.plan.step { true } else { false }
        let ends = ["client", "server"].map { end in
            let lines = messages.filter { $0.sender.words.contains(end) && !frame.isOfReplies }.map { message in
                let key: String
                if message.codeValues.isEmpty {
                    key = "\"\""
                } else if isNumber {
                    key = "\(message.codeValues[0].number)"
                } else {
                    key = Lua.literal(zip(codes, message.codeValues).flatMap { part(of: $1, $0.plan.step) })
                }
                return "    [\(key)] = \(Lua.member("messages", message.name.value)),\n"
            }
            return lines.isEmpty ? "  \(end) = {},\n" : "  \(end) = {\n\(lines.joined())  },\n"
        }
        return "messages = {\n\(ends.joined())}"
    }

    /// Returns the bytes for a part of a code, which `key_of` returns in Lua.
    private func part(of value: Value, _ step: Step) -> [UInt8] {
        let separator = UInt8(ascii: ",")
        switch value {
        case .number(let number):
            if case .bit = step { return Array((number.magnitude == 1 ? "true" : "false").utf8) + [separator] }
            return Array("\(number)".utf8) + [separator]
        case .bytes(let bytes): return bytes + [separator]
        case .float, .list, .nothing, .record, .choice, .unrecognized: return Array("nil".utf8) + [separator]
        }
    }
}

extension Step {
    fileprivate var isBytes: Bool { if case .bytes = self { true } else { false } }
}

/// The functions of checksums, each of which a dissector has once.
struct ChecksumTable {
    private var functions: [(algorithm: ChecksumAlgorithm, name: String, definition: String?)] = []

    /// Returns the name of the function that computes `algorithm`.
    mutating func name(of algorithm: ChecksumAlgorithm) -> String {
        if let known = functions.first(where: { $0.algorithm == algorithm }) { return known.name }
        let number = functions.isEmpty ? "" : "_\(functions.count + 1)"
        let (name, definition) = Self.function(algorithm)
        let unique = definition == nil ? name : "compute_checksum" + number
        functions.append((algorithm, unique, definition))
        return unique
    }

    /// The functions in Lua; empty without any.
    var source: String {
        functions.compactMap { function in
            function.definition.map { "-- \(function.algorithm.rawValue)\nlocal \(function.name) = \($0)\n\n" }
        }.joined()
    }

    private static func function(_ algorithm: ChecksumAlgorithm) -> (name: String, definition: String?) {
        func hex(_ number: UInt32) -> String { "0x" + String(number, radix: 16, uppercase: true) }
        switch algorithm.form {
        case .crc(let crc):
            let numbers = [crc.polynomial, crc.initial].map(hex).joined(separator: ", ")
            return ("", "crc(\(crc.width), \(numbers), \(crc.isReflected), \(hex(crc.finalXOR)))")
        case .sum(let sum): return ("", "byte_sum(\(sum.width), \(sum.isNegated), \(hex(sum.finalXOR)))")
        case .xor8: return ("xor8", nil)
        case .fletcher8: return ("", "two_sums(0, 256, 8, true)")
        case .fletcher16: return ("", "two_sums(0, 255, 8, false)")
        case .adler32: return ("", "two_sums(1, 65521, 16, false)")
        case .hash(let hash):
            guard hash.function == .sha256d else { return ("sha256", nil) }
            return ("", "function(bytes)\n  return sha256(sha256(bytes))\nend")
        }
    }
}
