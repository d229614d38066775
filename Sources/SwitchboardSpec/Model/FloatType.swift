/// A type of numbers with a fraction: those of IEEE 754.
package enum FloatType: String, CaseIterable, Sendable {
    // swift-format-ignore: OneCasePerLine
    case float32, float64

    /// Its width, in bytes.
    package var size: Int { self == .float32 ? 4 : 8 }
}
