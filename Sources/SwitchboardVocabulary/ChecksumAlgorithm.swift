/// The algorithm of a checksum.
///
/// The raw value is the name in a spec. The CRCs are those of Greg Cook's catalogue of parametrised CRC algorithms
/// (https://reveng.sourceforge.io/crc-catalogue/).
public enum ChecksumAlgorithm: String, Sendable, Hashable, CaseIterable {
    /// CRC-32/ISO-HDLC, as in IEEE 802.3 and zlib: four bytes.
    case crc32
    /// CRC-32/ISCSI, also called Castagnoli: four bytes.
    case crc32c
    /// CRC-16/ARC: two bytes.
    case crc16ARC = "crc16"
    /// CRC-16/MODBUS: two bytes.
    case crc16Modbus = "crc16-modbus"
    /// CRC-16/XMODEM: two bytes.
    case crc16XMODEM = "crc16-xmodem"
    /// CRC-16/IBM-3740, also called CRC-16/CCITT-FALSE: two bytes.
    case crc16IBM3740 = "crc16-ibm-3740"
    /// CRC-16/MCRF4XX: two bytes.
    case crc16MCRF4XX = "crc16-mcrf4xx"
}

extension ChecksumAlgorithm {
    /// The definition of the algorithm, for tools and the interpreter of specs.
    public var definition: ChecksumDefinition {
        switch self {
        case .crc32: .crc(32, 0x04C1_1DB7, initial: .max, isReflected: true, finalXOR: .max, check: 0xCBF4_3926)
        case .crc32c: .crc(32, 0x1EDC_6F41, initial: .max, isReflected: true, finalXOR: .max, check: 0xE306_9283)
        case .crc16ARC: .crc(16, 0x8005, initial: 0, isReflected: true, finalXOR: 0, check: 0xBB3D)
        case .crc16Modbus: .crc(16, 0x8005, initial: 0xFFFF, isReflected: true, finalXOR: 0, check: 0x4B37)
        case .crc16XMODEM: .crc(16, 0x1021, initial: 0, isReflected: false, finalXOR: 0, check: 0x31C3)
        case .crc16IBM3740: .crc(16, 0x1021, initial: 0xFFFF, isReflected: false, finalXOR: 0, check: 0x29B1)
        case .crc16MCRF4XX: .crc(16, 0x1021, initial: 0xFFFF, isReflected: true, finalXOR: 0, check: 0x6F91)
        }
    }

    /// The size of the checksum, in bytes: 1, 2 or 4.
    public var size: Int { definition.size }
}

/// The definition of a checksum algorithm.
///
/// It computes checksums slowly. Tools that read a spec without compiling it use the definition, and tests compare the fast
/// implementations with it.
public struct ChecksumDefinition: Sendable {
    /// The size of the checksum, in bytes: 1, 2 or 4.
    public let size: Int
    /// The checksum of the nine bytes `123456789` in ASCII.
    public let check: UInt32
    private let compute: @Sendable ([UInt8]) -> UInt32

    init(size: Int, check: UInt32, compute: @escaping @Sendable ([UInt8]) -> UInt32) {
        self.size = size
        self.check = check
        self.compute = compute
    }

    /// The checksum of `bytes`.
    public func checksum(of bytes: some Sequence<UInt8>) -> UInt32 { compute(Array(bytes)) }
}

extension ChecksumDefinition {
    /// A CRC with the parameters of the catalogue, computed bit by bit.
    ///
    /// - Parameters:
    ///   - width: The size of the checksum, in bits: 8, 16 or 32.
    ///   - polynomial: The generator polynomial without its highest term, the most significant bit first.
    ///   - initial: The initial value of the register.
    ///   - isReflected: Whether each byte is processed from its lowest bit on, and the register is reversed at the end.
    ///   - finalXOR: The value for the exclusive or with the register at the end.
    ///   - check: The checksum of the nine bytes `123456789` in ASCII.
    fileprivate static func crc(
        _ width: Int,
        _ polynomial: UInt32,
        initial: UInt32,
        isReflected: Bool,
        finalXOR: UInt32,
        check: UInt32
    ) -> ChecksumDefinition {
        ChecksumDefinition(size: width / 8, check: check) { bytes in
            let top = UInt32(1) << UInt32(width - 1)
            // If the width is less than 32, the higher bits do not belong to the register.
            let mask = top | (top - 1)
            var register = initial & mask
            for byte in bytes {
                for index in UInt8(0)..<8 {
                    let bit = isReflected ? byte >> index & 1 : byte >> (7 - index) & 1
                    let leaves = (register & top != 0) != (bit == 1)
                    register = register << 1 & mask
                    if leaves { register ^= polynomial }
                }
            }
            let reversed = (0..<UInt32(width)).reduce(0) { $0 << 1 | register >> $1 & 1 }
            return (isReflected ? reversed : register) ^ finalXOR & mask
        }
    }
}

/// The bytes of a frame that a checksum covers.
///
/// The raw value is the keyword in a spec.
public enum ChecksumCoverage: String, Sendable, Hashable, CaseIterable {
    /// Every byte of the frame before the checksum: header and payload.
    case frame
    /// The payload alone.
    case payload
    /// Header and payload without the magic, if the magic is the first field; otherwise the same as ``frame``.
    case afterMagic = "after-magic"
}
