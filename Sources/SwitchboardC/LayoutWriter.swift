internal import SwitchboardSpec

/// Writes C functions that encode the fields of a layout.
struct LayoutWriter {
    let codec: Codec
    let needs: RuntimeNeeds

    private func fail(_ status: String) -> String {
        return "return fail_writing(w, \(codec.names.constant(status)));"
    }

    /// Adds the statements that encode the fields of `layout`.
    ///
    /// - Parameters:
    ///   - context: A layout with further fields, from which values of `layout` follow.
    ///   - note: Called after the statements of each item.
    func write(
        _ layout: Layout,
        _ places: FieldPlaces,
        _ text: inout CText,
        context: Layout? = nil,
        note: (LayoutItem, inout CText) -> Void = { _, _ in }
    ) {
        var places = places
        checkBounds(layout, places, &text)
        for field in layout.header where field.field.isDerived && layout.testedNames.contains(field.name) {
            if field.derivation == nil {
                text.line("const \(codec.type(of: field.step)) \(codec.names.variable(field.name)) = 0;")
            } else {
                derive(field, layout, &places, &text)
            }
        }
        if layout.needsStart || layout.fields.contains(where: { $0.coverage != nil }) {
            text.line("size_t start = w->size;")
        }
        let coverage = layout.fields.first { $0.coverage != nil }
        if let coverage {
            text.line("size_t mark = w->size;")
            if case .when = coverage.presence { text.line("bool is_covered = false;") }
            text.line("(void)start;")
        }
        for item in layout.items {
            for field in item.fields { derive(field, context ?? layout, &places, &text) }
            switch item {
            case .field(let field): write(field, places, &text)
            case .bits(let group): write(group, places, &text)
            }
            note(item, &text)
        }
        if let coverage { patch(coverage, &text) }
    }

    // MARK: Derived values

    /// Adds the statements that compute the value of a derived field, or of flags with derived bits.
    func derive(_ field: FieldPlan, _ layout: Layout, _ places: inout FieldPlaces, _ text: inout CText) {
        let name = codec.names.variable(field.name)
        if !field.presenceBits.isEmpty {
            let flags = "\(CNames.snake(field.name))_bits"
            text.line("\(codec.type(of: field.step)) \(flags) = \(places.value(field));")
            for (bit, names) in field.presenceBits {
                let mask = codec.constant(
                    SpecInteger(magnitude: 1 << bit.position.value),
                    field.step.integerType ?? .uint64
                )
                let present = presence(names, layout, places, &text)
                let type = codec.type(of: field.step)
                text.line("\(flags) = (\(type))(\(present) ? \(flags) | \(mask) : \(flags) & ~\(mask));")
            }
            places.replace(field.name, by: flags)
            return
        }
        guard let derivation = field.derivation else {
            if !field.field.isVariable, !field.field.isReserved, let constant = field.constant,
                places.isReferenced(field)
            {
                text.line("const \(codec.type(of: field.step)) \(name) = \(codec.literal(constant.number));")
            }
            return
        }
        let type = codec.type(of: field.step)
        switch derivation {
        case .presence(let names):
            text.line("const \(type) \(name) = \(presence(names, layout, places, &text));")
        case .caseTag(let tag): text.line("const \(type) \(name) = \(codec.literal(tag));")
        // It is known when all fields are written.
        case .size: break
        case .tag(let names):
            text.line("\(type) \(name) = 0;")
            for (index, target) in names.enumerated() {
                guard let plan = layout[target], let union = plan.step.union else { continue }
                needs.tags.insert(union.name.value)
                let function = "tag_of_\(CNames.snake(union.name.value))"
                let value = places.value(plan)
                func set(_ text: inout CText) {
                    guard case .list = plan.step.unwrapped else {
                        return text.line("\(name) = \(function)(\(pointer(value, plan.step)));")
                    }
                    text.line("if (\(value).count > 0) \(name) = \(function)(&\(value).items[0]);")
                    text.block("for (size_t i = 1; i < \(value).count; i++)") { text in
                        text.line("if (\(function)(&\(value).items[i]) != \(name)) \(self.fail("inconsistent"))")
                    }
                }
                if let has = places.presence(plan) {
                    text.block(index == 0 ? "if (\(has))" : "else if (\(has))", "", set)
                } else {
                    set(&text)
                }
            }
        case .count(let names): count(field, names, layout, places, &text)
        }
    }

    /// Returns the expression that says whether the fields `names` have values; adds a check that all or none of them have.
    private func presence(
        _ names: [String],
        _ layout: Layout,
        _ places: FieldPlaces,
        _ text: inout CText
    ) -> String {
        let all = names.compactMap { layout[$0] }.compactMap { places.presence($0) }
        guard let first = all.first else { return "true" }
        for other in all.dropFirst() { text.line("if (\(other) != \(first)) \(fail("inconsistent"))") }
        return first
    }

    private func count(
        _ field: FieldPlan,
        _ names: [String],
        _ layout: Layout,
        _ places: FieldPlaces,
        _ text: inout CText
    ) {
        let name = codec.names.variable(field.name)
        let type = field.step.integerType ?? .uint64
        let targets = names.compactMap { layout[$0] }
        var absence = "0"
        if let first = targets.first, case .counted(let count)? = first.step.unwrapped.size,
            let number = count.absent.first
        {
            absence = codec.literal(number)
        }
        text.line("\(codec.integer(type)) \(name) = \(absence);")
        if targets.count > 1 { text.line("bool has_\(name) = false;") }
        // A writer that only counts needs no number of a fixed size; measuring values in each other again and again would take long.
        let isMeasured = codec.hasRecursiveTypes && !type.isVariable && !layout.testedNames.contains(field.name)
        for target in targets {
            guard case .counted(let count)? = target.step.unwrapped.size else { continue }
            let head = isMeasured && target.step.unwrapped.isMeasured ? "if (w->data != NULL)" : ""
            func set(_ text: inout CText) {
                text.block(head) { text in
                    let size = measure(target, places, &text)
                    text.line("uint64_t number = \(number(size, count, &text));")
                    store(&text)
                }
            }
            func store(_ text: inout CText) {
                if type.bitWidth < 64 {
                    text.line(
                        "if (number > \(codec.literal(SpecInteger(magnitude: type.largest)))) \(fail("invalid_length"))"
                    )
                }
                if targets.count > 1 {
                    text.line("if (has_\(name) && number != \(name)) \(fail("inconsistent"))")
                    text.line("has_\(name) = true;")
                }
                text.line("\(name) = (\(codec.integer(type)))number;")
            }
            guard let has = places.presence(target) else {
                set(&text)
                continue
            }
            text.block("if (\(has))", "", set)
            guard targets.count > 1, let absent = count.absent.first else { continue }
            var condition = ""
            if case .when(let test) = target.presence {
                condition = " if (\(places.expression(test, isWriting: true)))"
            }
            text.block("else" + condition) { text in
                text.line("uint64_t number = \(codec.literal(absent));")
                store(&text)
            }
        }
    }

    /// Returns the expression of the number that says `size`; adds a check that there is one.
    private func number(_ size: String, _ count: Count, _ text: inout CText) -> String {
        var sum = size
        if count.plus > 0 { sum = "(uint64_t)\(size) + \(count.plus)" }
        if count.plus < 0 {
            text.line("if (\(size) < \(-count.plus)) \(fail("invalid_length"))")
            sum = "(uint64_t)\(size) - \(-count.plus)"
        }
        guard count.unit > 1 else {
            for absent in count.absent where count.absentByte == nil && !absent.isNegative {
                text.line("if (\(sum) == \(codec.literal(absent))) \(fail("invalid_length"))")
            }
            return sum
        }
        text.line("if ((\(sum)) % \(count.unit) != 0) \(fail("invalid_length"))")
        for absent in count.absent where count.absentByte == nil && !absent.isNegative {
            text.line("if ((\(sum)) / \(count.unit) == \(codec.literal(absent))) \(fail("invalid_length"))")
        }
        return "(\(sum)) / \(count.unit)"
    }

    /// Returns the expression of the number of bytes or elements of the value of `field`.
    private func measure(_ field: FieldPlan, _ places: FieldPlaces, _ text: inout CText) -> String {
        let value = places.value(field)
        switch field.step.unwrapped {
        case .list(let element, .counted(let count)) where count.countsBytes:
            return probe(&text) { text in
                text.block("for (size_t i = 0; i < \(value).count; i++)") { text in
                    write(element, "\(value).items[i]", places, &text, writer: "(&probe)")
                }
            }
        case .list: return "\(value).count"
        case .sized(let step, _):
            return probe(&text) { text in write(step, value, places, &text, writer: "(&probe)") }
        default: return codec.arraySize(field.step.unwrapped).map { "\($0)" } ?? "\(value).size"
        }
    }

    /// Adds a writer that only counts, and the statements of `body`, which use it; returns the number of bytes.
    private func probe(_ text: inout CText, _ body: (inout CText) -> Void) -> String {
        text.line("struct writer probe = { NULL, 0, 0, w->status };")
        body(&text)
        return "probe.size"
    }

    /// Adds the statements that write the number of bytes which `field` covers.
    private func patch(_ field: FieldPlan, _ text: inout CText) {
        guard case .integer(let type, let order) = field.step, case .size(let coverage) = field.derivation else {
            return
        }
        // `mark` is behind the length, which was written as zeros.
        let from =
            switch coverage {
            case .all: "start"
            case .rest: "mark"
            case .lengthAndRest: "mark - \(type.size)"
            }
        func set(_ text: inout CText) {
            text.block("") { text in
                text.line("uint64_t number = w->size - (\(from));")
                if type.bitWidth < 64 {
                    text.line(
                        "if (number > \(codec.literal(SpecInteger(magnitude: type.largest)))) \(fail("invalid_length"))"
                    )
                }
                needs.use(.patch)
                text.line("patch(w, mark - \(type.size), number, \(type.size), \(order == .big));")
            }
        }
        if case .when = field.presence { text.block("if (is_covered)", "", set) } else { set(&text) }
    }

    // MARK: Fields

    private func write(_ field: FieldPlan, _ places: FieldPlaces, _ text: inout CText) {
        let has = places.presence(field)
        let value = places.value(field)
        func all(_ text: inout CText) {
            if let alignment = field.alignment {
                needs.use(.pad)
                text.require("pad_to(w, start, \(alignment))")
            }
            if field.coverage != nil {
                needs.use(.zeros)
                text.require("put_zeros(w, \(field.step.fixedSize ?? 0))")
                text.line("mark = w->size;")
                if case .when = field.presence { text.line("is_covered = true;") }
                return
            }
            guard !field.field.isReserved else { return write(field.step, value, places, &text) }
            if let constant = field.constant, field.derivation == nil { return write(constant, field.step, &text) }
            if case .optional(let step, let form) = field.step {
                writeOptional(step, form, value, has ?? "true", places, &text)
            } else {
                write(field.step, value, places, &text)
            }
        }
        switch field.presence {
        case .always: all(&text)
        case .unlessEnded(.nothing) where field.field.isTrailing:
            guard let has else { return all(&text) }
            text.block("if (\(has))", "", all)
            for later in places.later(field) {
                text.line("if (!\(has) && \(later)) \(fail("inconsistent"))")
            }
        case .unlessEnded: all(&text)
        case .when(let condition):
            let test = places.expression(condition, isWriting: true)
            let mayLack = field.field.isReserved || field.coverage != nil || !field.field.isVariable
            if let has, !mayLack {
                if field.step.isOptional {
                    text.line("if (\(has) && !(\(test))) \(fail("inconsistent"))")
                } else if !condition.isDerived {
                    text.line("if (\(has) != (\(test))) \(fail("inconsistent"))")
                }
                if field.step.isOptional {
                    text.block("if (\(test))", "", all)
                } else {
                    text.block("if (\(has))", "", all)
                }
            } else {
                text.block("if (\(test))", "", all)
            }
        }
    }

    private func writeOptional(
        _ step: Step,
        _ form: OptionalForm,
        _ value: String,
        _ has: String,
        _ places: FieldPlaces,
        _ text: inout CText,
        writer: String = "w"
    ) {
        switch form {
        case .byte:
            text.require("\(needs.write(.uint8, .big))(\(writer), \(has))")
            text.block("if (\(has))") { text in write(step, value, places, &text, writer: writer) }
        case .count:
            text.block("if (\(has))") { text in write(step, value, places, &text, writer: writer) }
            guard case .counted(let count)? = step.size, case .prefix(let type, let order) = count.source else {
                return
            }
            text.block("else") { text in
                if let byte = count.absentByte {
                    text.require("\(needs.write(.uint8, .big))(\(writer), \(byte))")
                } else if let absent = count.absent.first {
                    text.require("\(needs.write(type, order))(\(writer), \(codec.literal(absent)))")
                }
            }
        }
    }

    private func write(_ group: BitGroup, _ places: FieldPlaces, _ text: inout CText) {
        let fields = group.fields
        let type = IntegerType(rawValue: "uint\(8 * group.bytes)") ?? .uint64
        let order: ByteOrder = group.order == .high ? .big : .little
        let isDynamic =
            group.condition == nil && fields.contains { if case .when = $0.presence { true } else { false } }
        func all(_ text: inout CText) {
            text.block("") { text in
                text.line("uint64_t bits = 0;")
                if isDynamic { text.line("unsigned shift = \(group.order == .high ? 8 * group.bytes : 0);") }
                var place = 0
                for field in fields {
                    let width = field.step.bitWidth ?? 0
                    let shift = group.order == .high ? 8 * group.bytes - place - width : place
                    place += width
                    guard isDynamic else {
                        put(field, "\(shift)", width, places, &text)
                        continue
                    }
                    func move(_ text: inout CText) {
                        if group.order == .high { text.line("shift -= \(width);") }
                        put(field, "shift", width, places, &text)
                        if group.order == .low { text.line("shift += \(width);") }
                    }
                    if case .when(let condition) = field.presence {
                        let test = places.expression(condition, isWriting: true)
                        checkPresence(field, condition, test, places, &text)
                        text.block("if (\(test))", "", move)
                    } else {
                        move(&text)
                    }
                }
                if isDynamic {
                    let empty = group.order == .high ? "shift == \(8 * group.bytes)" : "shift == 0"
                    text.line(
                        "if (!(\(empty)) && !\(needs.write(type, order))(w, (\(codec.integer(type)))bits)) return false;"
                    )
                } else {
                    text.require("\(needs.write(type, order))(w, (\(codec.integer(type)))bits)")
                }
            }
        }
        guard let condition = group.condition else { return all(&text) }
        let test = places.expression(condition, isWriting: true)
        for field in fields { checkPresence(field, condition, test, places, &text) }
        text.block("if (\(test))", "", all)
    }

    private func checkPresence(
        _ field: FieldPlan,
        _ condition: Condition,
        _ test: String,
        _ places: FieldPlaces,
        _ text: inout CText
    ) {
        guard field.field.isVariable, let has = places.presence(field),
            !condition.isDerived || condition.terms.count > 1
        else {
            return
        }
        text.line("if (\(has) != (\(test))) \(fail("inconsistent"))")
    }

    /// Adds the statement that puts a value into `bits`.
    private func put(_ field: FieldPlan, _ shift: String, _ width: Int, _ places: FieldPlaces, _ text: inout CText) {
        guard !field.field.isReserved else { return }
        var value = places.value(field)
        if let constant = field.constant, field.derivation == nil {
            value = codec.literal(constant.number)
        } else if field.derivation == nil {
            if let wrong = codec.invalidCase(field.step, value) {
                if case .enumeration(let type, _) = field.step { needs.enums.insert(type.name.value) }
                text.line("if (\(wrong)) \(fail("invalid_case"))")
            }
            if let wrong = codec.exceeds(field.step, value) { text.line("if (\(wrong)) \(fail("out_of_bounds"))") }
        }
        let mask = UInt64.max >> UInt64(64 - width)
        let bits = "(uint64_t)\(value)" + (width == 64 ? "" : " & \(codec.literal(SpecInteger(magnitude: mask)))")
        text.line("bits |= \(shift == "0" ? bits : "(\(bits)) << \(shift)");")
    }

    // MARK: Values

    /// Returns the pointer to a struct or a union: an element of an array, or a member that may be a pointer itself.
    private func pointer(_ value: String, _ step: Step) -> String {
        codec.isPointer(step) && !value.hasSuffix("]") ? value : "&\(value)"
    }

    /// Adds the statements that write the value of a constant field.
    private func write(_ constant: Value, _ step: Step, _ text: inout CText) {
        switch step.unwrapped {
        case .text(let size, _), .bytes(let size, _):
            let content = codec.wireBytes(of: constant, step.unwrapped)
            switch size {
            case .counted(let count):
                if case .prefix(let type, let order) = count.source, let number = count.sent(content.count) {
                    text.require("\(needs.write(type, order))(w, \(codec.literal(number)))")
                }
                text.require("put(w, \(content.bytesInC), \(content.count))")
            case .padded(let total, let pad):
                let padded = content + [UInt8](repeating: pad, count: max(0, total - content.count))
                text.require("put(w, \(padded.bytesInC), \(padded.count))")
            case .until(let end): text.require("put(w, \((content + end).bytesInC), \(content.count + end.count))")
            case .toEnd, .fixed: text.require("put(w, \(content.bytesInC), \(content.count))")
            }
        case .float(let type, let order):
            needs.float(type, order, reads: false)
            let name = "put_float\(8 * type.size)\(order == .little ? "_le" : "")"
            text.require("\(name)(w, \(codec.floatLiteral(constant.bits, type)))")
        case .boolean: text.require("\(needs.write(.uint8, .big))(w, \(constant.number))")
        case .list(_, .counted(let count)):
            if case .prefix(let type, let order) = count.source, let number = count.sent(0) {
                text.require("\(needs.write(type, order))(w, \(codec.literal(number)))")
            }
        case .list(_, .until(let end)):
            text.require("put(w, \(end.bytesInC), \(end.count))")
        default:
            guard let type = step.integerType, let order = step.order else { return }
            text.require("\(needs.write(type, order))(w, \(codec.literal(constant.number)))")
        }
    }

    /// Adds the statements that write a value of `step`.
    ///
    /// - Parameter writer: The name of the writer: `w`, or another one that only counts.
    func write(
        _ step: Step,
        _ value: String,
        _ places: FieldPlaces,
        _ text: inout CText,
        writer: String = "w"
    ) {
        switch step {
        case .integer(let type, let order):
            if let wrong = codec.exceeds(step, value) { text.line("if (\(wrong)) \(fail("out_of_bounds"))") }
            text.require("\(needs.write(type, order))(\(writer), \(value))")
        case .float(let type, let order):
            needs.float(type, order, reads: false)
            let name = "put_float\(8 * type.size)\(order == .little ? "_le" : "")"
            text.require("\(name)(\(writer), \(value))")
        case .boolean: text.require("\(needs.write(.uint8, .big))(\(writer), \(value))")
        case .enumeration(let type, let order):
            if let wrong = codec.invalidCase(step, value) {
                needs.enums.insert(type.name.value)
                text.line("if (\(wrong)) \(fail("invalid_case"))")
            }
            if let wrong = codec.exceeds(step, value) { text.line("if (\(wrong)) \(fail("out_of_bounds"))") }
            text.require("\(needs.write(type.type, order))(\(writer), \(value))")
        case .flags(let type, let order):
            if let wrong = codec.invalidCase(step, value) { text.line("if (\(wrong)) \(fail("invalid_case"))") }
            if let wrong = codec.exceeds(step, value) { text.line("if (\(wrong)) \(fail("out_of_bounds"))") }
            text.require("\(needs.write(type.type, order))(\(writer), \(value))")
        case .text(let size, let form):
            if let check = needs.isText(form) {
                text.line("if (!\(check)((const uint8_t *)\(value).data, \(value).size)) \(fail("invalid_text"))")
            }
            writeContent("\(value).data", "\(value).size", size, &text, writer)
        case .bytes(let size, _):
            if let count = codec.arraySize(step), !value.hasSuffix("]") {
                text.require("put(\(writer), \(value), \(count))")
            } else {
                writeContent("\(value).data", "\(value).size", size, &text, writer)
            }
        case .list(let element, let size): writeList(element, size, value, places, &text, writer)
        case .optional(let step, let form):
            guard step.isTextOrBytes else {
                return writeOptional(
                    step,
                    form,
                    "\(value).value",
                    "\(value).has_value",
                    places,
                    &text,
                    writer: writer
                )
            }
            writeOptional(step, form, value, "\(value).data != NULL", places, &text, writer: writer)
        case .reserved(let count):
            needs.use(.zeros)
            text.require("put_zeros(\(writer), \(count))")
        case .sized(let step, let size):
            writeSized(size, &text, writer) { text, writer in write(step, value, places, &text, writer: writer) }
        case .structure(let type):
            let hasMembers = !codec.members(codec.plan.layout(of: type)).isEmpty
            let argument = hasMembers ? ", \(pointer(value, step))" : ""
            text.require("write_\(CNames.snake(type.name.value))(\(writer)\(argument))")
        case .union(let type, let tag):
            let end = tag == nil ? "" : type.alignment == nil ? "_fields" : "_of"
            text.require("write_\(CNames.snake(type.name.value))\(end)(\(writer), \(pointer(value, step)))")
        case .bit, .reservedBits: break
        }
    }

    /// Adds the statements that write the number before a value of `size` bytes or elements, and check it.
    private func prefix(_ size: String, _ count: Count, _ text: inout CText, _ writer: String) {
        switch count.source {
        case .field: break
        case .constant(let constant):
            let number = number(size, count, &text)
            text.line("if (\(number) != \(constant)) \(fail("invalid_length"))")
        case .prefix(let type, let order):
            let number = number(size, count, &text)
            if type.bitWidth < 64 {
                text.line(
                    "if (\(number) > \(codec.literal(SpecInteger(magnitude: type.largest)))) \(fail("invalid_length"))"
                )
            }
            text.require("\(needs.write(type, order))(\(writer), (\(codec.integer(type)))(\(number)))")
        }
    }

    private func writeContent(_ data: String, _ size: String, _ end: Size, _ text: inout CText, _ writer: String) {
        switch end {
        case .toEnd: break
        case .fixed(let count): text.line("if (\(size) != \(count)) \(fail("invalid_length"))")
        case .padded(let count, let pad):
            let last = "(uint8_t)\(data)[\(size) - 1] == \(pad)"
            text.line("if (\(size) > \(count) || (\(size) > 0 && \(last))) \(fail("invalid_length"))")
        case .counted(let count): prefix(size, count, &text, writer)
        case .until(let bytes):
            needs.use(.contains)
            text.line("if (contains_end(\(data), \(size), \(bytes.bytesInC), \(bytes.count))) \(fail("contains_end"))")
        }
        text.require("put(\(writer), \(data), \(size))")
        switch end {
        case .padded(let count, let pad):
            text.line("for (size_t pad = \(size); pad < \(count); pad++)")
            text.line("    if (!\(needs.write(.uint8, .big))(\(writer), \(pad))) return false;")
        case .until(let bytes): text.require("put(\(writer), \(bytes.bytesInC), \(bytes.count))")
        case .toEnd, .fixed, .counted: break
        }
    }

    /// Adds the statements of `body`, which write a value in a number of bytes of its own.
    func writeSized(
        _ size: Size,
        _ text: inout CText,
        _ writer: String = "w",
        _ body: (inout CText, String) -> Void
    ) {
        switch size {
        case .toEnd, .until, .padded: body(&text, writer)
        case .fixed(let count):
            text.block("") { text in
                text.line("size_t before = \(writer)->size;")
                body(&text, writer)
                text.line("if (\(writer)->size - before != \(count)) \(fail("invalid_length"))")
            }
        case .counted(let count):
            if case .field = count.source { return body(&text, writer) }
            text.block("") { text in
                let probe = writer.nextProbe
                text.line("struct writer \(probe) = { NULL, 0, 0, w->status };")
                body(&text, "(&\(probe))")
                prefix("\(probe).size", count, &text, writer)
                guard codec.hasRecursiveTypes else { return body(&text, writer) }
                text.line("/* A writer that only counts has counted already. */")
                text.line("if (\(writer)->data == NULL) \(writer)->size += \(probe).size;")
                text.block("else") { text in body(&text, writer) }
            }
        }
    }

    private func writeList(
        _ element: Step,
        _ size: Size,
        _ value: String,
        _ places: FieldPlaces,
        _ text: inout CText,
        _ writer: String
    ) {
        func elements(_ text: inout CText, _ writer: String) {
            text.block("for (size_t i = 0; i < \(value).count; i++)") { text in
                guard case .until(let end) = size else {
                    return write(element, "\(value).items[i]", places, &text, writer: writer)
                }
                text.line("size_t before = \(writer)->size;")
                write(element, "\(value).items[i]", places, &text, writer: writer)
                needs.use(.beginsWith)
                text.line(
                    "if (begins_with(\(writer), before, \(end.bytesInC), \(end.count))) \(self.fail("contains_end"))"
                )
            }
        }
        switch size {
        case .toEnd: elements(&text, writer)
        case .fixed(let count), .padded(let count, _):
            text.line("if (\(value).count != \(count)) \(fail("invalid_length"))")
            elements(&text, writer)
        case .counted(let count) where count.countsBytes: writeSized(size, &text, writer, elements)
        case .counted(let count):
            prefix("\(value).count", count, &text, writer)
            elements(&text, writer)
        case .until(let end):
            elements(&text, writer)
            text.require("put(\(writer), \(end.bytesInC), \(end.count))")
        }
    }

    private func checkBounds(_ layout: Layout, _ places: FieldPlaces, _ text: inout CText) {
        for field in layout.fields where field.field.isVariable {
            guard let test = codec.outOfBounds(field, places.value(field), needs) else { continue }
            let present = places.presence(field).map { "\($0) && " } ?? ""
            text.line("if (\(present.isEmpty ? test : "\(present)(\(test))")) \(fail("out_of_bounds"))")
        }
    }
}

extension Codec {
    /// Returns the condition that a number does not fit in its type on the wire; `nil` if every number of the C type does.
    func exceeds(_ step: Step, _ value: String) -> String? {
        guard let type = step.integerType, type.isNarrow else { return nil }
        let high = "\(value) > \(literal(SpecInteger(magnitude: type.largest)))"
        guard type.isSigned else { return high }
        return "\(high) || \(value) < \(literal(SpecInteger(isNegative: true, magnitude: type.largest + 1)))"
    }
}

extension Step {
    /// Whether a value is written to a writer that only counts, to find its number of bytes.
    fileprivate var isMeasured: Bool {
        switch self {
        case .list(_, .counted(let count)): count.countsBytes
        case .sized: true
        case .list, .integer, .float, .boolean, .bit, .enumeration, .flags, .text, .bytes, .optional, .reserved,
            .reservedBits, .structure, .union:
            false
        }
    }

    /// The byte order of a number; `nil` for other values.
    var order: ByteOrder? {
        switch self {
        case .integer(_, let order), .enumeration(_, let order), .flags(_, let order), .float(_, let order): order
        case .boolean, .bit, .text, .bytes, .list, .optional, .reserved, .reservedBits, .structure, .union, .sized: nil
        }
    }
}

extension Count {
    /// Returns the number that says `size` bytes or elements; `nil` when there is none.
    func sent(_ size: Int) -> SpecInteger? {
        let (total, overflows) = size.addingReportingOverflow(plus)
        guard !overflows, total >= 0, total % unit == 0 else { return nil }
        return SpecInteger(magnitude: UInt64(total / unit))
    }
}

extension FieldPlaces {
    /// The expressions that say which fields after `field` have values.
    func later(_ field: FieldPlan) -> [String] {
        fieldsAfter(field).compactMap { presence($0) }
    }
}
