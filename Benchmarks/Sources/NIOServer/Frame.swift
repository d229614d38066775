internal import CServerChecksum
import NIOCore

/// The layout of a NET-001 frame; see Docs/NET-001.md.
enum Frame {
    static let headerBytes = 8
    static let trailerBytes = 4
    static let smallestBytes = headerBytes + trailerBytes

    /// The magic and the version at the start of every frame, as one number.
    static let start: UInt64 = 0xDEAD_BEEF_01
    static let magic: [UInt8] = [0xDE, 0xAD, 0xBE, 0xEF]
    static let version: UInt8 = 1

    enum Code: UInt8 {
        case ping = 0x01
        case pong = 0x02
        case echo = 0x03
        case echoReply = 0x04
        case broadcast = 0x05
        case auth = 0x06
        case authReply = 0x07
        case data = 0x08
        case error = 0xFF
    }

    enum ErrorCode: UInt8 {
        case invalidMagic = 0x01
        case unsupportedVersion = 0x02
        case unknownType = 0x03
        case checksumMismatch = 0x05
        case malformedPayload = 0x0A
    }

    @inline(__always)
    static func checksum(_ bytes: UnsafeRawPointer, _ count: Int) -> UInt32 {
        unsafe switchboard_crc32(bytes, count)
    }
}

extension ByteBuffer {
    /// Writes a frame around `payload`, which is at most 65,535 bytes.
    @inline(__always)
    mutating func writeFrame(_ code: Frame.Code, payload: UnsafeRawBufferPointer) {
        let covered = Frame.headerBytes + payload.count
        let total = covered + Frame.trailerBytes
        let header = Frame.start << 24 | UInt64(code.rawValue) << 16 | UInt64(payload.count)
        unsafe writeWithUnsafeMutableBytes(minimumWritableBytes: total) { target in
            unsafe target.storeBytes(of: header.bigEndian, as: UInt64.self)
            unsafe UnsafeMutableRawBufferPointer(rebasing: target[Frame.headerBytes..<covered]).copyMemory(
                from: payload
            )
            guard let start = target.baseAddress else { return 0 }
            let checksum = unsafe Frame.checksum(start, covered)
            unsafe target.storeBytes(of: checksum.bigEndian, toByteOffset: covered, as: UInt32.self)
            return total
        }
    }

    mutating func writeFrame(_ code: Frame.Code, payload: [UInt8]) {
        unsafe payload.withUnsafeBytes { unsafe writeFrame(code, payload: $0) }
    }

    mutating func writeError(_ code: Frame.ErrorCode, _ text: String) {
        writeFrame(.error, payload: [code.rawValue] + text.utf8)
    }
}
