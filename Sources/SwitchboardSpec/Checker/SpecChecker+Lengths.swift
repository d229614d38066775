// Fields with `covers`: the lengths of messages, structs and cases.

extension SpecChecker {
    /// Checks the fields with `covers` among `fields`, of which every payload has one.
    mutating func checkLengths(in fields: [FieldSpec]) {
        let lengths = fields.coveringFields
        for length in lengths {
            guard checkType(of: length) else { continue }
            checkRange(of: length, in: fields)
            let name = length.name.value
            for field in fields {
                for term in field.condition?.value.terms ?? [] where term.reference.value.field == name {
                    let text = "`when` tests `\(name)`, which counts bytes that follow from the other fields"
                    diagnostics.error("\(text): test another field", at: term.reference.place)
                }
            }
        }
        checkAlternatives(lengths, in: fields)
    }

    /// Checks that `length` is a number that can be written after the fields that it counts.
    private mutating func checkType(of length: FieldSpec) -> Bool {
        if case .integer(let type) = length.type.value, type.isWholeBytes, !type.isSigned {
            guard length.isTrailing else { return true }
            let text = "`\(length.name.value)` says where the fields end"
            diagnostics.error("\(text): remove `optional`", at: length.name.place)
            return false
        }
        let text = "a field with `covers` is an unsigned number of whole bytes"
        diagnostics.error("\(text): use a type such as `uint16`, or remove `covers`", at: length.type.place)
        return false
    }

    /// Checks that `length` can count the bytes of the shortest values of `fields`.
    private mutating func checkRange(of length: FieldSpec, in fields: [FieldSpec]) {
        guard
            case .integer(let type) = length.type.value, let coverage = length.coverage,
            let index = fields.firstIndex(where: { $0.name.value == length.name.value })
        else { return }
        let covered =
            switch coverage.value {
            case .all: fields
            case .rest: Array(fields[(index + 1)...])
            case .lengthAndRest: Array(fields[index...])
            }
        let size = covered.reduce(bytes(ofBitsIn: covered)) { $0.addedOrLargest(smallestSize(of: $1)) }
        guard size > type.largest else { return }
        let text =
            "`\(length.name.value)` covers at least \(size) bytes, and a \(type.rawValue) counts to \(type.largest)"
        diagnostics.error("\(text): give it a larger type", at: length.type.place)
    }

    /// Checks that every payload has exactly one of `lengths`.
    private mutating func checkAlternatives(_ lengths: [FieldSpec], in fields: [FieldSpec]) {
        guard let first = lengths.first else { return }
        guard lengths.count > 1 else {
            guard let condition = first.condition else { return }
            let text = "without `\(first.name.value)`, nothing would say where the fields end"
            let advice = "remove `when`, or add another length whose `when` is the opposite"
            diagnostics.error("\(text): \(advice)", at: condition.place)
            return
        }
        if fields.hasExactlyOne(of: lengths) { return }
        for other in lengths.dropFirst() {
            let text = "`\(other.name.value)` and `\(first.name.value)` would both say where the fields end"
            let advice =
                "remove `covers` from one, or give them `when`s of which exactly one holds, such as `isLong` and `{ isLong: false }`"
            let note = "`\(first.name.value)` is here"
            diagnostics.error("\(text): \(advice)", at: other.name.place, first: first.name.place, note)
        }
    }
}
