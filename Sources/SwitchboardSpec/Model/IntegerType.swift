/// A type of whole numbers of fixed width.
package enum IntegerType: String, CaseIterable, Sendable {
    // swift-format-ignore: OneCasePerLine
    case uint8, uint16, uint32, uint64
    // swift-format-ignore: OneCasePerLine
    case int8, int16, int32, int64

    /// Whether it holds numbers below 0.
    package var isSigned: Bool {
        switch self {
        case .uint8, .uint16, .uint32, .uint64: false
        case .int8, .int16, .int32, .int64: true
        }
    }

    /// Its width, in bits.
    package var bitWidth: Int {
        switch self {
        case .uint8, .int8: 8
        case .uint16, .int16: 16
        case .uint32, .int32: 32
        case .uint64, .int64: 64
        }
    }

    /// Its width, in bytes.
    package var size: Int { bitWidth / 8 }

    /// The lowest and the highest of its numbers, in words.
    var range: String {
        let highest = UInt64.max >> UInt64(64 - bitWidth + (isSigned ? 1 : 0))
        return isSigned ? "-\(highest + 1) to \(highest)" : "0 to \(highest)"
    }
}
