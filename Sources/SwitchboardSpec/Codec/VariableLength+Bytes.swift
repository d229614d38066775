/// The reason why bytes are not a number of variable length.
enum VariableLengthProblem: Error {
    /// The bytes end within the number.
    case truncated
    /// The number fits in fewer bytes, or is too large for the encoding.
    case notShortest
}

extension VariableLength {
    /// Returns the bytes of `number`, which must be in the range of the encoding.
    func bytes(of number: SpecInteger) -> [UInt8] {
        let value = number.magnitude
        switch self {
        case .leb128: return Self.leb128(value)
        case .zigzag: return Self.leb128(number.isNegative ? (value &- 1) << 1 | 1 : value << 1)
        case .quic:
            let exponent = [6, 14, 30, 62].firstIndex { value >> UInt64($0) == 0 } ?? 3
            let count = 1 << exponent
            return ByteOrder.big.bytes(value | UInt64(exponent) << UInt64(8 * count - 2), count: count)
        case .bitcoin:
            switch value {
            case ..<0xFD: return [UInt8(truncatingIfNeeded: value)]
            case ..<0x1_0000: return [0xFD] + ByteOrder.little.bytes(value, count: 2)
            case ..<0x1_0000_0000: return [0xFE] + ByteOrder.little.bytes(value, count: 4)
            default: return [0xFF] + ByteOrder.little.bytes(value, count: 8)
            }
        case .asn1:
            guard value >= 0x80 else { return [UInt8(truncatingIfNeeded: value)] }
            let count = (71 - value.leadingZeroBitCount) / 8
            return [0x80 | UInt8(truncatingIfNeeded: count)] + ByteOrder.big.bytes(value, count: count)
        case .mysql:
            switch value {
            case ..<0xFB: return [UInt8(truncatingIfNeeded: value)]
            case ..<0x1_0000: return [0xFC] + ByteOrder.little.bytes(value, count: 2)
            case ..<0x100_0000: return [0xFD] + ByteOrder.little.bytes(value, count: 3)
            default: return [0xFE] + ByteOrder.little.bytes(value, count: 8)
            }
        case .midi: return Self.sevenBits(value)
        }
    }

    /// Returns the number at the start of `bytes`, and its number of bytes.
    func number(_ bytes: ArraySlice<UInt8>) throws(VariableLengthProblem) -> (number: SpecInteger, size: Int) {
        guard let first = bytes.first else { throw .truncated }
        var size = 1
        var value: UInt64 = 0
        switch self {
        case .leb128, .zigzag:
            let all = bytes.prefix(maximumBytes)
            let rest = all.prefix { $0 & 0x80 != 0 }
            guard rest.count < all.count else { throw all.count < maximumBytes ? .truncated : .notShortest }
            size = rest.count + 1
            let last = all[all.startIndex + rest.count]
            if size == maximumBytes, last > 1 { throw .notShortest }
            for byte in all.prefix(size).reversed() { value = value << 7 | UInt64(byte & 0x7F) }
        case .quic:
            size = 1 << Int(first >> 6)
            guard bytes.count >= size else { throw .truncated }
            value = ByteOrder.big.number(Array(bytes.prefix(size))) & (.max >> UInt64(66 - 8 * size))
        case .bitcoin:
            size = first < 0xFD ? 1 : 1 + 2 << Int(first - 0xFD)
            guard bytes.count >= size else { throw .truncated }
            value = size == 1 ? UInt64(first) : ByteOrder.little.number(Array(bytes.dropFirst().prefix(size - 1)))
        case .asn1:
            size = first < 0x80 ? 1 : 1 + Int(first & 0x7F)
            // Without a number of bytes, the end of the content would be marked in it.
            guard first != 0x80, size <= maximumBytes else { throw .notShortest }
            guard bytes.count >= size else { throw .truncated }
            value = size == 1 ? UInt64(first) : ByteOrder.big.number(Array(bytes.dropFirst().prefix(size - 1)))
        case .mysql:
            let sizes: [UInt8: Int] = [0xFC: 3, 0xFD: 4, 0xFE: 9]
            if first >= 0xFB {
                guard let known = sizes[first] else { throw .notShortest }
                size = known
            }
            guard bytes.count >= size else { throw .truncated }
            value = size == 1 ? UInt64(first) : ByteOrder.little.number(Array(bytes.dropFirst().prefix(size - 1)))
        case .midi:
            let all = bytes.prefix(maximumBytes)
            let rest = all.prefix { $0 & 0x80 != 0 }
            // The highest of ten bytes has one bit of the number.
            guard first != 0x80, rest.count < maximumBytes - 1 || first == 0x81 else { throw .notShortest }
            guard rest.count < all.count else { throw all.count < maximumBytes ? .truncated : .notShortest }
            size = rest.count + 1
            for byte in all.prefix(size) { value = value << 7 | UInt64(byte & 0x7F) }
        }
        let number =
            self == .zigzag && value & 1 == 1
            ? SpecInteger(isNegative: true, magnitude: (value >> 1) + 1)
            : SpecInteger(magnitude: self == .zigzag ? value >> 1 : value)
        guard self.bytes(of: number).count == size else { throw .notShortest }
        return (number, size)
    }

    /// Returns groups of seven bits, the highest first; all but the last have a highest bit of 1.
    private static func sevenBits(_ value: UInt64) -> [UInt8] {
        let bytes = leb128(value).map { $0 & 0x7F }
        return bytes.dropFirst().reversed().map { $0 | 0x80 } + [bytes[0]]
    }

    private static func leb128(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(truncatingIfNeeded: rest)]
    }
}
