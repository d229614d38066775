internal import SwitchboardSpec

/// Makes the table of the fields of a layout.
struct FieldTable {
    let spec: CheckedSpec
    /// The chapter of the fields.
    let owner: Anchor
    /// The name of what has the fields, for the search.
    let title: String
    /// The prefix of the fields' names in their anchors.
    var prefix = ""
    /// What the fields belong to.
    var subject = TypeWords.Subject.value
    /// Returns the meaning of a field; that of a field of a payload by default.
    var meaning: ((FieldPlan) -> Words)?
    /// Returns the name of a field.
    var name: (FieldPlan) -> String = { $0.name }

    /// Returns the table of `items`.
    func table(_ items: [PlacedItem]) -> Table {
        var table = Table(head: ["Offset", "Size", "Field", "Type", "Meaning"], codeColumns: [2])
        for placed in items {
            switch placed.item {
            case .field(let field):
                table.rows.append(row(field, placed.offset.words, Words(.text(size(of: field, placed)))))
            case .bits(let group):
                for field in group.fields {
                    let place = group.place(of: field)
                    let bits: Words = place.map { Words(.text(", \($0.bits.text)")) } ?? []
                    let offset = placed.offset.advanced(by: UInt64(place?.byte ?? 0))
                    let width = (field.step.bitWidth ?? 0).counted("bit")
                    table.rows.append(row(field, offset.words + bits, Words(.text(width))))
                }
            }
        }
        return table
    }

    private func row(_ field: FieldPlan, _ offset: Words, _ size: Words) -> Table.Row {
        let type = TypeWords(spec: spec, subject: subject)
        let meaning = meaning?(field) ?? FieldWords(type: type, field: field).words
        let isNamed = !field.field.isReserved
        return Table.Row(
            anchor: isNamed ? owner.part(prefix + field.name) : nil,
            name: isNamed ? name(field) : nil,
            kind: title,
            cells: [
                offset, size, isNamed ? Words(.code(name(field))) : "unused",
                isNamed ? type.words(of: field) : [], meaning,
            ]
        )
    }

    private func size(of field: FieldPlan, _ placed: PlacedItem) -> String {
        let isMissing = placed.item.isConditional && placed.size.low > 0
        return placed.size.text + (isMissing ? ", or none" : "")
    }
}
