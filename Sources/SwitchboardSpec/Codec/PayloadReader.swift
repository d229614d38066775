/// Decodes payloads by their layout; accepts and rejects the same payloads as generated code.
package struct PayloadReader {
    private let plan: LayoutPlan
    private var rest: ArraySlice<UInt8>
    /// The values of the current layout's fields that were read, with their names; of several with one name, the last counts.
    private var fields: [(name: String, value: Value)] = []
    /// The values of the frame's header, to which fields of the message may refer.
    private var header: [(name: String, value: Value)] = []
    /// The depth of nested values whose types contain themselves.
    private var depth = 0
    /// The offsets of the ends of the message's fields, in order.
    private var ends: [Int] = []
    /// Notes the place of each part that is read; `nil` if the caller needs no places.
    private let recorder: PartRecorder?

    /// Returns the values of the fields of `layout` in `payload`; derived fields have no value.
    ///
    /// - Parameters:
    ///   - trailing: How to treat bytes after the last field.
    ///   - header: The values of the header's own fields, by name.
    package static func read(
        _ payload: some Sequence<UInt8>,
        _ layout: Layout,
        _ plan: LayoutPlan,
        trailing: TrailingBytes,
        header: [(name: String, value: Value)] = []
    ) throws(PayloadProblem) -> [Value] {
        let payload = Array(payload)
        let (values, _, size) = try readStart(of: payload, layout, plan, header: header)
        guard size == payload.count || trailing == .ignore else { throw PayloadProblem(.trailingBytes, "payload") }
        return values
    }

    /// Returns the values of the fields of `layout` at the start of `bytes`, the offsets of their ends, and the number of their bytes.
    ///
    /// - Parameter header: The values of the header's own fields, by name, to which fields of a message may refer.
    package static func readStart(
        of bytes: [UInt8],
        _ layout: Layout,
        _ plan: LayoutPlan,
        header: [(name: String, value: Value)] = []
    ) throws(PayloadProblem) -> (values: [Value], ends: [Int], size: Int) {
        try readStart(of: bytes[...], layout, plan, header: header, recorder: nil)
    }

    /// Does the same, and tells `recorder` the places of what is read, as indices of `bytes`, up to a mistake.
    static func readStart(
        of bytes: ArraySlice<UInt8>,
        _ layout: Layout,
        _ plan: LayoutPlan,
        header: [(name: String, value: Value)],
        recorder: PartRecorder?
    ) throws(PayloadProblem) -> (values: [Value], ends: [Int], size: Int) {
        var reader = PayloadReader(plan: plan, rest: filled(bytes, layout), recorder: recorder)
        reader.header = layout.header.isEmpty ? [] : header.map { (ReferenceSpec.header($0.name), $0.value) }
        let values = try reader.read(layout, isMessage: true)
        return (values, reader.ends, bytes.count - min(bytes.count, reader.rest.count))
    }

    /// Returns `bytes` with the zeros at the end of the payload that the sender cut off.
    private static func filled(_ bytes: ArraySlice<UInt8>, _ layout: Layout) -> ArraySlice<UInt8> {
        guard let size = layout.filledSize, bytes.count < size else { return bytes }
        // The bytes keep their indices.
        let before = [UInt8](repeating: 0, count: bytes.startIndex)
        return (before + bytes + [UInt8](repeating: 0, count: size - bytes.count)).dropFirst(bytes.startIndex)
    }

    private init(plan: LayoutPlan, rest: ArraySlice<UInt8>, recorder: PartRecorder?) {
        self.plan = plan
        self.rest = rest
        self.recorder = recorder
    }

    /// Reads the fields of a message, a struct or a case, then checks their bounds.
    ///
    /// - Parameters:
    ///   - isCase: Whether they are the fields of a case, which are read one by one.
    ///   - isMessage: Whether they are the fields of the message, which may refer to the frame's header.
    private mutating func read(
        _ layout: Layout,
        isCase: Bool = false,
        isMessage: Bool = false
    ) throws(PayloadProblem) -> [Value] {
        let outer = fields
        fields = isMessage ? header : []
        defer { fields = outer }
        let start = rest.startIndex
        var values: [Value] = []
        values.reserveCapacity(layout.fields.count)
        var covered: (length: FieldPlan, behind: ArraySlice<UInt8>)?
        for group in isCase ? layout.items.map(ItemGroup.single) : layout.groups {
            switch group {
            case .single(let item): try read(item, from: start, isMessage: isMessage, into: &values)
            case .fixedSize(let items, let bytes):
                if bytes > rest.count {
                    let problem = PayloadProblem(.truncated, labelOfTruncated(items))
                    if recorder != nil { noteTruncated(items, from: start, isMessage: isMessage) }
                    throw problem
                }
                for item in items { try read(item, from: start, isMessage: isMessage, into: &values) }
            }
            if let length = group.length, case let number = value(named: length.name), number != .nothing {
                covered = (length, try beginCovered(number.number, length, from: start))
            }
        }
        if let (length, behind) = covered {
            guard rest.isEmpty else { throw PayloadProblem(.trailingBytes, length.label) }
            rest = behind
        }
        for (field, value) in zip(layout.fields, values) where !field.isWithinBounds(value) {
            throw PayloadProblem(.outOfBounds, field.label)
        }
        return values
    }

    /// Confines the reader to the bytes that `length` counts, whose value is `number`; returns the bytes behind them.
    private mutating func beginCovered(
        _ number: SpecInteger,
        _ length: FieldPlan,
        from start: Int
    ) throws(PayloadProblem) -> ArraySlice<UInt8> {
        let before =
            switch length.derivation {
            case .size(.all): rest.startIndex - start
            case .size(.lengthAndRest): length.step.fixedSize ?? 0
            case .size(.rest), .count, .presence, .tag, .caseTag, nil: 0
            }
        let (count, isTooSmall) = Int(clamping: number.magnitude).subtractingReportingOverflow(before)
        guard !isTooSmall, count >= 0 else { throw PayloadProblem(.invalidLength, length.label) }
        guard count <= rest.count else { throw PayloadProblem(.truncated, length.label) }
        defer { rest = rest.prefix(count) }
        return rest.dropFirst(count)
    }

    /// Returns the label of the first of `items`, which have fixed sizes, that does not fit in the remaining bytes.
    private func labelOfTruncated(_ items: [LayoutItem]) -> String {
        var end = 0
        for item in items {
            end += item.fixedSize ?? 0
            if end > rest.count { return item.label }
        }
        return ""
    }

    /// Reads those of `items` that the remaining bytes have, only for the recorder.
    private mutating func noteTruncated(_ items: [LayoutItem], from start: Int, isMessage: Bool) {
        var values: [Value] = []
        for item in items {
            guard (try? read(item, from: start, isMessage: isMessage, into: &values)) != nil else { return }
        }
    }

    /// Reads an item, and appends the values of its fields to `values`.
    private mutating func read(
        _ item: LayoutItem,
        from start: Int,
        isMessage: Bool,
        into values: inout [Value]
    ) throws(PayloadProblem) {
        switch item {
        case .field(let field):
            // Bits that share bytes have one end.
            defer { if isMessage { ends.append(rest.startIndex - start) } }
            values.append(try value(of: field, from: start))
        case .bits(let group):
            defer { if isMessage { for _ in group.fields { ends.append(rest.startIndex - start) } } }
            if let condition = group.condition, !holds(condition) {
                for field in group.fields {
                    fields.append((field.name, .nothing))
                    values.append(.nothing)
                }
                return
            }
            let order: ByteOrder = group.order == .high ? .big : .little
            var bits = BitSource(number: try number(group.bytes, order, group.label), group)
            for field in group.fields {
                if case .when(let condition) = field.presence, !holds(condition) {
                    fields.append((field.name, .nothing))
                    values.append(.nothing)
                    continue
                }
                let number = bits.take(field.step.bitWidth ?? 0)
                let found = Result { () throws(PayloadProblem) in
                    try self.value(of: field.step, number, field.label)
                }
                let shown = (try? found.get()) ?? .number(SpecInteger(magnitude: number))
                recorder?.bits(field, shown, bits.mask, group, endingAt: rest.startIndex)
                let value = try found.get()
                values.append(try checked(value, field))
            }
        }
    }

    private mutating func value(of field: FieldPlan, from start: Int) throws(PayloadProblem) -> Value {
        switch field.presence {
        case .always: break
        case .unlessEnded(let value):
            if rest.isEmpty { return value }
        case .when(let condition):
            guard holds(condition) else {
                fields.append((field.name, .nothing))
                return .nothing
            }
        }
        if let alignment = field.alignment {
            let end = rest.startIndex
            try skip(to: alignment, from: start, field.label)
            recorder?.alignment(from: end, to: rest.startIndex)
        }
        recorder?.begin(field, at: rest.startIndex)
        let value =
            if field.bytesBehind > 0 {
                try within(rest.count - field.bytesBehind, field.label) { reader throws(PayloadProblem) in
                    try reader.value(of: field.step, field.label)
                }
            } else {
                try value(of: field.step, field.label)
            }
        recorder?.end(value, at: rest.startIndex)
        return try checked(value, field)
    }

    /// Returns the value of `field` in a message: without derived values and bits.
    private mutating func checked(_ value: Value, _ field: FieldPlan) throws(PayloadProblem) -> Value {
        fields.append((field.name, value))
        if field.derivation != nil { return .nothing }
        if !field.presenceBits.isEmpty {
            let bits = field.presenceBits.reduce(UInt64(0)) { $0 | (1 << $1.bit.position.value) }
            return .number(SpecInteger(magnitude: value.number.magnitude & ~bits))
        }
        guard let constant = field.constant else { return value }
        if !isSame(value, constant, field.step) { throw PayloadProblem(.unexpectedValue, field.label) }
        return constant
    }

    /// Returns whether both values are equal in Swift, where 0.0 and -0.0 are equal.
    private func isSame(_ value: Value, _ constant: Value, _ step: Step) -> Bool {
        guard case .float(let type, _) = step else { return value == constant }
        return FloatBits.number(value.bits, type) == FloatBits.number(constant.bits, type)
    }

    // MARK: Other fields

    private func value(of reference: Reference) -> Value { value(named: reference.field) }

    private func value(named name: String) -> Value { fields.last { $0.name == name }?.value ?? .nothing }

    private func holds(_ condition: Condition) -> Bool {
        condition.holds { value(of: $0) }
    }

    // MARK: Values

    /// Returns the value of a field of a few bits, which are the lowest bits of `number`.
    private func value(of step: Step, _ number: UInt64, _ label: String) throws(PayloadProblem) -> Value {
        switch step {
        case .reservedBits: return .nothing
        case .integer(let type, _): return .number(SpecInteger(bits: number, of: type))
        case .enumeration(let type, _):
            let number = SpecInteger(bits: number, of: type.type)
            guard type.allows(number) else { throw PayloadProblem(.invalidCase, label) }
            return .number(number)
        case .flags(let type, _):
            let number = SpecInteger(magnitude: number)
            guard type.allows(number) else { throw PayloadProblem(.invalidCase, label) }
            return .number(number)
        case .bit, .float, .boolean, .text, .bytes, .list, .optional, .reserved, .structure, .union, .sized:
            return .number(SpecInteger(magnitude: number))
        }
    }

    private mutating func value(of step: Step, _ label: String) throws(PayloadProblem) -> Value {
        switch step {
        case .integer(let type, let order): return .number(try number(type, order, label))
        case .float(let type, let order): return .float(try number(type.size, order, label))
        case .boolean: return .number(SpecInteger(magnitude: try boolean(label) ? 1 : 0))
        case .enumeration(let type, let order):
            let number = try number(type.type, order, label)
            guard type.allows(number) else { throw PayloadProblem(.invalidCase, label) }
            return .number(number)
        case .flags(let type, let order):
            let number = try number(type.type, order, label)
            guard type.allows(number) else { throw PayloadProblem(.invalidCase, label) }
            return .number(number)
        case .bytes(let size, _): return .bytes(try content(size, label))
        case .text(let size, let form):
            guard let content = form.content(of: try content(size, label)) else {
                throw PayloadProblem(form.encoding == .utf8 ? .invalidUTF8 : .invalidText, label)
            }
            return .bytes(content)
        case .list(let element, let size): return .list(try elements(element, size, label))
        case .optional(let step, .byte):
            let isThere = try boolean(label)
            recorder?.presence(isThere, endingAt: rest.startIndex)
            return isThere ? try value(of: step, label) : .nothing
        case .optional(let step, .count): return try valueUnlessAbsent(step, label)
        case .reserved(let count):
            try skip(count, label)
            return .nothing
        case .sized(let step, let size):
            guard let count = try count(size, label) else { return .nothing }
            return try within(count, label) { reader throws(PayloadProblem) in try reader.value(of: step, label) }
        case .structure(let type):
            let start = rest.startIndex
            let values = try nested(type.name.value, label) { reader throws(PayloadProblem) in
                try reader.read(reader.plan.layout(of: type))
            }
            if let alignment = type.alignment { try fill(to: alignment, from: start, type.name.value) }
            return .record(values)
        case .union(let type, let tag):
            return try nested(type.name.value, label) { reader throws(PayloadProblem) in
                try reader.union(type, tag, label)
            }
        // A group of neighbours reads them.
        case .bit, .reservedBits: return .nothing
        }
    }

    private mutating func valueUnlessAbsent(_ step: Step, _ label: String) throws(PayloadProblem) -> Value {
        guard let size = step.size, let count = try count(size, label) else { return .nothing }
        switch step {
        case .bytes: return .bytes(try take(count, label))
        case .text(_, let form):
            guard let content = form.content(of: try take(count, label)) else {
                throw PayloadProblem(form.encoding == .utf8 ? .invalidUTF8 : .invalidText, label)
            }
            return .bytes(content)
        case .list(let element, .counted(let form)):
            return .list(try elements(element, count, countsBytes: form.countsBytes, label))
        case .sized(let step, _):
            return try within(count, label) { reader throws(PayloadProblem) in try reader.value(of: step, label) }
        case .integer, .float, .boolean, .bit, .enumeration, .flags, .list, .optional, .reserved, .reservedBits,
            .structure, .union:
            return .nothing
        }
    }

    /// Reads a struct or a union, one level deeper if its type contains itself.
    private mutating func nested<Result>(
        _ name: String,
        _ label: String,
        _ body: (inout PayloadReader) throws(PayloadProblem) -> Result
    ) throws(PayloadProblem) -> Result {
        guard plan.table.isRecursive(name) else { return try body(&self) }
        depth += 1
        defer { depth -= 1 }
        guard depth <= SpecLimits.recursionDepth else { throw PayloadProblem(.tooDeep, name) }
        return try body(&self)
    }

    /// Reads a value that has exactly the next `count` bytes.
    private mutating func within<Result>(
        _ count: Int,
        _ label: String,
        _ body: (inout PayloadReader) throws(PayloadProblem) -> Result
    ) throws(PayloadProblem) -> Result {
        guard 0...rest.count ~= count else { throw PayloadProblem(.truncated, label) }
        let behind = rest.dropFirst(count)
        rest = rest.prefix(count)
        let result = try body(&self)
        guard rest.isEmpty else { throw PayloadProblem(.trailingBytes, label) }
        rest = behind
        return result
    }

    private mutating func union(
        _ type: UnionSpec,
        _ reference: Reference?,
        _ label: String
    ) throws(PayloadProblem) -> Value {
        let (name, start) = (type.name.value, rest.startIndex)
        let tag: SpecInteger
        if let reference {
            tag = value(of: reference).number
        } else if let width = type.tag.bitFieldWidth {
            // The fields of the case begin with the same byte.
            guard let byte = rest.first else { throw PayloadProblem(.truncated, name) }
            let shift = plan.byteOrder == .big ? 8 - width : 0
            tag = SpecInteger(bits: UInt64(byte >> UInt8(clamping: shift)), of: type.tag)
        } else {
            tag = try number(type.tag, plan.table.tagOrder(of: type), name)
            recorder?.tag(tag, of: type, from: start, to: rest.startIndex)
        }
        var result = Value.nothing
        if let length = type.length.map({ plan.table.count($0) }) {
            guard let count = try count(.counted(length), name) else { return .nothing }
            result = try within(count, name) { reader throws(PayloadProblem) in
                try reader.fields(of: type, tag, name)
            }
        } else {
            result = try fields(of: type, tag, name)
        }
        if let alignment = type.alignment { try fill(to: alignment, from: start, name) }
        return result
    }

    private mutating func fields(of type: UnionSpec, _ tag: SpecInteger, _ name: String) throws(PayloadProblem) -> Value
    {
        guard let index = type.cases.firstIndex(where: { $0.tag.value == tag }) else {
            guard type.keepsUnknown else { throw PayloadProblem(.invalidCase, name) }
            let data = try take(rest.count, name)
            recorder?.data(data, endingAt: rest.startIndex)
            return .unrecognized(tag, data)
        }
        return .choice(index, try read(plan.layouts(of: type)[index], isCase: true))
    }

    private mutating func elements(_ step: Step, _ size: Size, _ label: String) throws(PayloadProblem) -> [Value] {
        switch size {
        case .toEnd: return try elements(step, rest.count, countsBytes: true, label)
        case .fixed(let count), .padded(let count, _): return try elements(step, count, countsBytes: false, label)
        case .counted(let form):
            guard let count = try count(size, label) else { return [] }
            return try elements(step, count, countsBytes: form.countsBytes, label)
        case .until(let end):
            var elements: [Value] = []
            while !rest.starts(with: end) {
                guard !rest.isEmpty else { throw PayloadProblem(.truncated, label) }
                elements.append(try element(elements.count, step, label))
            }
            rest = rest.dropFirst(end.count)
            recorder?.tail(.end, from: rest.startIndex - end.count, to: rest.startIndex)
            return elements
        }
    }

    private mutating func elements(
        _ step: Step,
        _ count: Int,
        countsBytes: Bool,
        _ label: String
    ) throws(PayloadProblem) -> [Value] {
        var elements: [Value] = []
        guard !countsBytes else {
            return try within(count, label) { reader throws(PayloadProblem) in
                while !reader.rest.isEmpty { elements.append(try reader.element(elements.count, step, label)) }
                return elements
            }
        }
        let bytes = UInt64(clamping: count).multipliedOrLargest(plan.table.minimumSize(of: step))
        guard bytes <= UInt64(rest.count) else { throw PayloadProblem(.truncated, label) }
        for index in 0..<count { elements.append(try element(index, step, label)) }
        return elements
    }

    private mutating func element(_ index: Int, _ step: Step, _ label: String) throws(PayloadProblem) -> Value {
        recorder?.begin(index, step, at: rest.startIndex)
        let value = try value(of: step, label)
        recorder?.end(value, at: rest.startIndex)
        return value
    }

    /// Reads the bytes of a text or of bytes.
    private mutating func content(_ size: Size, _ label: String) throws(PayloadProblem) -> [UInt8] {
        switch size {
        case .toEnd, .fixed, .counted: return try take(count(size, label) ?? 0, label)
        case .padded(let count, let pad):
            let bytes = try take(count, label)
            let content = Array(bytes.prefix((bytes.lastIndex { $0 != pad } ?? -1) + 1))
            recorder?.tail(.padding, from: rest.startIndex - count + content.count, to: rest.startIndex)
            return content
        case .until(let end):
            guard let index = rest.firstIndex(of: end) else { throw PayloadProblem(.truncated, label) }
            defer { rest = rest[(index + end.count)...] }
            recorder?.tail(.end, from: index, to: index + end.count)
            return Array(rest[..<index])
        }
    }

    /// Reads the number of bytes or elements; `nil` when the number says that there is no value.
    private mutating func count(_ size: Size, _ label: String) throws(PayloadProblem) -> Int? {
        switch size {
        case .toEnd, .until: return rest.count
        case .fixed(let count), .padded(let count, _): return count
        case .counted(let count):
            if let byte = count.absentByte, rest.first == byte {
                rest.removeFirst()
                recorder?.absence(from: rest.startIndex - 1, to: rest.startIndex)
                return nil
            }
            let number: SpecInteger
            let start = rest.startIndex
            switch count.source {
            case .prefix(let type, let order):
                number = try self.number(type, order, label)
                recorder?.length(count, number, from: start, to: rest.startIndex)
            case .field(let reference): number = value(of: reference).number
            case .constant(let constant): number = SpecInteger(magnitude: UInt64(clamping: constant))
            }
            if count.isAbsent(number) { return nil }
            guard let size = count.size(number) else { throw PayloadProblem(.invalidLength, label) }
            return size
        }
    }

    private mutating func boolean(_ label: String) throws(PayloadProblem) -> Bool {
        let byte = try number(1, .big, label)
        guard byte < 2 else { throw PayloadProblem(.invalidBoolean, label) }
        return byte == 1
    }

    private mutating func number(
        _ type: IntegerType,
        _ order: ByteOrder,
        _ label: String
    ) throws(PayloadProblem) -> SpecInteger {
        guard case .variable(let length) = type.encoding else {
            return SpecInteger(bits: try number(type.size, order, label), of: type)
        }
        do throws(VariableLengthProblem) {
            let (number, size) = try length.number(rest)
            rest = rest.dropFirst(size)
            return number
        } catch {
            throw PayloadProblem(error == .truncated ? .truncated : .notShortest, label)
        }
    }

    private mutating func skip(to alignment: Int, from start: Int, _ label: String) throws(PayloadProblem) {
        let count = (rest.startIndex - start) % alignment
        if count > 0 { try skip(alignment - count, label) }
    }

    /// Skips the bytes that fill a struct or a union up.
    private mutating func fill(to alignment: Int, from start: Int, _ label: String) throws(PayloadProblem) {
        let end = rest.startIndex
        try skip(to: alignment, from: start, label)
        recorder?.tail(.padding, from: end, to: rest.startIndex)
    }

    /// Returns the number in the next `count` bytes, at most 8.
    private mutating func number(_ count: Int, _ order: ByteOrder, _ label: String) throws(PayloadProblem) -> UInt64 {
        guard count <= rest.count else { throw PayloadProblem(.truncated, label) }
        let number = order.number(rest.prefix(count))
        rest = rest.dropFirst(count)
        return number
    }

    private mutating func take(_ count: Int, _ label: String) throws(PayloadProblem) -> [UInt8] {
        let bytes = rest.prefix(count)
        try skip(count, label)
        return Array(bytes)
    }

    private mutating func skip(_ count: Int, _ label: String) throws(PayloadProblem) {
        guard count <= rest.count else { throw PayloadProblem(.truncated, label) }
        rest = rest.dropFirst(count)
    }
}

extension ItemGroup {
    /// The last field of the group, if it has `covers`.
    fileprivate var length: FieldPlan? {
        let item: LayoutItem? =
            switch self {
            case .single(let item): item
            case .fixedSize(let items, _): items.last
            }
        guard case .field(let field)? = item, field.coverage != nil else { return nil }
        return field
    }
}

/// Takes the bits of a group of fields from one end.
private struct BitSource {
    private let number: UInt64
    private let order: BitOrder
    /// The number of bits that were not taken.
    private var rest: Int
    private let width: Int
    /// The bits that were taken last.
    private(set) var mask: UInt64 = 0

    init(number: UInt64, _ group: BitGroup) {
        self.number = number
        order = group.order
        width = 8 * group.bytes
        rest = width
    }

    mutating func take(_ count: Int) -> UInt64 {
        let shift = order == .high ? rest - count : width - rest
        rest -= count
        mask = 0
        guard shift >= 0, shift < 64, count > 0 else { return 0 }
        let lowest = UInt64.max >> UInt64(64 - count)
        mask = lowest << UInt64(shift)
        return number >> UInt64(shift) & lowest
    }
}

extension ArraySlice<UInt8> {
    /// Returns the index at which `bytes` first begin; `nil` if they do not occur.
    func firstIndex(of bytes: [UInt8]) -> Int? {
        guard !bytes.isEmpty, count >= bytes.count else { return nil }
        return (startIndex...endIndex - bytes.count).first { self[$0...].starts(with: bytes) }
    }
}

extension [UInt8] {
    /// Returns whether `bytes` occur.
    func contains(_ bytes: [UInt8]) -> Bool { self[...].firstIndex(of: bytes) != nil }
}

extension Condition {
    /// Returns whether the tests hold for the values that `value` returns.
    package func holds(_ value: (Reference) -> Value) -> Bool {
        terms.allSatisfy { term in
            var found = value(term.reference)
            if let bit = term.reference.bit, found != .nothing {
                found = .number(SpecInteger(magnitude: found.number.magnitude >> bit.position.value & 1))
            }
            switch term.test {
            case .isSet: return found.number.magnitude != 0
            case .oneOf(let values): return values.contains(found)
            case .noneOf(let values): return !values.contains(found)
            case .range(let bounds): return found != .nothing && bounds.contain(found, of: term.step)
            }
        }
    }
}

extension ByteOrder {
    /// Returns the number with `bytes` in this byte order.
    func number(_ bytes: [UInt8]) -> UInt64 { number(bytes[...]) }

    /// Returns the number with `bytes` in this byte order.
    func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        switch self {
        case .big: bytes.reduce(0) { $0 << 8 | UInt64($1) }
        case .little: bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    /// Returns the bytes of the number `bits` in this byte order.
    func bytes(_ bits: UInt64, count: Int) -> [UInt8] {
        let little = (0..<count).map { UInt8(truncatingIfNeeded: bits >> UInt64($0 * 8)) }
        return self == .little ? little : little.reversed()
    }
}

/// The reason why bytes are not a payload of a message, or why values cannot be encoded.
package struct PayloadProblem: Error, Hashable, Sendable {
    /// What is wrong with a field.
    package typealias Code = PayloadErrorCode

    /// What is wrong.
    package let code: Code
    /// The name of the field, as in the errors of the runtime.
    package let field: String

    init(_ code: Code, _ field: String) {
        self.code = code
        self.field = field
    }
}

extension PayloadProblem: CustomStringConvertible {
    /// The problem in words.
    package var description: String {
        switch code {
        case .truncated: "it ends within `\(field)`"
        case .trailingBytes: "it has bytes after its last field"
        case .invalidUTF8: "its `\(field)` is not UTF-8"
        case .invalidBoolean: "its `\(field)` is neither 0 nor 1"
        case .invalidCase: "its `\(field)` has a number without a name"
        case .invalidLength: "its `\(field)` has a length that does not fit the layout"
        case .payloadTooLarge: "its payload is larger than allowed"
        case .outOfBounds: "its `\(field)` is out of its bounds"
        case .notShortest: "its `\(field)` is a number in more bytes than it needs"
        case .invalidText: "its `\(field)` is not text in its encoding"
        case .containsEnd: "its `\(field)` contains the bytes that end it"
        case .inconsistent: "its `\(field)` does not agree with another field"
        case .tooDeep: "its `\(field)` nests more than \(SpecLimits.recursionDepth) types"
        case .unexpectedValue: "its `\(field)` differs from its `equals`"
        }
    }
}
