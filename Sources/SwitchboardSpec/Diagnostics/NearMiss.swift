/// The one of `candidates` that was probably meant by `name`.
///
/// At most a third of the letters may be wrong, left out, too many or swapped with their neighbour. Names that differ in
/// digits are no slips of each other, unless the digits are the same: `uint24` does not mean `uint64`. Long names and long
/// lists are not searched: that would take time without limit.
func nearMiss(of name: String, among candidates: some Sequence<String>) -> String? {
    let written = Array(name.lowercased().unicodeScalars)
    guard written.count <= SpecLimits.comparedLength else { return nil }
    var best: (name: String, rank: Int)?
    for candidate in candidates.prefix(SpecLimits.comparedNames) {
        let meant = Array(candidate.lowercased().unicodeScalars)
        let allowed = min(written.count, meant.count) / 3
        guard abs(written.count - meant.count) <= allowed else { continue }
        let distance = editDistance(written, meant)
        guard distance <= allowed, !isOtherNumber(written, meant) else { continue }
        // Of two that are as near, letters in the wrong order are likelier than another letter.
        let rank = distance * 2 + (written.sorted() == meant.sorted() ? 0 : 1)
        if rank < best?.rank ?? .max { best = (candidate, rank) }
    }
    return best?.name
}

/// Whether both are the same but for their digits, which are others.
private func isOtherNumber(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Bool {
    let isDigit = { (scalar: Unicode.Scalar) in ("0"..."9").contains(scalar) }
    return left.filter { !isDigit($0) } == right.filter { !isDigit($0) }
        && left.filter(isDigit).sorted() != right.filter(isDigit).sorted()
}

/// "; did you mean `name`?", or nothing when nothing comes near.
func didYouMean(_ name: String, among candidates: some Sequence<String>) -> String {
    nearMiss(of: name, among: candidates).map { "; did you mean `\($0)`?" } ?? ""
}

extension Int {
    /// The number of bytes in words.
    var bytes: String { self == 1 ? "1 byte" : "\(self) bytes" }

    /// The number of elements in words.
    var elements: String { self == 1 ? "1 element" : "\(self) elements" }
}

/// How many letters must be changed, put in, left out or swapped with their neighbour to make one of the other.
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for (row, letter) in left.enumerated() {
        var current = [row + 1]
        for (column, other) in right.enumerated() {
            var distance = min(last[column + 1] + 1, current[column] + 1, last[column] + (letter == other ? 0 : 1))
            if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                distance = min(distance, beforeLast[column - 1] + 1)
            }
            current.append(distance)
        }
        (beforeLast, last) = (last, current)
    }
    return last[right.count]
}
