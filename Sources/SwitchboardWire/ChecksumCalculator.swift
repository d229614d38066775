internal import CChecksum
internal import Synchronization

/// The code that computes the checksums of an algorithm.
///
/// It has no references, so that copies cost no counts.
enum ChecksumCalculator: Sendable {
    case crc32
    case crc32c
    case crc16ARC
    case crc16Modbus
    case crc16XMODEM
    case crc16IBM3740
    case crc16MCRF4XX
    /// A CRC for which there is no function.
    case crc(CRCTable)
    case sum(SumParameters)
    case xor8
    case fletcher8
    case fletcher16
    case adler32
    case hash(HashParameters)

    /// The calculator of `algorithm`.
    ///
    /// The first calculator of a CRC for which there is no function makes its table, which stays in memory.
    init(_ algorithm: ChecksumAlgorithm) {
        switch algorithm {
        case .crc32: self = .crc32
        case .crc32c: self = .crc32c
        case .crc16ARC: self = .crc16ARC
        case .crc16Modbus: self = .crc16Modbus
        case .crc16XMODEM: self = .crc16XMODEM
        case .crc16IBM3740: self = .crc16IBM3740
        case .crc16MCRF4XX: self = .crc16MCRF4XX
        default:
            switch algorithm.form {
            case .crc(let parameters): self = .crc(.shared(parameters))
            case .sum(let parameters): self = .sum(parameters)
            case .xor8: self = .xor8
            case .fletcher8: self = .fletcher8
            case .fletcher16: self = .fletcher16
            case .adler32: self = .adler32
            case .hash(let parameters): self = .hash(parameters)
            }
        }
    }

    /// Returns the checksum of `count` bytes; for a hash, the number of its first bytes, four at most.
    @inline(__always)
    func checksum(of bytes: UnsafeRawPointer?, count: Int) -> UInt32 {
        switch self {
        case .crc32: unsafe switchboard_crc32(bytes, count)
        case .crc32c: unsafe switchboard_crc32c(bytes, count)
        case .crc16ARC: unsafe UInt32(switchboard_crc16_arc(bytes, count))
        case .crc16Modbus: unsafe UInt32(switchboard_crc16_modbus(bytes, count))
        case .crc16XMODEM: unsafe UInt32(switchboard_crc16_xmodem(bytes, count))
        case .crc16IBM3740: unsafe UInt32(switchboard_crc16_ibm_3740(bytes, count))
        case .crc16MCRF4XX: unsafe UInt32(switchboard_crc16_mcrf4xx(bytes, count))
        case .crc(let table): unsafe table.checksum(of: bytes, count: count)
        case .sum(let parameters): unsafe parameters.checksum(ofSum: switchboard_sum(bytes, count))
        case .xor8: unsafe UInt32(switchboard_xor8(bytes, count))
        case .fletcher8: unsafe UInt32(switchboard_fletcher8(bytes, count))
        case .fletcher16: unsafe UInt32(switchboard_fletcher16(bytes, count))
        case .adler32: unsafe switchboard_adler32(bytes, count)
        case .hash(let parameters):
            unsafe parameters.number(of: parameters.hash(of: UnsafeRawBufferPointer(start: bytes, count: count)))
        }
    }
}

/// A CRC with the table by which it is computed byte by byte.
@safe
struct CRCTable: Sendable {
    /// The effects of the 256 values of a byte on an empty register, which are never changed or freed.
    private nonisolated(unsafe) let entries: UnsafePointer<UInt32>
    private let isReflected: Bool
    /// The initial value of the register, and the value for the exclusive or with the register at the end.
    private let initial: UInt32
    private let finalXOR: UInt32
    /// The number of bits below the checksum in a register that is not reflected.
    private let shift: UInt32

    private init(_ parameters: CRCParameters) {
        let shift = UInt32(truncatingIfNeeded: 32 - parameters.width)
        isReflected = parameters.isReflected
        finalXOR = parameters.finalXOR
        self.shift = shift
        // The register is in the lowest bits if it is reflected, and otherwise in the highest bits.
        func register(_ number: UInt32) -> UInt32 {
            parameters.isReflected ? number.reversed(width: parameters.width) : number << shift
        }
        initial = register(parameters.initial)
        let entries = UnsafeMutablePointer<UInt32>.allocate(capacity: 256)
        unsafe switchboard_crc_table(register(parameters.polynomial), parameters.isReflected, entries)
        unsafe self.entries = UnsafePointer(entries)
    }

    private static let tables = Mutex<[CRCParameters: CRCTable]>([:])

    /// The table of the CRC with `parameters`, of which a process makes one.
    static func shared(_ parameters: CRCParameters) -> CRCTable {
        tables.withLock { tables in
            if let table = tables[parameters] { return table }
            let table = CRCTable(parameters)
            tables[parameters] = table
            return table
        }
    }

    /// Returns the CRC of `count` bytes.
    func checksum(of bytes: UnsafeRawPointer?, count: Int) -> UInt32 {
        let register =
            isReflected
            ? unsafe switchboard_crc_reflected(entries, initial, bytes, count)
            : unsafe switchboard_crc(entries, initial, bytes, count) &>> shift
        return register ^ finalXOR
    }
}
