import Glibc

/// Numbers for people, with few digits and a unit.
enum ShownNumber {
    /// The text for a number that is not known.
    static let unknown = "–"

    /// The length of the longest number with one decimal, and of the byte that ends it.
    private static let maximumLength = 400

    /// Returns a count or a rate: `17`, `1.5`, `12.3k`.
    static func count(_ value: Double?) -> String {
        guard let value, value >= 0 else { return unknown }
        for (unit, size, least) in [("G", 1e9, 1e9), ("M", 1e6, 1e6), ("k", 1e3, 1e4)] where value >= least {
            return short(value / size) + unit
        }
        return short(value)
    }

    /// Returns a number of bytes: `512 B`, `1.5 KiB`.
    static func bytes(_ value: Double?) -> String {
        guard var value, value >= 0 else { return unknown }
        var units = ["B", "KiB", "MiB", "GiB", "TiB"][...]
        while value >= 1024, units.count > 1 {
            value /= 1024
            units.removeFirst()
        }
        return "\(decimals(value, units.count == 5 || value >= 100 ? 0 : 1)) \(units.first ?? "")"
    }

    /// Returns a duration: `25 µs`, `10 ms`, `2.5 s`.
    static func duration(_ seconds: Double) -> String {
        if seconds < 1e-3 { return decimals(seconds * 1e6, 0) + " µs" }
        if seconds < 1 { return decimals(seconds * 1e3, 0) + " ms" }
        return decimals(seconds, seconds == seconds.rounded() ? 0 : 1) + " s"
    }

    /// Returns an age in its two largest units: `3 h 5 min`.
    static func age(_ seconds: Double) -> String {
        // The limit is beyond every age, and within the range of the type.
        var rest = Int(min(max(seconds, 0), 1e12))
        let parts = [("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)].map { unit, size in
            defer { rest %= size }
            return (count: rest / size, unit: unit)
        }
        let shown = parts.drop { $0.count == 0 }.prefix(2)
        return shown.isEmpty ? "0 s" : shown.map { "\($0.count) \($0.unit)" }.joined(separator: " ")
    }

    /// Returns a number with one decimal if it is below 100, and without a decimal point if it is an integer.
    private static func short(_ value: Double) -> String {
        decimals(value, value >= 100 || value == value.rounded() ? 0 : 1)
    }

    private static func decimals(_ value: Double, _ digits: Int) -> String {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: maximumLength) { text in
            let length = unsafe withVaList([value]) {
                unsafe vsnprintf(text.baseAddress, text.count, "%.\(digits)f", $0)
            }
            return unsafe String(decoding: UnsafeRawBufferPointer(text).prefix(Int(length)), as: UTF8.self)
        }
    }
}
