/// The algorithm of a checksum.
///
/// The CRCs with names are those of Greg Cook's catalogue of parametrised CRC algorithms
/// (https://reveng.sourceforge.io/crc-catalogue/).
public enum ChecksumAlgorithm: Sendable, Hashable {
    /// CRC-32/ISO-HDLC, as in IEEE 802.3 and zlib: four bytes.
    case crc32
    /// CRC-32/ISCSI, also called Castagnoli: four bytes.
    case crc32c
    /// CRC-32/BZIP2: four bytes.
    case crc32BZIP2
    /// CRC-32/JAMCRC: four bytes.
    case crc32JAMCRC
    /// CRC-32/MPEG-2: four bytes.
    case crc32MPEG2
    /// CRC-32/CKSUM, without the length that the command `cksum` of POSIX appends: four bytes.
    case crc32POSIX
    /// CRC-24/OPENPGP: three bytes.
    case crc24OpenPGP
    /// CRC-24/LTE-A, also called CRC-24Q: three bytes.
    case crc24LTEA
    /// CRC-16/ARC: two bytes.
    case crc16ARC
    /// CRC-16/DNP: two bytes.
    case crc16DNP
    /// CRC-16/EN-13757: two bytes.
    case crc16EN13757
    /// CRC-16/GENIBUS: two bytes.
    case crc16GENIBUS
    /// CRC-16/IBM-3740, also called CRC-16/CCITT-FALSE: two bytes.
    case crc16IBM3740
    /// CRC-16/KERMIT, also called CRC-16/CCITT: two bytes.
    case crc16Kermit
    /// CRC-16/MCRF4XX: two bytes.
    case crc16MCRF4XX
    /// CRC-16/MODBUS: two bytes.
    case crc16Modbus
    /// CRC-16/SPI-FUJITSU, also called CRC-16/AUG-CCITT: two bytes.
    case crc16SPIFujitsu
    /// CRC-16/UMTS, also called CRC-16/BUYPASS: two bytes.
    case crc16UMTS
    /// CRC-16/USB: two bytes.
    case crc16USB
    /// CRC-16/IBM-SDLC, also called CRC-16/X-25: two bytes.
    case crc16X25
    /// CRC-16/XMODEM: two bytes.
    case crc16XMODEM
    /// CRC-8/SMBUS: one byte.
    case crc8
    /// CRC-8/DVB-S2: one byte.
    case crc8DVBS2
    /// CRC-8/MAXIM-DOW, as in 1-Wire: one byte.
    case crc8Maxim
    /// CRC-8/ROHC: one byte.
    case crc8ROHC
    /// CRC-8/SAE-J1850: one byte.
    case crc8SAEJ1850
    /// The sum of all bytes, modulo 2^8: one byte.
    case sum8
    /// The sum of all bytes, modulo 2^16: two bytes.
    case sum16
    /// The sum of all bytes, modulo 2^32: four bytes.
    case sum32
    /// The exclusive or of all bytes: one byte.
    case xor8
    /// Two sums modulo 256, as in UBX: two bytes.
    ///
    /// The first sum, of the bytes, is the high byte of the number; the second, of all first sums, is the low byte.
    case fletcher8
    /// Two sums modulo 255, usually called Fletcher-16: two bytes.
    ///
    /// The first sum, of the bytes, is the low byte of the number; the second, of all first sums, is the high byte.
    case fletcher16
    /// Adler-32 of RFC 1950: four bytes.
    case adler32
    /// SHA-256 of FIPS 180-4: 32 bytes.
    case sha256
    /// SHA-256 of the SHA-256, as in Bitcoin: 32 bytes.
    case sha256d
    /// A CRC with parameters that no algorithm with a name has.
    case crc(CRCParameters)
    /// A sum with parameters that no algorithm with a name has.
    case sum(SumParameters)
    /// The first bytes of a hash.
    case hash(HashParameters)
}

extension ChecksumAlgorithm {
    /// The algorithms with names.
    public static let allCases: [ChecksumAlgorithm] = [
        .crc32, .crc32c, .crc32BZIP2, .crc32JAMCRC, .crc32MPEG2, .crc32POSIX,
        .crc24OpenPGP, .crc24LTEA,
        .crc16ARC, .crc16DNP, .crc16EN13757, .crc16GENIBUS, .crc16IBM3740, .crc16Kermit, .crc16MCRF4XX, .crc16Modbus,
        .crc16SPIFujitsu, .crc16UMTS, .crc16USB, .crc16X25, .crc16XMODEM,
        .crc8, .crc8DVBS2, .crc8Maxim, .crc8ROHC, .crc8SAEJ1850,
        .sum8, .sum16, .sum32, .xor8, .fletcher8, .fletcher16, .adler32, .sha256, .sha256d,
    ]

    /// The name in a spec; for an algorithm without a name, a text with its parameters.
    ///
    /// Servers with different versions of this module compare the text, so it never changes.
    public var rawValue: String { entry.name }

    /// The algorithm with a name in specs; `nil` if there is none.
    public init?(rawValue name: String) {
        guard let algorithm = Self.allCases.first(where: { $0.rawValue == name }) else { return nil }
        self = algorithm
    }

    /// A CRC with parameters: the algorithm with a name, if one has these parameters.
    public init(_ parameters: CRCParameters) {
        self = Self.allCases.first { $0.form == .crc(parameters) } ?? .crc(parameters)
    }

    /// A sum with parameters: the algorithm with a name, if one has these parameters.
    public init(_ parameters: SumParameters) {
        self = Self.allCases.first { $0.form == .sum(parameters) } ?? .sum(parameters)
    }

    /// The first bytes of a hash: the algorithm with a name, if these are all its bytes.
    public init(_ parameters: HashParameters) {
        self = Self.allCases.first { $0.form == .hash(parameters) } ?? .hash(parameters)
    }

    /// The definition of the algorithm, for tools and the interpreter of specs.
    public var definition: ChecksumDefinition {
        let (_, form, check) = entry
        return ChecksumDefinition(form, check: check)
    }

    /// The size of the checksum, in bytes: 1 to 4, and up to 32 for a hash.
    public var size: Int { form.size }

    /// Whether the checksum is bytes of a hash, which are sent in their own order, and no number.
    public var isHash: Bool {
        if case .hash = form { true } else { false }
    }

    /// How the checksum is computed.
    package var form: ChecksumForm { entry.form }

    /// The name, the computation and the checksum of the nine bytes `123456789` in ASCII, if it is published.
    private var entry: (name: String, form: ChecksumForm, check: UInt32?) {
        switch self {
        case .crc32: ("crc32", .crc(32, 0x04C1_1DB7, .max, isReflected: true, .max), 0xCBF4_3926)
        case .crc32c: ("crc32c", .crc(32, 0x1EDC_6F41, .max, isReflected: true, .max), 0xE306_9283)
        case .crc32BZIP2: ("crc32-bzip2", .crc(32, 0x04C1_1DB7, .max, .max), 0xFC89_1918)
        case .crc32JAMCRC: ("crc32-jamcrc", .crc(32, 0x04C1_1DB7, .max, isReflected: true), 0x340B_C6D9)
        case .crc32MPEG2: ("crc32-mpeg2", .crc(32, 0x04C1_1DB7, .max), 0x0376_E6E7)
        case .crc32POSIX: ("crc32-posix", .crc(32, 0x04C1_1DB7, 0, .max), 0x765E_7680)
        case .crc24OpenPGP: ("crc24-openpgp", .crc(24, 0x86_4CFB, 0xB7_04CE), 0x21_CF02)
        case .crc24LTEA: ("crc24-lte-a", .crc(24, 0x86_4CFB), 0xCD_E703)
        case .crc16ARC: ("crc16", .crc(16, 0x8005, isReflected: true), 0xBB3D)
        case .crc16DNP: ("crc16-dnp", .crc(16, 0x3D65, isReflected: true, 0xFFFF), 0xEA82)
        case .crc16EN13757: ("crc16-en-13757", .crc(16, 0x3D65, 0, 0xFFFF), 0xC2B7)
        case .crc16GENIBUS: ("crc16-genibus", .crc(16, 0x1021, 0xFFFF, 0xFFFF), 0xD64E)
        case .crc16IBM3740: ("crc16-ibm-3740", .crc(16, 0x1021, 0xFFFF), 0x29B1)
        case .crc16Kermit: ("crc16-kermit", .crc(16, 0x1021, isReflected: true), 0x2189)
        case .crc16MCRF4XX: ("crc16-mcrf4xx", .crc(16, 0x1021, 0xFFFF, isReflected: true), 0x6F91)
        case .crc16Modbus: ("crc16-modbus", .crc(16, 0x8005, 0xFFFF, isReflected: true), 0x4B37)
        case .crc16SPIFujitsu: ("crc16-spi-fujitsu", .crc(16, 0x1021, 0x1D0F), 0xE5CC)
        case .crc16UMTS: ("crc16-umts", .crc(16, 0x8005), 0xFEE8)
        case .crc16USB: ("crc16-usb", .crc(16, 0x8005, 0xFFFF, isReflected: true, 0xFFFF), 0xB4C8)
        case .crc16X25: ("crc16-x25", .crc(16, 0x1021, 0xFFFF, isReflected: true, 0xFFFF), 0x906E)
        case .crc16XMODEM: ("crc16-xmodem", .crc(16, 0x1021), 0x31C3)
        case .crc8: ("crc8", .crc(8, 0x07), 0xF4)
        case .crc8DVBS2: ("crc8-dvb-s2", .crc(8, 0xD5), 0xBC)
        case .crc8Maxim: ("crc8-maxim", .crc(8, 0x31, isReflected: true), 0xA1)
        case .crc8ROHC: ("crc8-rohc", .crc(8, 0x07, 0xFF, isReflected: true), 0xD0)
        case .crc8SAEJ1850: ("crc8-sae-j1850", .crc(8, 0x1D, 0xFF, 0xFF), 0x4B)
        case .sum8: ("sum8", .sum(SumParameters(width: 8)), 0xDD)
        case .sum16: ("sum16", .sum(SumParameters(width: 16)), 0x01DD)
        case .sum32: ("sum32", .sum(SumParameters(width: 32)), 0x01DD)
        case .xor8: ("xor8", .xor8, 0x31)
        case .fletcher8: ("fletcher8", .fletcher8, 0xDD15)
        case .fletcher16: ("fletcher16", .fletcher16, 0x1EDE)
        case .adler32: ("adler32", .adler32, 0x091E_01DE)
        case .sha256: ("sha256", .hash(HashParameters(.sha256, size: SHA256.size)), 0x15E2_B0D3)
        case .sha256d: ("sha256d", .hash(HashParameters(.sha256d, size: SHA256.size)), 0x292B_0D00)
        case .crc(let parameters): (parameters.text, .crc(parameters), nil)
        case .sum(let parameters): (parameters.text, .sum(parameters), nil)
        case .hash(let parameters): (parameters.text, .hash(parameters), nil)
        }
    }
}

extension ChecksumForm {
    /// A CRC with the parameters of the catalogue, in its order.
    fileprivate static func crc(
        _ width: Int,
        _ polynomial: UInt32,
        _ initial: UInt32 = 0,
        isReflected: Bool = false,
        _ finalXOR: UInt32 = 0
    ) -> ChecksumForm {
        .crc(
            CRCParameters(
                width: width,
                polynomial: polynomial,
                initial: initial,
                isReflected: isReflected,
                finalXOR: finalXOR
            )
        )
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
    /// The header; for a checksum in the header, the header before it.
    case header
}
