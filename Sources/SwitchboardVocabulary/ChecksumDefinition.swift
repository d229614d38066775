/// The definition of a checksum algorithm.
///
/// It computes checksums byte by byte. Tools that read a spec without compiling it use the definition, and tests compare the fast
/// implementations with it.
public struct ChecksumDefinition: Sendable {
    /// The size of the checksum, in bytes: 1 to 4, and up to 32 for a hash.
    public let size: Int
    /// The checksum of the nine bytes `123456789` in ASCII; the number of the first four bytes for a hash.
    public let check: UInt32
    private let form: ChecksumForm
    /// The effects of the 256 values of a byte on an empty register of a CRC; empty for other algorithms.
    private let table: [UInt32]

    /// - Parameter check: The published checksum of the nine bytes; `nil` to compute it.
    init(_ form: ChecksumForm, check: UInt32?) {
        size = form.size
        self.form = form
        table = form.table
        self.check = check ?? form.checksum(of: Array("123456789".utf8)[...], table)
    }

    /// The checksum of `bytes`; for a hash, the number of its first bytes, four at most, in the byte order `big`.
    public func checksum(of bytes: some Sequence<UInt8>) -> UInt32 { form.checksum(of: Array(bytes)[...], table) }

    /// The bytes of the checksum of `bytes`, as they are sent; a hash has its own order.
    package func sentChecksum(of bytes: ArraySlice<UInt8>, in order: ByteOrder) -> [UInt8] {
        if case .hash(let parameters) = form {
            let hash = parameters.hash(of: bytes)
            return (0..<size).map { hash[$0] }
        }
        let number = form.checksum(of: bytes, table)
        let little = (0..<UInt32(size)).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        return order == .little ? little : little.reversed()
    }
}

/// How a checksum is computed.
package enum ChecksumForm: Sendable, Hashable {
    case crc(CRCParameters)
    case sum(SumParameters)
    case xor8
    case fletcher8
    case fletcher16
    case adler32
    case hash(HashParameters)
}

extension ChecksumForm {
    /// The size of the checksum, in bytes.
    var size: Int {
        switch self {
        case .crc(let parameters): parameters.width / 8
        case .sum(let parameters): parameters.width / 8
        case .xor8: 1
        case .fletcher8, .fletcher16: 2
        case .adler32: 4
        case .hash(let parameters): parameters.size
        }
    }

    /// The effects of the 256 values of a byte on an empty register of a CRC; empty for other algorithms.
    fileprivate var table: [UInt32] {
        if case .crc(let parameters) = self { parameters.table } else { [] }
    }

    /// The checksum of `bytes`, computed byte by byte.
    ///
    /// - Parameter table: The ``table`` of the algorithm.
    fileprivate func checksum(of bytes: ArraySlice<UInt8>, _ table: [UInt32]) -> UInt32 {
        switch self {
        case .crc(let parameters): return parameters.checksum(of: bytes, table)
        case .sum(let parameters): return parameters.checksum(ofSum: bytes.reduce(0) { $0 &+ UInt32($1) })
        case .xor8: return UInt32(bytes.reduce(0, ^))
        case .fletcher8:
            let sums = Self.sums(of: bytes, from: 0, modulo: 256)
            return sums.first << 8 | sums.second
        case .fletcher16:
            let sums = Self.sums(of: bytes, from: 0, modulo: 255)
            return sums.second << 8 | sums.first
        case .adler32:
            let sums = Self.sums(of: bytes, from: 1, modulo: 65521)
            return sums.second << 16 | sums.first
        case .hash(let parameters): return parameters.number(of: parameters.hash(of: bytes))
        }
    }

    /// Returns the sum of all bytes, which begins at `start`, and the sum of the first sums after each byte.
    private static func sums(
        of bytes: ArraySlice<UInt8>,
        from start: UInt32,
        modulo: UInt32
    ) -> (first: UInt32, second: UInt32) {
        bytes.reduce((start, 0)) { sums, byte in
            let first = (sums.0 + UInt32(byte)) % modulo
            return (first, (sums.1 + first) % modulo)
        }
    }
}

extension HashParameters {
    /// The hash of `bytes`.
    fileprivate func hash(of bytes: ArraySlice<UInt8>) -> SIMD32<UInt8> {
        unsafe bytes.withUnsafeBytes { unsafe hash(of: $0) }
    }

    /// The number of the first bytes of `hash`, four at most and no more than the checksum has, in the byte order `big`.
    package func number(of hash: SIMD32<UInt8>) -> UInt32 {
        (0..<min(size, 4)).reduce(0) { $0 << 8 | UInt32(hash[$1]) }
    }
}

extension CRCParameters {
    // The register is in the lowest bits of a word if it is reflected, and otherwise in the highest bits.

    /// Returns the word with `number` in the register.
    private func register(_ number: UInt32) -> UInt32 {
        isReflected ? number.reversed(width: width) : number << UInt32(32 - width)
    }

    /// The words of empty registers after each value of a byte, computed bit by bit.
    fileprivate var table: [UInt32] {
        let polynomial = register(polynomial)
        return (UInt32(0)..<256).map { byte in
            var word: UInt32 = isReflected ? byte : byte << 24
            for _ in 0..<8 {
                let leaves = word & (isReflected ? 1 : 1 << 31) != 0
                word = (isReflected ? word >> 1 : word << 1) ^ (leaves ? polynomial : 0)
            }
            return word
        }
    }

    /// The CRC of `bytes`.
    fileprivate func checksum(of bytes: ArraySlice<UInt8>, _ table: [UInt32]) -> UInt32 {
        var word = register(initial)
        if isReflected {
            for byte in bytes { word = word >> 8 ^ table[Int((word ^ UInt32(byte)) & 0xFF)] }
            return word ^ finalXOR
        }
        for byte in bytes { word = word << 8 ^ table[Int(word >> 24 ^ UInt32(byte))] }
        return word >> UInt32(32 - width) ^ finalXOR
    }
}
