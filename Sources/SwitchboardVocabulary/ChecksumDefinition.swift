/// The definition of a checksum algorithm.
///
/// It computes checksums slowly. Tools that read a spec without compiling it use the definition, and tests compare the fast
/// implementations with it.
public struct ChecksumDefinition: Sendable {
    /// The size of the checksum, in bytes: 1 to 4, and up to 32 for a hash.
    public let size: Int
    /// The checksum of the nine bytes `123456789` in ASCII; the number of the first four bytes for a hash.
    public let check: UInt32
    private let form: ChecksumForm

    init(_ form: ChecksumForm, check: UInt32) {
        size = form.size
        self.check = check
        self.form = form
    }

    /// The checksum of `bytes`; for a hash, the number of its first bytes, four at most, in the byte order `big`.
    public func checksum(of bytes: some Sequence<UInt8>) -> UInt32 { form.checksum(of: bytes) }

    /// The bytes of the checksum of `bytes`, as they are sent; a hash has its own order.
    package func sentChecksum(of bytes: some Sequence<UInt8>, in order: ByteOrder) -> [UInt8] {
        if case .hash(let parameters) = form {
            let hash = parameters.hash(of: bytes)
            return (0..<size).map { hash[$0] }
        }
        let number = checksum(of: bytes)
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

    /// The checksum of `bytes`, computed byte by byte or bit by bit.
    func checksum(of bytes: some Sequence<UInt8>) -> UInt32 {
        switch self {
        case .crc(let parameters): return parameters.checksum(of: bytes)
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
        of bytes: some Sequence<UInt8>,
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
    fileprivate func hash(of bytes: some Sequence<UInt8>) -> SIMD32<UInt8> {
        unsafe Array(bytes).withUnsafeBytes { unsafe hash(of: $0) }
    }

    /// The number of the first bytes of `hash`, four at most and no more than the checksum has, in the byte order `big`.
    package func number(of hash: SIMD32<UInt8>) -> UInt32 {
        (0..<min(size, 4)).reduce(0) { $0 << 8 | UInt32(hash[$1]) }
    }
}

extension CRCParameters {
    /// The CRC of `bytes`, computed bit by bit.
    fileprivate func checksum(of bytes: some Sequence<UInt8>) -> UInt32 {
        let top = UInt32(1) << UInt32(width - 1)
        // If the width is less than 32, the higher bits do not belong to the register.
        let mask = top | (top - 1)
        var register = initial
        for byte in bytes {
            for index in UInt8(0)..<8 {
                let bit = isReflected ? byte >> index & 1 : byte >> (7 - index) & 1
                let leaves = (register & top != 0) != (bit == 1)
                register = register << 1 & mask
                if leaves { register ^= polynomial }
            }
        }
        return (isReflected ? register.reversed(width: width) : register) ^ finalXOR
    }
}
