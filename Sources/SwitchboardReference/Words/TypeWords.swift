internal import SwitchboardSpec

/// Says in words what the type of a field is, and where a value ends.
struct TypeWords {
    let spec: CheckedSpec
    /// What the fields belong to.
    let subject: Subject

    /// What fields belong to.
    enum Subject: String {
        // swift-format-ignore: OneCasePerLine
        case message, frame, value
    }

    private var table: TypeTable { spec.plan.table }

    /// Returns the type of `field` in words.
    func words(of field: FieldPlan) -> Words {
        if field.step.size == .toEnd, field.bytesBehind > 0 {
            let end = "up to the last \(field.bytesBehind.counted("byte"))"
            return words(of: field.step, end: Words(marked: end))
        }
        return words(of: field.step, end: nil)
    }

    /// Returns `step` in words.
    ///
    /// - Parameter end: Where a value without a length ends; `nil` for the end of what has the value.
    func words(of step: Step, end: Words? = nil) -> Words {
        switch step {
        case .integer(let type, let order):
            return Words(.code(type.rawValue)) + self.order(order, size: type.isVariable ? 1 : type.bitWidth / 8)
        case .float(let type, let order): return Words(.code(type.rawValue)) + self.order(order, size: type.size)
        case .boolean: return Words(.code("bool"))
        case .bit: return Words(.code("bit"))
        case .enumeration(let type, let order):
            return link(type.name.value) + ", " + words(of: .integer(type.type, order))
        case .flags(let type, let order):
            return link(type.name.value) + ", " + words(of: .integer(type.type, order))
        case .text(let size, let form):
            var name = "text in \(form.encoding.title)"
            if form.encoding == .utf16 { name += form.order == .big ? " (big-endian)" : " (little-endian)" }
            return Words(.text(name)) + ending(size, "byte", end)
        case .bytes(_, let notation?): return Words(.code(notation.rawValue))
        case .bytes(let size, nil): return "bytes" + ending(size, "byte", end)
        case .list(let element, let size):
            return "list of " + words(of: element) + Words(.text(";")) + ending(size, "element", end, comma: false)
        case .optional(let step, .byte):
            return words(of: step, end: end) + "; or nothing: the byte before it is 1 or 0"
        case .optional(let step, .count): return words(of: step, end: end) + "; or nothing"
        case .reserved: return "unused bytes"
        case .reservedBits: return "unused bits"
        case .structure(let type): return link(type.name.value)
        case .union(let type, let tag):
            return link(type.name.value) + (tag.map { ", its tag is in " + Words(.code($0.field)) } ?? [])
        case .sized(let step, let size): return words(of: step) + ending(size, "byte", end)
        }
    }

    /// Returns the name of a type with a link to it.
    func link(_ name: String) -> Words { Words(.link(name, .type(name))) }

    /// Whether numbers of `type` with the byte order `order` have not that of the protocol.
    private func isForeign(_ order: ByteOrder, _ type: IntegerType) -> Bool {
        !type.isVariable && type.bitWidth > 8 && order != spec.byteOrder
    }

    /// Returns the byte order of a number with `size` bytes, if it is not that of the protocol.
    private func order(_ order: ByteOrder, size: Int) -> Words {
        guard size > 1, order != spec.byteOrder else { return [] }
        return Words(.text(order == .big ? ", big-endian" : ", little-endian"))
    }

    // MARK: Where a value ends

    private func ending(_ size: Size, _ noun: String, _ end: Words?, comma: Bool = true) -> Words {
        Words(.text(comma ? ", " : " ")) + limit(size, noun, end)
    }

    private func limit(_ size: Size, _ noun: String, _ end: Words?) -> Words {
        switch size {
        case .toEnd: return end ?? (subject == .message ? "up to the end of the payload" : "up to the end of its bytes")
        case .fixed(let count): return Words(.text("\(count.counted(noun))"))
        case .padded(let count, let pad):
            return Words(.text("\(count.counted(noun)), filled with ")) + Words(.code([pad].spaced)) + " at its end"
        case .until(let bytes):
            return Words(.text(noun == "byte" ? "up to " : "up to an element that would begin with ")) + bytes.named
        case .counted(let count): return self.count(count, noun)
        }
    }

    /// Returns the number that says where a value ends, in words.
    func count(_ count: Count, _ noun: String) -> Words {
        let noun = count.countsBytes ? "byte" : noun
        let source: Words =
            switch count.source {
            case .prefix(let type, let order):
                "after a " + words(of: .integer(type, order))
                    + Words(.text(isForeign(order, type) ? ", with " : " with "))
            case .field(let reference): Words(.code(reference.field)) + " says "
            case .constant(let number): Words(.text("\(number) is "))
            }
        var words = source
        if case .constant(let number) = count.source, count.unit == 1, count.plus == 0 {
            return Words(.text(number.counted(noun)))
        }
        words += Words(.text("the number of its \(noun)s"))
        if count.unit > 1 { words += Words(.text(", in units of \(count.unit)")) }
        if count.plus != 0 {
            words += Words(.text(count.plus > 0 ? ", plus \(count.plus)" : ", minus \(-count.plus)"))
        }
        if let byte = count.absentByte {
            words += "; the byte " + Words(.code([byte].spaced)) + " says that there is none"
        } else if !count.absent.isEmpty {
            words += "; " + count.absent.map(\.description).listed("or") + " says that there is none"
        }
        return words
    }
}
