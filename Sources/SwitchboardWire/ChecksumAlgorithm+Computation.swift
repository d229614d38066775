public import CChecksum

extension ChecksumAlgorithm {
    /// The checksum of `bytes`.
    public func checksum(of bytes: Bytes) -> UInt32 {
        unsafe bytes.withUnsafeBytes { unsafe checksum(of: $0.baseAddress, count: $0.count) }
    }

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
        }
    }
}

/// The checksum of most protocols, CRC-32, for source that is inlined elsewhere.
@inlinable @inline(__always)
func usualChecksum(of bytes: UnsafeRawPointer, count: Int) -> UInt32 {
    unsafe switchboard_crc32(bytes, count)
}
