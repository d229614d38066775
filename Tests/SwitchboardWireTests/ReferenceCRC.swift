import SwitchboardWire

/// A CRC as the catalogue defines it, one bit after another.
struct ReferenceCRC {
    let width: UInt32
    let polynomial: UInt32
    let initial: UInt32
    let isReflected: Bool
    let finalXOR: UInt32

    init(_ algorithm: FrameFormat.Checksum.Algorithm) {
        (width, polynomial, initial, isReflected, finalXOR) =
            switch algorithm {
            case .crc32: (32, 0x04C1_1DB7, .max, true, .max)
            case .crc32c: (32, 0x1EDC_6F41, .max, true, .max)
            case .crc16ARC: (16, 0x8005, 0, true, 0)
            case .crc16Modbus: (16, 0x8005, 0xFFFF, true, 0)
            case .crc16XMODEM: (16, 0x1021, 0, false, 0)
            case .crc16IBM3740: (16, 0x1021, 0xFFFF, false, 0)
            case .crc16MCRF4XX: (16, 0x1021, 0xFFFF, true, 0)
            }
    }

    func checksum(of bytes: some Sequence<UInt8>) -> UInt32 {
        let top = UInt32(1) << (width - 1)
        var register = initial
        for byte in bytes {
            for index in 0..<8 {
                let bit = isReflected ? byte >> index & 1 : byte >> (7 - index) & 1
                let leaves = (register & top != 0) != (bit == 1)
                register = register << 1 & (top | (top - 1))
                if leaves { register ^= polynomial }
            }
        }
        return (isReflected ? reflected(register) : register) ^ finalXOR
    }

    private func reflected(_ register: UInt32) -> UInt32 {
        (0..<width).reduce(0) { $0 << 1 | register >> $1 & 1 }
    }
}
