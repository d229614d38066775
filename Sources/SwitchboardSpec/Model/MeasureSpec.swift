/// `unit` and `scale`, or `time`: what a number measures.
///
/// They change nothing on the wire, and the value stays a number: they are for people.
package struct MeasureSpec: Sendable {
    /// `unit`: the name of the unit, such as `m/s`.
    package var unit: String?
    /// `scale`: the value for each 1 of the number.
    package var scale: DecimalNumber?
    /// `time`: the point in time that the number says; a number with it has neither `unit` nor `scale`.
    package var time: TimeSpec?
    /// The place of the first of these keys.
    let place: Place

    /// All in a sentence, such as "In steps of 0.01 m/s".
    package var note: String {
        if let time { return time.note }
        return switch (scale, unit) {
        case (let scale?, let unit?): "In steps of \(scale) \(unit)."
        case (let scale?, nil): "In steps of \(scale)."
        case (nil, let unit?): "In \(unit)."
        case (nil, nil): ""
        }
    }

    /// Returns what `number` measures: `215 (2.15 m/s)`.
    func text(of number: SpecInteger) -> String {
        if let time { return time.text(of: number) }
        let unit = unit.map { " \($0.visible)" } ?? ""
        guard let scale else { return "\(number)\(unit)" }
        return scale.product(with: number).map { "\(number) (\($0)\(unit))" } ?? "\(number)"
    }
}

/// A decimal number above 0.
package struct DecimalNumber: Sendable, Hashable, CustomStringConvertible {
    /// The digits, as a whole number.
    private let digits: UInt64
    /// The number of digits after the point; below 0 for a multiple of 10.
    private let places: Int

    /// The largest number of digits before or after the point.
    static let limit = 18

    /// The number in `text`, such as `0.01`, `25` or `1e-7`; `nil` if it is no number, not above 0, or too long.
    init?(_ text: String) {
        let parts = text.split(separator: "e", maxSplits: 1, omittingEmptySubsequences: false)
        let halves = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let all = halves.joined()
        guard !halves[0].isEmpty, halves.last?.isEmpty == false, all.count <= Self.limit,
            all.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }), var digits = UInt64(all), digits > 0
        else { return nil }
        var places = halves.count == 2 ? halves[1].count : 0
        if parts.count == 2 {
            guard let exponent = Int(parts[1]), -Self.limit...Self.limit ~= exponent else { return nil }
            places -= exponent
        }
        while digits % 10 == 0 { (digits, places) = (digits / 10, places - 1) }
        guard -Self.limit...Self.limit ~= places else { return nil }
        (self.digits, self.places) = (digits, places)
    }

    /// The number without an exponent.
    package var description: String { Self.text(of: digits, places) }

    /// Returns the product with `number`; `nil` if it has too many digits.
    func product(with number: SpecInteger) -> String? {
        let (product, overflows) = digits.multipliedReportingOverflow(by: number.magnitude)
        return overflows ? nil : (number.isNegative ? "-" : "") + Self.text(of: product, places)
    }

    private static func text(of digits: UInt64, _ places: Int) -> String {
        let text = String(digits)
        guard places > 0 else { return digits == 0 ? text : text + String(repeating: "0", count: -places) }
        let padded = String(repeating: "0", count: max(0, places + 1 - text.count)) + text
        let fraction = padded.suffix(places).reversed().drop { $0 == "0" }.reversed()
        return padded.dropLast(places) + (fraction.isEmpty ? "" : "." + fraction)
    }
}
