internal import CChecksum

extension FrameFormat.Checksum {
    /// The checksum of `bytes`.
    public static func crc32(of bytes: Bytes) -> UInt32 {
        unsafe bytes.withUnsafeBytes { unsafe crc32(of: $0.baseAddress, count: $0.count) }
    }

    @inline(__always)
    static func crc32(of bytes: UnsafeRawPointer?, count: Int) -> UInt32 {
        unsafe switchboard_crc32(bytes, count)
    }
}
