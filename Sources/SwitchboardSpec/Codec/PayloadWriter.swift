/// Encodes payloads by their layout, to the same bytes as generated code.
package struct PayloadWriter {
    private let plan: LayoutPlan
    private(set) var bytes: [UInt8] = []
    /// The fields of the message with the offsets of their ends, in order.
    private(set) var parts: [(name: String, end: Int)] = []
    /// The offsets of the ends of the message's fields, in order.
    private(set) var ends: [Int] = []

    /// Returns the payload with `values`, one for each field of `layout`.
    package static func write(
        _ values: [Value],
        _ layout: Layout,
        _ plan: LayoutPlan
    ) throws(PayloadProblem) -> [UInt8] {
        try PayloadWriter(values, layout, plan).bytes
    }

    /// The fields of the message, whose values the header's derived fields follow from.
    private var message = Fields(layout: Layout(fields: []), values: [])

    /// Encodes the fields of a message; `header` has the values of the header's own fields.
    init(
        _ values: [Value],
        _ layout: Layout,
        _ plan: LayoutPlan,
        header: [(name: String, value: Value)] = []
    ) throws(PayloadProblem) {
        self.init(plan)
        var header = Dictionary(
            header.map { (ReferenceSpec.header($0.name), $0.value) },
            uniquingKeysWith: { first, _ in first }
        )
        // The value follows from the fields of other messages only.
        for field in layout.header where field.field.isDerived && field.derivation == nil {
            header[field.name] = .number(SpecInteger(magnitude: 0))
        }
        let fields = Fields(layout: layout, values: values, header: header)
        message = fields
        try append(fields) { writer, item in
            writer.parts.append(("`\(item.fields[0].name)`", writer.bytes.count))
            writer.ends += item.fields.map { _ in writer.bytes.count }
        }
        guard layout.filledSize != nil else { return }
        while bytes.count > 1, bytes.last == 0 { bytes.removeLast() }
        parts = parts.map { ($0.name, min($0.end, bytes.count)) }
    }

    private init(_ plan: LayoutPlan) {
        self.plan = plan
    }

    /// The fields of a message, a struct or a case, with their values.
    private struct Fields {
        let layout: Layout
        let values: [Value]
        /// The values of the frame's header, by the names with which fields refer to them.
        var header: [String: Value] = [:]

        func value(of name: String) -> Value {
            zip(layout.fields, values).first { $0.0.name == name }?.1 ?? header[name] ?? .nothing
        }
    }

    /// Returns the value of the header's field `name`, which follows from the values of the message; 0 where no field of
    /// the message refers to it.
    func headerValue(of name: String) throws(PayloadProblem) -> Value {
        guard let field = message.layout[ReferenceSpec.header(name)], field.derivation != nil else {
            return .number(SpecInteger(magnitude: 0))
        }
        return try value(of: field, in: message)
    }

    private func checkBounds(_ fields: Fields) throws(PayloadProblem) {
        for (field, value) in zip(fields.layout.fields, fields.values) where !field.isWithinBounds(value) {
            throw PayloadProblem(.outOfBounds, field.label)
        }
    }

    // MARK: Fields

    /// Appends `fields`; calls `note` after each item.
    private mutating func append(
        _ fields: Fields,
        _ note: (inout PayloadWriter, LayoutItem) -> Void = { _, _ in }
    ) throws(PayloadProblem) {
        try checkBounds(fields)
        let start = bytes.count
        var covered: (length: FieldPlan, place: Int)?
        for item in fields.layout.items {
            try append(item, of: fields, from: start)
            if case .field(let field) = item, field.coverage != nil, try isPresent(field, fields) {
                covered = (field, bytes.count - (field.step.fixedSize ?? 0))
            }
            note(&self, item)
        }
        if let (length, place) = covered { try writeSize(length, at: place, from: start) }
    }

    /// Returns whether a payload has `field`, which is derived.
    private func isPresent(_ field: FieldPlan, _ fields: Fields) throws(PayloadProblem) -> Bool {
        guard case .when(let condition) = field.presence else { return true }
        return try holds(condition, fields)
    }

    /// Replaces the number at `place`, which was written as 0, by the number of bytes that `length` covers.
    ///
    /// - Parameter start: The offset of the first field.
    private mutating func writeSize(_ length: FieldPlan, at place: Int, from start: Int) throws(PayloadProblem) {
        guard case .integer(let type, let order) = length.step, case .size(let coverage) = length.derivation else {
            return
        }
        let first =
            switch coverage {
            case .all: start
            case .rest: place + type.size
            case .lengthAndRest: place
            }
        guard let bits = SpecInteger(magnitude: UInt64(clamping: bytes.count - first)).bits(of: type) else {
            throw PayloadProblem(.invalidLength, length.label)
        }
        bytes.replaceSubrange(place..<place + type.size, with: order.bytes(bits, count: type.size))
    }

    private mutating func append(_ item: LayoutItem, of fields: Fields, from start: Int) throws(PayloadProblem) {
        switch item {
        case .field(let field): try append(field, of: fields, from: start)
        case .bits(let group):
            var number: UInt64 = 0
            var width = 0
            for field in group.fields {
                let count = field.step.bitWidth ?? 0
                let value = try value(of: field, in: fields)
                if case .when(let condition) = field.presence, try !holds(condition, for: value, field, fields) {
                    continue
                }
                let bits = try bits(of: value, field)
                number |= group.order == .high ? bits << UInt64(8 * group.bytes - width - count) : bits << UInt64(width)
                width += count
            }
            let order: ByteOrder = group.order == .high ? .big : .little
            bytes += order.bytes(number, count: width / 8)
        }
    }

    private mutating func append(_ field: FieldPlan, of fields: Fields, from start: Int) throws(PayloadProblem) {
        let value = try value(of: field, in: fields)
        switch field.presence {
        case .always: break
        case .unlessEnded(.nothing) where field.field.isTrailing:
            guard value != .nothing else {
                let later = fields.layout.fields.drop { $0.name != field.name }.dropFirst()
                if later.contains(where: { fields.value(of: $0.name) != .nothing }) {
                    throw PayloadProblem(.inconsistent, field.label)
                }
                return
            }
        case .unlessEnded: break
        case .when(let condition):
            guard try holds(condition, for: value, field, fields) else { return }
        }
        if let alignment = field.alignment { pad(to: alignment, from: start) }
        try append(value, field.step, field.label)
    }

    /// Returns whether `condition` of `field` holds, which must have a value then, and only then, unless it is a length.
    private func holds(
        _ condition: Condition,
        for value: Value,
        _ field: FieldPlan,
        _ fields: Fields
    ) throws(PayloadProblem) -> Bool {
        let holds = try holds(condition, fields)
        let mayLackValue = field.field.isReserved || field.coverage != nil || field.step.isOptional && holds
        guard mayLackValue || holds == (value != .nothing) else {
            throw PayloadProblem(.inconsistent, field.label)
        }
        return holds
    }

    private func holds(_ condition: Condition, _ fields: Fields) throws(PayloadProblem) -> Bool {
        var problem: PayloadProblem?
        let holds = condition.holds { reference in
            do throws(PayloadProblem) { return try self.value(of: reference, in: fields) } catch {
                problem = error
                return .nothing
            }
        }
        if let problem { throw problem }
        return holds
    }

    /// Returns the value of `field` in a payload: with derived values and bits.
    private func value(of field: FieldPlan, in fields: Fields) throws(PayloadProblem) -> Value {
        if let derivation = field.derivation { return .number(try number(for: derivation, field, fields)) }
        let value = fields.value(of: field.name)
        guard !field.presenceBits.isEmpty else { return value }
        var bits = value.number.magnitude
        for (bit, names) in field.presenceBits {
            let mask: UInt64 = 1 << bit.position.value
            bits = try arePresent(names, fields) ? bits | mask : bits & ~mask
        }
        return .number(SpecInteger(magnitude: bits))
    }

    private func value(of reference: Reference, in fields: Fields) throws(PayloadProblem) -> Value {
        guard let field = fields.layout[reference.field] else { return .nothing }
        return try value(of: field, in: fields)
    }

    // MARK: Derived values

    private func number(
        for derivation: FieldPlan.Derivation,
        _ field: FieldPlan,
        _ fields: Fields
    ) throws(PayloadProblem) -> SpecInteger {
        switch derivation {
        case .presence(let names): return SpecInteger(magnitude: try arePresent(names, fields) ? 1 : 0)
        case .tag(let names):
            for name in names {
                let value = fields.value(of: name)
                guard value != .nothing, let plan = fields.layout[name], let union = plan.step.union else { continue }
                guard case .list = plan.step else { return tag(of: value, union) }
                let tags = value.elements.map { tag(of: $0, union) }
                // The elements of a list have one tag.
                guard Set(tags).count < 2 else { throw PayloadProblem(.inconsistent, plan.label) }
                if let tag = tags.first { return tag }
            }
            return SpecInteger(magnitude: 0)
        case .caseTag(let tag): return tag
        // It is known when all fields are written.
        case .size: return SpecInteger(magnitude: 0)
        case .count(let names):
            var result: SpecInteger?
            let targets = names.compactMap { fields.layout[$0] }
            for target in targets {
                guard let number = try count(of: target, fields) else { continue }
                guard let type = field.step.integerType, number.bits(of: type) != nil else {
                    throw PayloadProblem(.invalidLength, target.label)
                }
                if let result, result != number { throw PayloadProblem(.inconsistent, target.label) }
                result = number
            }
            return result ?? targets.first.flatMap(absence) ?? SpecInteger(magnitude: 0)
        }
    }

    private func arePresent(_ names: [String], _ fields: Fields) throws(PayloadProblem) -> Bool {
        let present = names.filter { fields.value(of: $0) != .nothing }
        guard present.isEmpty || present.count == names.count else {
            let missing = names.first { !present.contains($0) }.flatMap { fields.layout[$0]?.label }
            throw PayloadProblem(.inconsistent, missing ?? "")
        }
        return !present.isEmpty
    }

    private func tag(of value: Value, _ union: UnionSpec) -> SpecInteger {
        if case .unrecognized(let tag, _) = value { return tag }
        return value.choice(of: union)?.case.tag.value ?? SpecInteger(magnitude: 0)
    }

    /// Returns the number in an earlier field that says that `field` has no value; `nil` if no number says that.
    private func absence(of field: FieldPlan) -> SpecInteger? {
        if case .counted(let count)? = field.step.unwrapped.size { count.absent.first } else { nil }
    }

    /// Returns the number in an earlier field that says where `field` ends; `nil` when the field is missing.
    private func count(of field: FieldPlan, _ fields: Fields) throws(PayloadProblem) -> SpecInteger? {
        let value = fields.value(of: field.name)
        let step = field.step.unwrapped
        guard case .counted(let count)? = step.size else { return nil }
        if value == .nothing {
            guard case .when(let condition) = field.presence else { return count.absent.first }
            return count.absent.isEmpty ? nil : try holds(condition, fields) ? count.absent.first : nil
        }
        guard let number = count.number(of: try size(of: value, step, field.label)) else {
            throw PayloadProblem(.invalidLength, field.label)
        }
        return number
    }

    /// Returns the number of bytes or elements of a value.
    private func size(of value: Value, _ step: Step, _ label: String) throws(PayloadProblem) -> Int {
        switch step {
        case .text(_, let form):
            guard let bytes = form.bytes(of: value.content) else { throw PayloadProblem(.invalidText, label) }
            return bytes.count
        case .bytes: return value.content.count
        case .list(let element, let size):
            guard case .counted(let count) = size, count.countsBytes else { return value.elements.count }
            var writer = PayloadWriter(plan)
            for value in value.elements { try writer.append(value, element, label) }
            return writer.bytes.count
        case .sized(let step, _):
            var writer = PayloadWriter(plan)
            try writer.append(value, step, label)
            return writer.bytes.count
        case .integer, .float, .boolean, .bit, .enumeration, .flags, .optional, .reserved, .reservedBits, .structure,
            .union:
            return 0
        }
    }

    // MARK: Values

    private func bits(of value: Value, _ field: FieldPlan) throws(PayloadProblem) -> UInt64 {
        switch field.step {
        case .reservedBits: return 0
        case .enumeration(let type, _):
            guard type.allows(value.number) else { throw PayloadProblem(.invalidCase, field.label) }
        case .flags(let type, _):
            guard type.allows(value.number) else { throw PayloadProblem(.invalidCase, field.label) }
        case .integer, .bit, .float, .boolean, .text, .bytes, .list, .optional, .reserved, .structure, .union, .sized:
            break
        }
        guard let type = field.step.integerType else { return value.number.magnitude }
        guard let bits = value.number.bits(of: type) else { throw PayloadProblem(.outOfBounds, field.label) }
        return bits & (.max >> UInt64(64 - type.bitWidth))
    }

    private mutating func append(_ value: Value, _ step: Step, _ label: String) throws(PayloadProblem) {
        switch step {
        case .integer(let type, let order): try append(value.number, type, order, label)
        case .float(let type, let order): bytes += order.bytes(value.bits, count: type.size)
        case .boolean: bytes.append(value.number.magnitude == 0 ? 0 : 1)
        case .enumeration(let type, let order):
            guard type.allows(value.number) else { throw PayloadProblem(.invalidCase, label) }
            try append(value.number, type.type, order, label)
        case .flags(let type, let order):
            guard type.allows(value.number) else { throw PayloadProblem(.invalidCase, label) }
            try append(value.number, type.type, order, label)
        case .text(let size, let form):
            guard let content = form.bytes(of: value.content) else { throw PayloadProblem(.invalidText, label) }
            try append(content, size, label)
        case .bytes(let size, _): try append(value.content, size, label)
        case .list(let element, let size): try append(value.elements, element, size, label)
        case .optional(let step, .byte):
            bytes.append(value == .nothing ? 0 : 1)
            if value != .nothing { try append(value, step, label) }
        case .optional(let step, .count):
            guard value == .nothing else { return try append(value, step, label) }
            guard case .counted(let count)? = step.size, case .prefix(let type, let order) = count.source else {
                return
            }
            if let byte = count.absentByte {
                bytes.append(byte)
            } else if let absent = count.absent.first {
                try append(absent, type, order, label)
            }
        case .reserved(let count): bytes += [UInt8](repeating: 0, count: count)
        case .sized(let step, let size):
            var writer = PayloadWriter(plan)
            try writer.append(value, step, label)
            try append(writer.bytes, size, label)
        case .structure(let type):
            let start = bytes.count
            try append(value.record, plan.layout(of: type))
            if let alignment = type.alignment { pad(to: alignment, from: start) }
        case .union(let type, let tag): try append(value, type, hasTag: tag == nil)
        // A group of neighbours writes them.
        case .bit, .reservedBits: break
        }
    }

    private mutating func append(_ values: [Value], _ layout: Layout) throws(PayloadProblem) {
        try append(Fields(layout: layout, values: values))
    }

    private mutating func append(_ value: Value, _ type: UnionSpec, hasTag: Bool) throws(PayloadProblem) {
        let start = bytes.count
        let name = type.name.value
        if hasTag, !type.isTagOfBits { try append(tag(of: value, type), type.tag, plan.table.tagOrder(of: type), name) }
        var writer = PayloadWriter(plan)
        if case .unrecognized(let tag, let content) = value {
            guard type.keepsUnknown, !type.cases.contains(where: { $0.tag.value == tag }) else {
                throw PayloadProblem(.invalidCase, name)
            }
            writer.bytes = content
        } else if let (index, _, values) = value.choice(of: type) {
            try writer.append(values, plan.layouts(of: type)[index])
        }
        if let length = type.length {
            try append(writer.bytes, .counted(plan.table.count(length)), name)
        } else {
            bytes += writer.bytes
        }
        if let alignment = type.alignment { pad(to: alignment, from: start) }
    }

    private mutating func append(
        _ elements: [Value],
        _ step: Step,
        _ size: Size,
        _ label: String
    ) throws(PayloadProblem) {
        var writer = PayloadWriter(plan)
        for value in elements {
            let before = writer.bytes.count
            try writer.append(value, step, label)
            if case .until(let end) = size, writer.bytes[before...].starts(with: end) {
                throw PayloadProblem(.containsEnd, label)
            }
        }
        switch size {
        case .toEnd: break
        case .fixed(let expected), .padded(let expected, _):
            guard elements.count == expected else { throw PayloadProblem(.invalidLength, label) }
        case .counted(let count):
            try append(count.countsBytes ? writer.bytes.count : elements.count, count, label)
        case .until(let end): writer.bytes += end
        }
        bytes += writer.bytes
    }

    /// Appends the bytes of a text, of bytes or of a sized value, with their length, terminator or padding.
    private mutating func append(_ content: [UInt8], _ size: Size, _ label: String) throws(PayloadProblem) {
        switch size {
        case .toEnd: bytes += content
        case .fixed(let expected):
            guard content.count == expected else { throw PayloadProblem(.invalidLength, label) }
            bytes += content
        case .padded(let count, let pad):
            guard content.count <= count, content.last != pad else { throw PayloadProblem(.invalidLength, label) }
            bytes += content + [UInt8](repeating: pad, count: count - content.count)
        case .counted(let count):
            try append(content.count, count, label)
            bytes += content
        case .until(let end):
            guard (content + end).dropLast().firstIndex(of: end) == nil else {
                throw PayloadProblem(.containsEnd, label)
            }
            bytes += content + end
        }
    }

    /// Appends the number that says `size`, if it precedes the value.
    private mutating func append(_ size: Int, _ count: Count, _ label: String) throws(PayloadProblem) {
        guard let number = count.number(of: size) else { throw PayloadProblem(.invalidLength, label) }
        switch count.source {
        case .prefix(let type, let order):
            guard number.bits(of: type) != nil else { throw PayloadProblem(.invalidLength, label) }
            try append(number, type, order, label)
        case .constant(let expected):
            guard number == SpecInteger(magnitude: UInt64(clamping: expected)) else {
                throw PayloadProblem(.invalidLength, label)
            }
        // The earlier field is derived.
        case .field: break
        }
    }

    private mutating func append(
        _ number: SpecInteger,
        _ type: IntegerType,
        _ order: ByteOrder,
        _ label: String
    ) throws(PayloadProblem) {
        guard let bits = number.bits(of: type) else { throw PayloadProblem(.outOfBounds, label) }
        switch type.encoding {
        case .fixed: bytes += order.bytes(bits, count: type.size)
        case .variable(let length): bytes += length.bytes(of: number)
        }
    }

    private mutating func pad(to alignment: Int, from start: Int) {
        let count = (bytes.count - start) % alignment
        if count > 0 { bytes += [UInt8](repeating: 0, count: alignment - count) }
    }
}
