extension SpecChecker {
    /// Checks that `part`, which `owner` covers, begins at a byte of the header.
    ///
    /// - Returns: The items of the header before the part and those in it; `nil` after a mistake.
    private mutating func checkStart(
        of part: FramePart,
        _ owner: String,
        in frame: FrameSpec
    ) -> (before: [FrameSpec.HeaderField], inside: [FrameSpec.HeaderField])? {
        let name = part.item.value
        guard let items = frame.split(at: part) else {
            let names = frame.header.map(\.value.field.name.value)
            if names.contains(name) {
                let text = "`header` has several items `\(name)`, and `covers` of \(owner) must name one"
                diagnostics.error("\(text): name another item", at: part.item.place)
            } else {
                let meant = nearMiss(of: name, among: names).map { "did you mean `\($0)`?" }
                let text = "`covers` of \(owner) names `\(name.visible)`, which `header` does not have"
                let single = names.filter { name in names.count { $0 == name } == 1 }
                let advice = meant ?? (single.isEmpty ? "use a word" : "it has \(single.enumerated)")
                diagnostics.error("\(text); \(advice)", at: part.item.place)
            }
            return nil
        }
        let bits = items.before.reduce(0) { $0 + ($1.bits ?? 0) }
        guard bits % 8 == 0 else {
            let text = "`\(name)` \(part.includesItem ? "begins" : "ends") within a byte"
            diagnostics.error(
                "\(text): name an item at whose \(part.includesItem ? "start" : "end") a byte begins",
                at: part.item.place
            )
            return nil
        }
        return items
    }

    /// Checks that the part of `owner` with the items `inside` of the header ends with the item `last`; returns whether it does.
    private mutating func checkEnd(
        _ last: Located<String>,
        _ owner: String,
        of inside: [FrameSpec.HeaderField],
        in frame: FrameSpec
    ) -> Bool {
        guard let index = inside.lastIndex(where: { $0.field.name.value == last.value }) else {
            let names = inside.filter { !$0.field.isReserved }.map(\.field.name.value)
            let meant = nearMiss(of: last.value, among: names + ["payload"]).map { "did you mean `\($0)`?" }
            let isBefore = frame.header.contains { $0.value.field.name.value == last.value }
            let problem = isBefore ? "which comes before its start" : "which `header` does not have"
            let allowed = "it can be \((names + ["payload"]).alternatives)"
            let text = "`to` of `covers` of \(owner) names `\(last.value.visible)`, \(problem)"
            diagnostics.error("\(text); \(meant ?? allowed)", at: last.place)
            return false
        }
        let items = inside[...index]
        if let item = items.first(where: { $0.bits == nil }) {
            let name = item.field.name.value
            let text = "\(owner) covers items to `\(last.value)`, whose end depends on `\(name)`"
            diagnostics.error("\(text): name an item before `\(name)`, or use `covers: header`", at: last.place)
            return false
        }
        guard items.reduce(0, { $0 + ($1.bits ?? 0) }) % 8 == 0 else {
            let text = "`\(last.value)` ends within a byte"
            diagnostics.error("\(text): name an item at whose end a byte ends", at: last.place)
            return false
        }
        return true
    }

    /// Checks the bytes that a checksum covers.
    mutating func checkCoverage(of checksum: ChecksumSpec, in frame: FrameSpec) {
        guard let part = checksum.coverage.part, let items = checkStart(of: part, "`checksum`", in: frame) else {
            return
        }
        if let last = part.lastItem, !checkEnd(last, "`checksum`", of: items.inside, in: frame) { return }
        guard let item = items.before.first(where: { $0.bits == nil }) else { return }
        let (name, other) = (part.item.value, item.field.name.value)
        let covered = part.includesItem ? "the frame from `\(name)` on" : "the frame after `\(name)`"
        let text = "`checksum` covers \(covered), whose place depends on the number `\(other)`"
        diagnostics.error("\(text): name an item before `\(other)`", at: part.item.place)
    }

    /// Checks the bytes that the length counts; returns whether it can count them.
    mutating func checkLengthCoverage(_ frame: FrameSpec, at place: Place) -> Bool {
        // The item that `covers` names may be one with a mistake.
        guard !frame.lacksParts else { return true }
        if let part = frame.length.covers.part {
            if checkStart(of: part, "`length`", in: frame) == nil { return false }
            if let last = part.lastItem {
                let text = "`to` of a length's `covers` must be `payload`, because a length says where the payload ends"
                diagnostics.error("\(text): remove `to`, or write `to: payload`", at: last.place)
                return false
            }
        }
        if frame.coveredTrailer > 0, let field = frame.firstMissingInTrailer {
            let text = "`length` counts the trailer, and only some frames have its `\(field.name.value)`"
            let advice =
                switch frame.length.covers.word {
                case nil: "add `to: payload`"
                case .rest: "use `covers: { after: length, to: payload }`"
                case .lengthAndRest: "use `covers: { from: length, to: payload }`"
                default: "use `covers: header-and-payload`"
                }
            diagnostics.error("\(text): \(advice)", at: frame.length.covers.part?.item.place ?? place)
            return false
        }
        guard let item = frame.coveredItems.first(where: { $0.bits == nil }) else { return true }
        let length = frame.lengthItems.last?.value
        let name = item.field.name.value
        let reason: String
        if item.role.isLength {
            reason = "itself, and its size depends on its number"
        } else if frame.lengthItems.count > 1 {
            // The other items are encoded first, to know which length is sent.
            if frame.length.covers.word == .rest { return true }
            reason = "`\(name)`, whose size differs, and there are two lengths"
        } else if length?.bits == nil {
            reason = "`\(name)`, whose size differs, and its own size depends on its number"
        } else if length?.bits.map({ $0 % 8 != 0 }) ?? true {
            reason = "`\(name)`, whose size differs, and is no number of whole bytes"
        } else {
            return true
        }
        let advice = "use `covers: payload`, or name an item after `\(name)`"
        diagnostics.error("`length` counts \(reason): \(advice)", at: frame.length.covers.part?.item.place ?? place)
        return false
    }
}
