internal import SwitchboardSpec

/// The number of bytes of a value.
struct ByteCount: Equatable {
    /// The fewest bytes.
    var low: UInt64
    /// The most bytes; `nil` if only the payload limits them.
    var high: UInt64?

    /// The number of bytes of every value; `nil` if it differs.
    var fixed: UInt64? { low == high ? low : nil }

    static func + (left: ByteCount, right: ByteCount) -> ByteCount {
        let high = left.high.flatMap { left in right.high.map { left.addingOrLargest($0) } }
        return ByteCount(low: left.low.addingOrLargest(right.low), high: high)
    }

    /// The number in words.
    var text: String {
        if let fixed { return fixed.counted("byte") }
        return high.map { "\(low.grouped) to \($0.counted("byte"))" } ?? "\(low.grouped) or more bytes"
    }
}

/// Computes the numbers of bytes that values may have.
struct ByteCounts {
    let plan: LayoutPlan

    /// Returns the number of bytes of the values of `field`, where it is there.
    func count(of field: FieldPlan) -> ByteCount {
        guard let size = field.constantSize else { return count(of: field.step, field.bounds) }
        return content(field.step.size ?? .toEnd, size, size)
    }

    /// Returns the number of bytes of the values of `step`, whose number of bytes or elements is within `bounds`.
    func count(of step: Step, _ bounds: Bounds? = nil) -> ByteCount {
        if let size = plan.fixedSize(of: step) { return ByteCount(low: size, high: size) }
        let least = plan.table.minimumSize(of: step)
        switch step {
        case .integer(let type, _):
            guard case .variable(let length) = type.encoding else { return ByteCount(low: least, high: least) }
            return ByteCount(low: 1, high: UInt64(length.maximumBytes))
        case .text(let size, let form):
            // Bounds count the bytes in UTF-8.
            let bounds = form.encoding == .utf8 ? bounds : nil
            return content(size, bounds?.low?.number.magnitude ?? 0, bounds?.high?.number.magnitude)
        case .bytes(let size, _):
            return content(size, bounds?.low?.number.magnitude ?? 0, bounds?.high?.number.magnitude)
        case .list(let element, .fixed(let number)):
            let one = count(of: element)
            let high = one.high.map { $0.multipliedOrLargest(UInt64(clamping: number)) }
            return ByteCount(low: least, high: high)
        case .list, .sized, .structure, .union: return ByteCount(low: least, high: nil)
        case .optional(let step, .byte):
            let value = count(of: step, bounds)
            return ByteCount(low: 1, high: value.high.map { $0.addingOrLargest(1) })
        case .optional(let step, .count):
            let value = count(of: step, bounds)
            return ByteCount(low: min(least, value.low), high: value.high)
        case .float, .boolean, .bit, .enumeration, .flags, .reserved, .reservedBits:
            return ByteCount(low: least, high: least)
        }
    }

    /// Returns the number of bytes of text or bytes of `low` to `high` bytes, with the number before them and what ends them.
    private func content(_ size: Size, _ low: UInt64, _ high: UInt64?) -> ByteCount {
        switch size {
        case .toEnd: return ByteCount(low: low, high: high)
        case .until(let end):
            let more = UInt64(end.count)
            return ByteCount(low: low.addingOrLargest(more), high: high.map { $0.addingOrLargest(more) })
        case .counted(let count):
            var prefix = ByteCount(low: 0, high: 0)
            if case .prefix(let type, let order) = count.source { prefix = self.count(of: .integer(type, order)) }
            let largest = count.largestSize.map { min($0, high ?? $0) } ?? high
            return prefix + ByteCount(low: low, high: largest)
        case .fixed(let count), .padded(let count, _):
            return ByteCount(low: UInt64(clamping: count), high: UInt64(clamping: count))
        }
    }
}

extension FieldPlan {
    /// The number of bytes of the only value of a text in UTF-8 or of bytes; `nil` for other fields.
    var constantSize: UInt64? {
        switch step {
        case .text(.counted, let form) where form.encoding == .utf8: break
        case .text(.until, let form) where form.encoding == .utf8: break
        case .bytes(.counted, nil), .bytes(.until, nil): break
        default: return nil
        }
        return constant.map { UInt64($0.content.count) }
    }
}

extension UInt64 {
    /// Returns the sum, or the largest number if the sum overflows.
    func addingOrLargest(_ other: UInt64) -> UInt64 {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? .max : sum
    }
}
