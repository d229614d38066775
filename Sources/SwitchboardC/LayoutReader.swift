internal import SwitchboardSpec

/// Writes C functions that decode the fields of a layout.
struct LayoutReader {
    let codec: Codec
    let needs: RuntimeNeeds

    /// Adds the statements that decode `fields` of `layout`.
    ///
    /// - Parameters:
    ///   - places: Where the values go.
    ///   - note: Called after the statements of each item.
    func read(
        _ layout: Layout,
        _ places: FieldPlaces,
        _ text: inout CText,
        note: (LayoutItem, inout CText) -> Void = { _, _ in }
    ) {
        let targets = places
        var places = places
        let flags = layout.fields.filter { !$0.presenceBits.isEmpty }
        if layout.needsStart { text.line("const uint8_t *start = r->at;") }
        for field in layout.fields
        where !places.isMember(field) && !field.field.isReserved && field.field.caseTag == nil {
            text.line(codec.variable(codec.names.variable(field.name), field.step.unwrapped))
            if let has = places.presence(field) { text.line("bool \(has) = false;") }
        }
        for field in flags {
            text.line("\(codec.type(of: field.step)) \(CNames.snake(field.name))_bits = 0;")
            places.replace(field.name, by: "\(CNames.snake(field.name))_bits")
        }
        if layout.fields.contains(where: { $0.coverage != nil }) {
            text.line("struct window behind;")
            if layout.coverageIsConditional { text.line("bool is_covered = false;") }
        }
        for item in layout.items {
            switch item {
            case .field(let field): read(field, places, &text)
            case .bits(let group): read(group, places, &text)
            }
            note(item, &text)
        }
        if layout.fields.contains(where: { $0.coverage != nil }) {
            needs.use(.window)
            text.line(
                layout.coverageIsConditional
                    ? "if (is_covered && !leave(r, &behind)) return false;" : "if (!leave(r, &behind)) return false;"
            )
        }
        for field in flags {
            let mask = field.presenceBits.reduce(UInt64(0)) { $0 | (1 << $1.bit.position.value) }
            let target = targets.value(field)
            let kept =
                "(\(codec.type(of: field.step)))(\(places.value(field)) & ~\(codec.literal(SpecInteger(magnitude: mask))))"
            text.line("\(target) = \(kept);")
        }
        checkBounds(layout, places, &text)
    }

    // MARK: Fields

    private func read(_ field: FieldPlan, _ places: FieldPlaces, _ text: inout CText) {
        let has = places.presence(field)
        let target = places.value(field)
        func value(_ text: inout CText) {
            if let alignment = field.alignment {
                needs.use(.skip)
                text.require("skip_to(r, start, \(alignment))")
            }
            if field.bytesBehind > 0 {
                needs.use(.window)
                text.block("") { text in
                    text.line("struct window behind;")
                    text.require("enter_all_but(r, \(field.bytesBehind), &behind)")
                    readOptional(field, target, has, places, &text)
                    text.require("leave(r, &behind)")
                }
                needs.use(.windowAllBut)
            } else {
                readOptional(field, target, has, places, &text)
            }
            if let constant = field.constant { check(target, constant, field, &text) }
            beginCoverage(field, target, &text)
        }
        switch field.presence {
        case .always: value(&text)
        case .unlessEnded(let standard):
            if let has {
                text.line("\(has) = r->at != r->end;")
                text.ifBlock(has, value)
            } else if field.field.isReserved {
                text.ifBlock("r->at != r->end", value)
            } else {
                text.block("if (r->at == r->end)") { text in assign(standard, field.step, to: target, &text) }
                text.block("else", "", value)
            }
        case .when(let condition):
            let test = places.expression(condition)
            if let has {
                text.line("\(has) = \(test);")
                text.ifBlock(has, value)
            } else {
                text.ifBlock(test, value)
            }
        }
    }

    /// Adds the statements that read a value that may be missing.
    private func readOptional(
        _ field: FieldPlan,
        _ target: String,
        _ has: String?,
        _ places: FieldPlaces,
        _ text: inout CText
    ) {
        guard case .optional(let step, let form) = field.step else {
            return read(field.step, target, places, &text)
        }
        let has = has ?? "has_value"
        switch form {
        case .byte:
            needs.use(.boolean)
            text.require("read_bool(r, &\(has))")
            text.ifBlock(has) { text in read(step, target, places, &text) }
        case .count: read(step, target, places, &text, absence: has)
        }
    }

    private func check(_ target: String, _ constant: Value, _ field: FieldPlan, _ text: inout CText) {
        let wrong: String
        switch field.step.unwrapped {
        case .text, .bytes:
            let content = codec.wireBytes(of: constant, field.step.unwrapped)
            if let size = codec.arraySize(field.step.unwrapped) {
                wrong = "memcmp(\(target), \(content.bytesInC), \(size)) != 0"
            } else {
                wrong =
                    "\(target).size != \(content.count) || memcmp(\(target).data, \(content.bytesInC), \(content.count)) != 0"
            }
        case .float(let type, _): wrong = "\(target) != \(codec.floatLiteral(constant.bits, type))"
        case .list: wrong = "\(target).count != 0"
        default: wrong = "\(target) != \(codec.literal(constant.number))"
        }
        text.line("if (\(wrong)) return fail(r, \(codec.names.constant("unexpected_value")));")
    }

    /// Confines the reader to the bytes that `field` counts, if it has `covers`.
    private func beginCoverage(_ field: FieldPlan, _ target: String, _ text: inout CText) {
        guard field.coverage != nil else { return }
        needs.use(.window)
        var count = target
        switch field.derivation {
        case .size(.all): count = subtracted(target, "(size_t)(r->at - start)", &text)
        case .size(.lengthAndRest): count = subtracted(target, "\(field.step.fixedSize ?? 0)", &text)
        case .size(.rest), .count, .presence, .tag, .caseTag, nil: break
        }
        text.require("enter(r, \(count), &behind)")
        if case .when = field.presence { text.line("is_covered = true;") }
    }

    private func subtracted(_ number: String, _ before: String, _ text: inout CText) -> String {
        text.line("if (\(number) < \(before)) return fail(r, \(codec.names.constant("invalid_length")));")
        return "\(number) - \(before)"
    }

    private func read(_ group: BitGroup, _ places: FieldPlaces, _ text: inout CText) {
        let fields = group.fields
        func all(_ text: inout CText) {
            let type = IntegerType(rawValue: "uint\(8 * group.bytes)") ?? .uint64
            let order: ByteOrder = group.order == .high ? .big : .little
            text.block("") { text in
                text.line("\(codec.integer(type)) bits;")
                text.require("\(needs.read(type, order))(r, &bits)")
                let isDynamic =
                    group.condition == nil && fields.contains { if case .when = $0.presence { true } else { false } }
                if isDynamic { text.line("unsigned shift = \(group.order == .high ? 8 * group.bytes : 0);") }
                var place = 0
                for field in fields {
                    let width = field.step.bitWidth ?? 0
                    let shift = group.order == .high ? 8 * group.bytes - place - width : place
                    place += width
                    guard isDynamic else {
                        take(field, "\(shift)", width, places, &text)
                        continue
                    }
                    func move(_ text: inout CText) {
                        if group.order == .high { text.line("shift -= \(width);") }
                        take(field, "shift", width, places, &text)
                        if group.order == .low { text.line("shift += \(width);") }
                    }
                    if case .when(let condition) = field.presence {
                        let test = places.expression(condition)
                        if let has = places.presence(field) {
                            text.line("\(has) = \(test);")
                            text.ifBlock(has, move)
                        } else {
                            text.ifBlock(test, move)
                        }
                    } else {
                        move(&text)
                    }
                }
                if isDynamic { text.line("(void)shift;") }
            }
        }
        guard let condition = group.condition else { return all(&text) }
        let test = places.expression(condition)
        for field in fields { if let has = places.presence(field) { text.line("\(has) = \(test);") } }
        text.ifBlock(fields.lazy.compactMap { places.presence($0) }.first ?? test, all)
    }

    /// Adds the statements that take a value out of `bits`.
    private func take(_ field: FieldPlan, _ shift: String, _ width: Int, _ places: FieldPlaces, _ text: inout CText) {
        guard !field.field.isReserved, field.field.caseTag == nil else { return }
        let target = places.value(field)
        let shifted = shift == "0" ? "bits" : "bits >> \(shift)"
        let mask =
            width == 64
            ? shifted : "(\(shifted) & \(codec.literal(SpecInteger(magnitude: UInt64.max >> UInt64(64 - width)))))"
        let type = codec.type(of: field.step)
        if case .bit = field.step {
            text.line("\(target) = (\(shifted) & 1) != 0;")
        } else if field.step.integerType?.isSigned == true {
            needs.use(.signed)
            text.line("\(target) = (\(type))signed_number(\(mask), \(width));")
        } else {
            text.line("\(target) = (\(type))\(mask);")
        }
        checkCase(field.step, target, &text)
        if let constant = field.constant { check(target, constant, field, &text) }
    }

    // MARK: Values

    private func checkCase(_ step: Step, _ target: String, _ text: inout CText) {
        guard let wrong = codec.invalidCase(step, target) else { return }
        if case .enumeration(let type, _) = step { needs.enums.insert(type.name.value) }
        text.line("if (\(wrong)) return fail(r, \(codec.names.constant("invalid_case")));")
    }

    /// Adds the statements that read a value of `step` into `target`.
    ///
    /// - Parameters:
    ///   - reader: The name of the reader: `r`, or another one that counts elements.
    ///   - absence: The variable that says whether there is a value, if its number says that.
    ///   - isElement: Whether it is an element of an array, which is never an array itself.
    func read(
        _ step: Step,
        _ target: String,
        _ places: FieldPlaces,
        _ text: inout CText,
        reader: String = "r",
        absence: String? = nil,
        isElement: Bool = false
    ) {
        switch step {
        case .integer(let type, let order):
            text.require("\(needs.read(type, order))(\(reader), &\(target))")
        case .float(let type, let order):
            let name = "read_float\(8 * type.size)\(order == .little ? "_le" : "")"
            needs.float(type, order, reads: true)
            text.require("\(name)(\(reader), &\(target))")
        case .boolean:
            needs.use(.boolean)
            text.require("read_bool(\(reader), &\(target))")
        case .enumeration(let type, let order):
            text.require("\(needs.read(type.type, order))(\(reader), &\(target))")
            checkCase(step, target, &text)
        case .flags(let type, let order):
            text.require("\(needs.read(type.type, order))(\(reader), &\(target))")
            checkCase(step, target, &text)
        case .text(let size, let form): readText(size, form, target, places, &text, reader, absence)
        case .bytes(let size, _):
            if let count = codec.arraySize(step), case .fixed = size, !isElement {
                needs.use(.array)
                text.require("read_array(\(reader), \(target), \(count))")
            } else {
                readContent(size, target, places, &text, reader, absence)
            }
        case .list(let element, let size): readList(element, size, target, places, &text, reader, absence)
        case .optional(let step, let form):
            guard step.isTextOrBytes else {
                let value = "\(target).value"
                let has = "\(target).has_value"
                guard case .byte = form else {
                    return read(step, value, places, &text, reader: reader, absence: has, isElement: isElement)
                }
                needs.use(.boolean)
                text.require("read_bool(\(reader), &\(has))")
                return text.ifBlock(has) { text in
                    read(step, value, places, &text, reader: reader, isElement: isElement)
                }
            }
            // An element of an array without a value has no bytes.
            text.block("") { text in
                text.line("bool has_value = true;")
                if case .byte = form {
                    needs.use(.boolean)
                    text.require("read_bool(\(reader), &has_value)")
                    text.ifBlock("has_value") { text in
                        read(step, target, places, &text, reader: reader, isElement: isElement)
                    }
                } else {
                    let absence = "has_value"
                    read(step, target, places, &text, reader: reader, absence: absence, isElement: isElement)
                }
                text.block("if (!has_value)") { text in
                    text.line("\(target).data = NULL;")
                    text.line("\(target).size = 0;")
                }
            }
        case .reserved(let count):
            text.require("skip(\(reader), \(count))")
            needs.use(.skipBytes)
        case .sized(let step, let size):
            readSized(size, places, &text, reader, absence) { text in
                read(step, target, places, &text, reader: reader, isElement: isElement)
            }
        case .structure(let type):
            let hasMembers = !codec.members(codec.plan.layout(of: type)).isEmpty
            let name = CNames.snake(type.name.value)
            readNested(step, target, isElement, reader, &text) { value in
                "read_\(name)(\(reader)\(hasMembers ? ", \(value)" : ""))"
            }
        case .union(let type, let tag):
            let name = CNames.snake(type.name.value) + (tag == nil ? "" : "_of")
            let tag = tag.map { ", \(places.value($0))" } ?? ""
            readNested(step, target, isElement, reader, &text) { value in "read_\(name)(\(reader)\(tag), \(value))" }
        case .bit, .reservedBits: break
        }
    }

    /// Adds the statements that read a struct or a union with the function that `call` calls for a pointer to it.
    private func readNested(
        _ step: Step,
        _ target: String,
        _ isElement: Bool,
        _ reader: String,
        _ text: inout CText,
        _ call: (String) -> String
    ) {
        guard codec.isPointer(step), !isElement else { return text.require(call("&\(target)")) }
        needs.use(.allocate)
        text.block("") { text in
            text.line("void *space;")
            text.require("allocate(\(reader), 1, sizeof(\(codec.type(of: step))), &space)")
            text.require(call("space"))
            text.line("\(target) = space;")
        }
    }

    /// Adds the statements that read the number of bytes or elements, then those of `body` with that number.
    private func withCount(
        _ size: Size,
        _ places: FieldPlaces,
        _ text: inout CText,
        _ reader: String,
        _ absence: String?,
        _ body: (String, inout CText) -> Void
    ) {
        guard case .counted(let count) = size else {
            if case .fixed(let number) = size { body("\(number)", &text) }
            return
        }
        text.block("") { text in
            var number: String
            var isSigned = false
            switch count.source {
            case .prefix(let type, let order):
                number = "length"
                text.line("\(codec.integer(type)) length;")
                if let byte = count.absentByte, let absence {
                    text.line("\(absence) = \(reader)->at == \(reader)->end || *\(reader)->at != \(byte);")
                    text.line("if (!\(absence)) \(reader)->at++;")
                    text.block("else") { text in
                        text.require("\(needs.read(type, order))(\(reader), &length)")
                        scaled(number, count, &text, reader, body)
                    }
                    return
                }
                text.require("\(needs.read(type, order))(\(reader), &length)")
                isSigned = type.isSigned
            case .field(let reference):
                number = places.value(reference)
                isSigned = places.isSigned(reference)
            case .constant(let constant): number = "\(constant)"
            }
            func counted(_ text: inout CText) {
                guard isSigned else { return scaled(number, count, &text, reader, body) }
                text.line("if (\(number) < 0) return fail(\(reader), \(codec.names.constant("invalid_length")));")
                scaled("(uint64_t)\(number)", count, &text, reader, body)
            }
            guard let absence, !count.absent.isEmpty else { return counted(&text) }
            text.line(
                "\(absence) = \(count.absent.map { "\(number) != \(codec.literal($0))" }.joined(separator: " && "));"
            )
            text.ifBlock(absence, counted)
        }
    }

    private func scaled(
        _ number: String,
        _ count: Count,
        _ text: inout CText,
        _ reader: String,
        _ body: (String, inout CText) -> Void
    ) {
        guard count.unit != 1 || count.plus != 0 else { return body(number, &text) }
        needs.use(.scale)
        text.line("uint64_t count;")
        text.require("scale(\(reader), \(number), \(count.unit), \(count.plus), &count)")
        body("count", &text)
    }

    private func readText(
        _ size: Size,
        _ form: TextForm,
        _ target: String,
        _ places: FieldPlaces,
        _ text: inout CText,
        _ reader: String,
        _ absence: String?
    ) {
        func finish(_ text: inout CText) {
            if let check = needs.isText(form) {
                text.line(
                    "if (!\(check)(view.data, view.size)) return fail(\(reader), \(codec.names.constant("invalid_text")));"
                )
            }
            text.line("\(target).data = (const char *)view.data;")
            text.line("\(target).size = view.size;")
        }
        text.block("") { text in
            text.line("\(codec.names.prefix)_bytes view;")
            readContent(size, "view", places, &text, reader, absence) { text in finish(&text) }
        }
    }

    /// Adds the statements that read bytes into a view, then those of `finish`.
    private func readContent(
        _ size: Size,
        _ target: String,
        _ places: FieldPlaces,
        _ text: inout CText,
        _ reader: String,
        _ absence: String?,
        finish: (inout CText) -> Void = { _ in }
    ) {
        if case .until = size {} else { needs.use(.view) }
        switch size {
        case .toEnd: text.require("read_view(\(reader), (uint64_t)(\(reader)->end - \(reader)->at), &\(target))")
        case .fixed(let count): text.require("read_view(\(reader), \(count), &\(target))")
        case .padded(let count, let pad):
            text.require("read_view(\(reader), \(count), &\(target))")
            text.line("while (\(target).size > 0 && \(target).data[\(target).size - 1] == \(pad)) \(target).size--;")
        case .counted:
            return withCount(size, places, &text, reader, absence) { count, text in
                text.require("read_view(\(reader), \(count), &\(target))")
                finish(&text)
            }
        case .until(let end):
            needs.use(.until)
            text.require("read_until(\(reader), \(end.bytesInC), \(end.count), &\(target))")
        }
        finish(&text)
    }

    /// Adds the statements of `body` for a value in a number of bytes of its own.
    func readSized(
        _ size: Size,
        _ places: FieldPlaces,
        _ text: inout CText,
        _ reader: String = "r",
        _ absence: String? = nil,
        _ body: (inout CText) -> Void
    ) {
        needs.use(.window)
        func inside(_ count: String, _ text: inout CText) {
            text.block("") { text in
                text.line("struct window behind;")
                text.require("enter(\(reader), \(count), &behind)")
                body(&text)
                text.require("leave(\(reader), &behind)")
            }
        }
        switch size {
        case .toEnd, .until: inside("(uint64_t)(\(reader)->end - \(reader)->at)", &text)
        case .fixed(let count), .padded(let count, _): inside("\(count)", &text)
        case .counted: withCount(size, places, &text, reader, absence) { count, text in inside(count, &text) }
        }
    }

    // MARK: Arrays

    private func readList(
        _ element: Step,
        _ size: Size,
        _ target: String,
        _ places: FieldPlaces,
        _ text: inout CText,
        _ reader: String,
        _ absence: String?
    ) {
        needs.use(.allocate)
        let type = codec.elementType(element)
        func elements(_ count: String, _ text: inout CText) {
            text.block("") { text in
                text.line("void *space;")
                text.require("allocate(\(reader), \(count), sizeof(\(type)), &space)")
                text.line("\(type) *items = space;")
                text.block("for (size_t i = 0; i < \(count); i++)") { text in
                    read(element, "items[i]", places, &text, reader: reader, isElement: true)
                }
                text.line("\(target).items = items;")
                text.line("\(target).count = (size_t)\(count);")
            }
        }
        /// Reads elements while `condition` holds: first to count them, then again.
        func unknown(_ condition: (String) -> String, _ text: inout CText) {
            text.block("") { text in
                text.line("size_t count = 0;")
                let probe = reader.nextProbe
                text.line("struct reader \(probe) = *\(reader);")
                if codec.nestsUnknownCounts {
                    needs.use(.counts)
                    text.line("\(probe).counts = true;")
                }
                text.block("while (\(condition("(&\(probe))")))") { text in
                    text.line("\(type) item;")
                    read(element, "item", places, &text, reader: "(&\(probe))", isElement: true)
                    text.line("(void)item;")
                    text.line("count++;")
                }
                guard codec.nestsUnknownCounts else { return elements("count", &text) }
                text.block("if (\(reader)->counts)") { text in
                    text.line("\(reader)->at = \(probe).at;")
                    text.line("\(target).items = NULL;")
                    text.line("\(target).count = count;")
                }
                text.block("else") { text in elements("count", &text) }
            }
        }
        func toEnd(_ text: inout CText) { unknown({ "\($0)->at != \($0)->end" }, &text) }
        switch size {
        case .toEnd: toEnd(&text)
        case .fixed(let count), .padded(let count, _):
            checkRoom("\(count)", element, &text, reader)
            elements("\(count)", &text)
        case .counted(let count):
            withCount(size, places, &text, reader, absence) { number, text in
                if count.countsBytes {
                    needs.use(.window)
                    text.block("") { text in
                        text.line("struct window behind;")
                        text.require("enter(\(reader), \(number), &behind)")
                        toEnd(&text)
                        text.require("leave(\(reader), &behind)")
                    }
                } else {
                    checkRoom(number, element, &text, reader)
                    elements(number, &text)
                }
            }
        case .until(let end):
            needs.use(.startsWith)
            unknown({ "!starts_with(\($0), \(end.bytesInC), \(end.count))" }, &text)
            needs.use(.skipBytes)
            text.require("skip(\(reader), \(end.count))")
        }
    }

    /// Checks that so many elements fit in the bytes, before memory is taken for them.
    private func checkRoom(_ count: String, _ element: Step, _ text: inout CText, _ reader: String) {
        let least = codec.plan.table.minimumSize(of: element)
        guard least > 0 else { return }
        needs.use(.room)
        text.require("has_room(\(reader), \(count), \(least))")
    }

    // MARK: Bounds and defaults

    private func checkBounds(_ layout: Layout, _ places: FieldPlaces, _ text: inout CText) {
        for field in layout.fields {
            guard let test = codec.outOfBounds(field, places.value(field), needs) else { continue }
            let present = places.presence(field).map { "\($0) && " } ?? ""
            let both = present.isEmpty ? test : "\(present)(\(test))"
            text.line("if (\(both)) return fail(r, \(codec.names.constant("out_of_bounds")));")
        }
    }

    /// Adds the statements that set `target` to a default.
    private func assign(_ value: Value, _ step: Step, to target: String, _ text: inout CText) {
        switch step.unwrapped {
        case .text:
            let content = codec.wireBytes(of: value, step.unwrapped)
            text.line("\(target).data = \(content.bytesInC);")
            text.line("\(target).size = \(content.count);")
        case .bytes:
            if let size = codec.arraySize(step.unwrapped) {
                text.line("memcpy(\(target), \(value.content.bytesInC), \(size));")
            } else {
                text.line("\(target).data = (const uint8_t *)\(value.content.bytesInC);")
                text.line("\(target).size = \(value.content.count);")
            }
        case .float(let type, _): text.line("\(target) = \(codec.floatLiteral(value.bits, type));")
        case .list:
            text.line("\(target).items = NULL;")
            text.line("\(target).count = 0;")
        case .boolean, .bit: text.line("\(target) = \(value.number.magnitude == 0 ? "false" : "true");")
        default: text.line("\(target) = \(codec.literal(value.number));")
        }
    }
}

extension Codec {
    /// Returns the bytes of a text or of bytes as they are sent.
    func wireBytes(of value: Value, _ step: Step) -> [UInt8] {
        guard case .text(_, let form) = step else { return value.content }
        return form.bytes(of: value.content) ?? value.content
    }

    /// Returns the condition that a number is none of the type, if the type refuses some; otherwise `nil`.
    func invalidCase(_ step: Step, _ value: String) -> String? {
        switch step {
        case .enumeration(let type, _): type.isClosed ? "!is_\(CNames.snake(type.name.value))(\(value))" : nil
        case .flags(let type, _):
            type.isClosed
                && type.knownBits != UInt64.max >> UInt64(64 - type.type.storageWidth)
                ? "(\(value) & ~\(constant(SpecInteger(magnitude: type.knownBits), type.type))) != 0" : nil
        case .integer, .float, .boolean, .bit, .text, .bytes, .list, .optional, .reserved, .reservedBits, .structure,
            .union, .sized:
            nil
        }
    }

    /// Returns the condition that the value of `field` is out of its bounds; `nil` if it cannot be.
    func outOfBounds(_ field: FieldPlan, _ value: String, _ needs: RuntimeNeeds) -> String? {
        guard let bounds = field.bounds, !field.field.isDerived else { return nil }
        let measured: String
        let step: Step
        switch field.step.unwrapped {
        case .text(_, let form):
            measured = needs.characters(form).map { "\($0)(\(value))" } ?? "\(value).size"
            step = .integer(.uint64, .big)
        case .bytes:
            measured = "\(value).size"
            step = .integer(.uint64, .big)
        case .list:
            measured = "\(value).count"
            step = .integer(.uint64, .big)
        default:
            measured = value
            step = field.step.unwrapped
        }
        let tests = tests(measured, bounds, step)
        guard !tests.isEmpty else { return nil }
        if case .float = step { return "!(\(tests.joined(separator: " && ")))" }
        return tests.map { test in
            test.contains(" >= ") ? test.replacingFirst(" >= ", by: " < ") : test.replacingFirst(" <= ", by: " > ")
        }.joined(separator: " || ")
    }
}

extension String {
    fileprivate func replacingFirst(_ old: String, by new: String) -> String {
        guard let range = firstRange(of: old) else { return self }
        return self[..<range.lowerBound] + new + self[range.upperBound...]
    }
}

extension String {
    /// The name of a reader or a writer that only counts, in code for the reader or writer with this name.
    var nextProbe: String {
        guard let number = firstRange(of: "probe") else { return "probe" }
        let depth = Int(self[number.upperBound...].filter(\.isNumber)) ?? 1
        return "probe_\(depth + 1)"
    }
}

extension Layout {
    /// Whether the code needs the place of the first field.
    var needsStart: Bool {
        fields.contains { field in
            if field.alignment != nil { return true }
            if case .size(.all) = field.derivation { return true }
            return false
        }
    }

    /// Whether some payloads have no field with `covers`.
    var coverageIsConditional: Bool {
        fields.contains { field in
            guard field.coverage != nil, case .when = field.presence else { return false }
            return true
        }
    }
}

extension Step {
    /// Whether the value has a few bits among neighbours.
    var isBits: Bool { bitWidth != nil }
}
