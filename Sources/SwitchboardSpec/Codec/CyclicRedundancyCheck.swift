/// The checksums that a frame may have, bit by bit, as their catalogue defines them.
struct CyclicRedundancyCheck {
    private let width: UInt64
    private let polynomial: UInt64
    private let initial: UInt64
    private let isReflected: Bool
    private let output: UInt64

    /// The parameters of `algorithm`, with the polynomial of reflected ones reversed.
    init(_ algorithm: ChecksumSpec.Algorithm) {
        switch algorithm {
        case .crc32: self.init(32, 0xEDB8_8320, initial: 0xFFFF_FFFF, isReflected: true, output: 0xFFFF_FFFF)
        case .crc32c: self.init(32, 0x82F6_3B78, initial: 0xFFFF_FFFF, isReflected: true, output: 0xFFFF_FFFF)
        case .crc16: self.init(16, 0xA001, initial: 0, isReflected: true, output: 0)
        case .crc16Modbus: self.init(16, 0xA001, initial: 0xFFFF, isReflected: true, output: 0)
        case .crc16XMODEM: self.init(16, 0x1021, initial: 0, isReflected: false, output: 0)
        case .crc16IBM3740: self.init(16, 0x1021, initial: 0xFFFF, isReflected: false, output: 0)
        case .crc16MCRF4XX: self.init(16, 0x8408, initial: 0xFFFF, isReflected: true, output: 0)
        }
    }

    private init(_ width: UInt64, _ polynomial: UInt64, initial: UInt64, isReflected: Bool, output: UInt64) {
        self.width = width
        self.polynomial = polynomial
        self.initial = initial
        self.isReflected = isReflected
        self.output = output
    }

    func checksum(of bytes: some Sequence<UInt8>) -> UInt64 {
        let mask = UInt64.max >> (64 - width)
        let top: UInt64 = 1 << (width - 1)
        var value = initial
        for byte in bytes {
            value ^= isReflected ? UInt64(byte) : UInt64(byte) << (width - 8)
            for _ in 0..<8 {
                if isReflected {
                    value = value & 1 == 1 ? (value >> 1) ^ polynomial : value >> 1
                } else {
                    value = (value & top != 0 ? (value << 1) ^ polynomial : value << 1) & mask
                }
            }
        }
        return value ^ output
    }
}
