/// Fields in a row that are read in one go.
package enum FieldRun: Sendable {
    /// Fields whose sizes do not depend on their values: one check of the payload's length is enough for all of them.
    case flat([FieldSpec], size: Int)
    /// A field that is read for itself.
    case single(FieldSpec)

    /// The runs of `fields`.
    package static func runs(of fields: [FieldSpec], _ table: TypeTable) -> [FieldRun] {
        var runs: [FieldRun] = []
        var flat: [FieldSpec] = []
        var size = 0
        func endRun() {
            if flat.count == 1 { runs.append(.single(flat[0])) }
            if flat.count > 1 { runs.append(.flat(flat, size: size)) }
            (flat, size) = ([], 0)
        }
        for field in fields {
            if field.since == nil, let own = table.flatSize(of: field.type.value) {
                flat.append(field)
                size += own
            } else {
                endRun()
                runs.append(.single(field))
            }
        }
        endRun()
        return runs
    }
}
