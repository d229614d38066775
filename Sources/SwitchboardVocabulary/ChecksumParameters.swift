/// The parameters of a CRC, as in Greg Cook's catalogue (https://reveng.sourceforge.io/crc-catalogue/).
public struct CRCParameters: Sendable, Hashable {
    /// The widths that a CRC may have, in bits.
    public static let widths = [8, 16, 24, 32]

    /// The size of the checksum, in bits: 8, 16, 24 or 32.
    public let width: Int
    /// The generator polynomial without its highest term, the most significant bit first.
    ///
    /// It has this form whether the CRC is reflected or not.
    public let polynomial: UInt32
    /// The initial value of the register, for a register that is not reflected.
    public let initial: UInt32
    /// Whether each byte is processed from its lowest bit on, and the register is reversed at the end.
    public let isReflected: Bool
    /// The value for the exclusive or with the register at the end.
    public let finalXOR: UInt32

    /// The parameters of a CRC.
    ///
    /// - Parameters:
    ///   - width: The size of the checksum, in bits: 8, 16, 24 or 32.
    ///   - polynomial: The generator polynomial without its highest term, the most significant bit first.
    ///   - initial: The initial value of the register.
    ///   - isReflected: Whether each byte is processed from its lowest bit on, and the register is reversed at the end:
    ///     `refin` and `refout` of the catalogue.
    ///   - finalXOR: The value for the exclusive or with the register at the end.
    ///
    /// Bits of the numbers above `width` are ignored.
    public init(
        width: Int,
        polynomial: UInt32,
        initial: UInt32 = 0,
        isReflected: Bool = false,
        finalXOR: UInt32 = 0
    ) {
        precondition(Self.widths.contains(width), "a CRC has 8, 16, 24 or 32 bits")
        let mask = UInt32.max >> UInt32(32 - width)
        self.width = width
        self.polynomial = polynomial & mask
        self.initial = initial & mask
        self.isReflected = isReflected
        self.finalXOR = finalXOR & mask
    }

    /// All parameters, with the keys of a spec.
    var text: String {
        "crc width \(width) poly \(polynomial) init \(initial) reflect \(isReflected) xor \(finalXOR)"
    }
}

extension UInt32 {
    /// The lowest `width` bits, of 1 to 32, in reverse order.
    package func reversed(width: Int) -> UInt32 {
        (0..<UInt32(width)).reduce(0) { $0 << 1 | self >> $1 & 1 }
    }
}

/// The parameters of a sum of all bytes.
public struct SumParameters: Sendable, Hashable {
    /// The widths that a sum may have, in bits.
    public static let widths = [8, 16, 32]

    /// The size of the checksum, in bits: 8, 16 or 32.
    public let width: Int
    /// Whether the checksum is the two's complement of the sum: sum and checksum are 0 together.
    public let isNegated: Bool
    /// The value for the exclusive or with the result.
    public let finalXOR: UInt32

    /// The parameters of a sum.
    ///
    /// - Parameters:
    ///   - width: The size of the checksum, in bits: 8, 16 or 32.
    ///   - isNegated: Whether the checksum is the two's complement of the sum.
    ///   - finalXOR: The value for the exclusive or with the result, after the negation. Bits above `width` are ignored.
    public init(width: Int, isNegated: Bool = false, finalXOR: UInt32 = 0) {
        precondition(Self.widths.contains(width), "a sum has 8, 16 or 32 bits")
        self.width = width
        self.isNegated = isNegated
        self.finalXOR = finalXOR & UInt32.max >> UInt32(32 - width)
    }

    /// Returns the checksum for a sum modulo 2^32.
    package func checksum(ofSum sum: UInt32) -> UInt32 {
        ((isNegated ? 0 &- sum : sum) ^ finalXOR) & UInt32.max >> UInt32(32 - width)
    }

    /// All parameters, with the keys of a spec.
    var text: String { "sum width \(width) negate \(isNegated) xor \(finalXOR)" }
}

/// The parameters of a hash, whose first bytes are the checksum.
public struct HashParameters: Sendable, Hashable {
    /// A hash function.
    ///
    /// The raw value is its name in a spec.
    public enum Function: String, Sendable, Hashable {
        /// SHA-256 of FIPS 180-4.
        case sha256
        /// SHA-256 of the SHA-256, as in Bitcoin.
        case sha256d
    }

    /// The numbers of bytes that a checksum may have.
    public static let sizes = 1...SHA256.size

    /// The hash function.
    public let function: Function
    /// The size of the checksum, in bytes: 1 to 32.
    public let size: Int

    /// The first `size` bytes of a hash.
    ///
    /// - Parameters:
    ///   - function: The hash function.
    ///   - size: The size of the checksum, in bytes: 1 to 32.
    public init(_ function: Function, size: Int) {
        precondition(Self.sizes.contains(size), "a checksum of a hash has 1 to 32 bytes")
        self.function = function
        self.size = size
    }

    /// Returns the hash of `bytes`, whose first byte is the element 0.
    package func hash(of bytes: UnsafeRawBufferPointer) -> SIMD32<UInt8> {
        var first = SHA256()
        unsafe first.append(bytes)
        guard function == .sha256d else { return first.hash() }
        var second = SHA256()
        let hash = first.hash()
        for index in hash.indices { second.append(hash[index]) }
        return second.hash()
    }

    /// All parameters, with the keys of a spec.
    var text: String { "\(function.rawValue) bytes \(size)" }
}
