/// Numbers with a fraction as the bits that travel.
package enum FloatBits {
    /// The number that `bits` stand for.
    package static func number(_ bits: UInt64, _ type: FloatType) -> Double {
        switch type {
        case .float32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        case .float64: Double(bitPattern: bits)
        }
    }

    /// The bits of the number of `type` that is nearest to what `text` says, or of what it spells as YAML does: `.inf`,
    /// `-.inf` or `.nan`; `nil` when it says nothing of these.
    static func bits(_ text: String, _ type: FloatType) -> UInt64? {
        switch text {
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return bits(.infinity, type)
        case "-.inf", "-.Inf", "-.INF": return bits(-.infinity, type)
        case ".nan", ".NaN", ".NAN": return bits(.nan, type)
        default: return finiteBits(text, type)
        }
    }

    /// `number` as a spec writes it; of NaN also the bits, where they are not those of `.nan`.
    static func text(_ bits: UInt64, _ type: FloatType) -> String {
        let number = number(bits, type)
        if number.isNaN {
            return bits == self.bits(.nan, type) ? ".nan" : "a NaN with the bits \(bits.hexadecimal)"
        }
        return number.isInfinite ? (number < 0 ? "-.inf" : ".inf") : "\(number)"
    }

    private static func bits(_ number: Double, _ type: FloatType) -> UInt64 {
        switch type {
        case .float32: UInt64(Float(number).bitPattern)
        case .float64: number.bitPattern
        }
    }

    private static func finiteBits(_ text: String, _ type: FloatType) -> UInt64? {
        let isNumber = text.contains { $0.isNumber } && text.allSatisfy { "0123456789.eE+-_".contains($0) }
        let digits = text.filter { $0 != "_" }
        guard isNumber, text.first != "_", text.last != "_" else { return nil }
        switch type {
        case .float32: return Float(digits).flatMap { $0.isFinite ? UInt64($0.bitPattern) : nil }
        case .float64: return Double(digits).flatMap { $0.isFinite ? $0.bitPattern : nil }
        }
    }
}
