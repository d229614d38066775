/// How a checksum is computed.
///
/// The raw value is the name in a spec.
///
/// The parameters are those of Greg Cook's catalogue of parametrised CRC algorithms
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
    /// The parameters of the algorithm.
    public var definition: CyclicRedundancyCheck {
        switch self {
        case .crc32: .init(32, 0x04C1_1DB7, initial: .max, isReflected: true, finalXOR: .max, check: 0xCBF4_3926)
        case .crc32c: .init(32, 0x1EDC_6F41, initial: .max, isReflected: true, finalXOR: .max, check: 0xE306_9283)
        case .crc16ARC: .init(16, 0x8005, initial: 0, isReflected: true, finalXOR: 0, check: 0xBB3D)
        case .crc16Modbus: .init(16, 0x8005, initial: 0xFFFF, isReflected: true, finalXOR: 0, check: 0x4B37)
        case .crc16XMODEM: .init(16, 0x1021, initial: 0, isReflected: false, finalXOR: 0, check: 0x31C3)
        case .crc16IBM3740: .init(16, 0x1021, initial: 0xFFFF, isReflected: false, finalXOR: 0, check: 0x29B1)
        case .crc16MCRF4XX: .init(16, 0x1021, initial: 0xFFFF, isReflected: true, finalXOR: 0, check: 0x6F91)
        }
    }

    /// The size of the checksum, in bytes: 1, 2 or 4.
    public var size: Int { definition.width / 8 }
}

/// A CRC by its definition, one bit after another.
///
/// It is slow: tools that read a spec without compiling it use it, and tests hold the fast implementations against it.
public struct CyclicRedundancyCheck: Sendable, Hashable {
    /// The size of the checksum, in bits: 8, 16 or 32.
    public let width: Int
    /// The generator polynomial without its highest term, the most significant bit first.
    public let polynomial: UInt32
    /// The register's first value.
    public let initial: UInt32
    /// Whether bytes are taken from their lowest bit on, and the register is reversed at the end.
    public let isReflected: Bool
    /// The value that the register is combined with at the end, by exclusive or.
    public let finalXOR: UInt32
    /// The checksum of the nine bytes `123456789` in ASCII, as the catalogue states it.
    public let check: UInt32

    init(_ width: Int, _ polynomial: UInt32, initial: UInt32, isReflected: Bool, finalXOR: UInt32, check: UInt32) {
        self.width = width
        self.polynomial = polynomial
        self.initial = initial
        self.isReflected = isReflected
        self.finalXOR = finalXOR
        self.check = check
    }

    /// The checksum of `bytes`.
    public func checksum(of bytes: some Sequence<UInt8>) -> UInt32 {
        let top = UInt32(1) << UInt32(width - 1)
        var register = initial
        for byte in bytes {
            for index in UInt8(0)..<8 {
                let bit = isReflected ? byte >> index & 1 : byte >> (7 - index) & 1
                let leaves = (register & top != 0) != (bit == 1)
                register = register << 1 & (top | (top - 1))
                if leaves { register ^= polynomial }
            }
        }
        return (isReflected ? reflected(register) : register) ^ finalXOR
    }

    private func reflected(_ register: UInt32) -> UInt32 {
        (0..<UInt32(width)).reduce(0) { $0 << 1 | register >> $1 & 1 }
    }
}

/// The bytes of a frame that a checksum is computed of.
///
/// The raw value is the word for it in a spec.
public enum ChecksumCoverage: String, Sendable, Hashable, CaseIterable {
    /// Every byte of the frame before the checksum: header and payload.
    case frame
    /// The payload alone.
    case payload
    /// Header and payload without the magic, where the magic is the first field; otherwise as ``frame``.
    case afterMagic = "after-magic"
}
