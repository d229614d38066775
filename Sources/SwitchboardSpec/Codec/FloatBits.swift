/// Numbers with a fraction as the bits that travel.
package enum FloatBits {
    /// The number that `bits` stand for.
    package static func number(_ bits: UInt64, _ type: FloatType) -> Double {
        switch type {
        case .float32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        case .float64: Double(bitPattern: bits)
        }
    }

    /// The bits of the number of `type` that is nearest to what `text` says; `nil` when it says no finite number.
    static func bits(_ text: String, _ type: FloatType) -> UInt64? {
        let isNumber = text.contains { $0.isNumber } && text.allSatisfy { "0123456789.eE+-_".contains($0) }
        let digits = text.filter { $0 != "_" }
        guard isNumber, text.first != "_", text.last != "_" else { return nil }
        switch type {
        case .float32: return Float(digits).flatMap { $0.isFinite ? UInt64($0.bitPattern) : nil }
        case .float64: return Double(digits).flatMap { $0.isFinite ? $0.bitPattern : nil }
        }
    }
}
