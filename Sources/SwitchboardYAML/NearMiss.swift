/// The longest name for which a similar name is searched, in characters.
private let comparedLength = 32

/// The number of names to compare such a name with.
private let comparedNames = 128

/// Returns the one of `candidates` that the author probably meant by `name`.
///
/// At most a third of the letters may be wrong, missing, added or swapped with the next letter. Names with different
/// digits do not match, unless the digits are only in another order: `uint24` does not mean `uint64`. Long names and
/// long lists are not searched, because that would take too much time.
package func nearMiss(of name: String, among candidates: some Sequence<String>) -> String? {
    let written = Array(name.lowercased().unicodeScalars)
    guard written.count <= comparedLength else { return nil }
    var best: (name: String, rank: Int)?
    for candidate in candidates.prefix(comparedNames) {
        let meant = Array(candidate.lowercased().unicodeScalars)
        let allowed = min(written.count, meant.count) / 3
        guard abs(written.count - meant.count) <= allowed else { continue }
        let distance = editDistance(written, meant)
        guard distance <= allowed, !isOtherNumber(written, meant) else { continue }
        // Of two equally similar names, the one with the same letters in another order is the likelier one.
        let rank = distance * 2 + (written.sorted() == meant.sorted() ? 0 : 1)
        if rank < best?.rank ?? .max { best = (candidate, rank) }
    }
    return best?.name
}

/// Returns whether both names differ only in their digits, and not only in the order of the digits.
private func isOtherNumber(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Bool {
    let isDigit = { (scalar: Unicode.Scalar) in ("0"..."9").contains(scalar) }
    return left.filter { !isDigit($0) } == right.filter { !isDigit($0) }
        && left.filter(isDigit).sorted() != right.filter(isDigit).sorted()
}

/// Returns "; did you mean `name`?", or an empty string if no candidate is similar.
package func didYouMean(_ name: String, among candidates: some Sequence<String>) -> String {
    nearMiss(of: name, among: candidates).map { "; did you mean `\($0)`?" } ?? ""
}

/// Returns the number of edits that make one word of the other: a letter changed, added, removed or swapped with the
/// next letter.
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
