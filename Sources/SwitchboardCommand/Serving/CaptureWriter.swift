internal import SwitchboardFiles
internal import SwitchboardSpec
internal import SwitchboardTransport
internal import SwitchboardVocabulary

/// Writes the bytes of connections to a capture in the format pcapng, as packets of TCP.
///
/// Only one event loop uses it.
final class CaptureWriter {
    private let file: FileOutput
    private let fail: @Sendable (any Error) -> Void
    private var hasFailed = false

    /// Creates the file at `path`.
    ///
    /// - Parameters:
    ///   - inputs: Files that must not be overwritten.
    ///   - fail: Called once when the file cannot be written any more.
    init(_ path: String, inputs: [String], whenFailed fail: @escaping @Sendable (any Error) -> Void) throws {
        file = try FileOutput(path, inputs: inputs)
        self.fail = fail
        try file.write(PcapngBlock.section(program: "switchboard \(PackageVersion.current)"))
        try file.write(PcapngBlock.interfaceOfIPPackets)
    }

    /// Adds a packet at the present time.
    func add(_ packet: [UInt8]) {
        guard !hasFailed else { return }
        do { try file.write(PcapngBlock.packet(packet, at: .now)) } catch {
            hasFailed = true
            fail(error)
        }
    }
}

/// The blocks of a file in the format pcapng, in little-endian byte order.
private enum PcapngBlock {
    /// The block that begins a file.
    static func section(program: String) -> [UInt8] {
        let order: UInt32 = 0x1A2B_3C4D
        let version: (major: UInt16, minor: UInt16) = (1, 0)
        let unknownLength = UInt64.max
        var body = bytes(order) + bytes(version.major) + bytes(version.minor) + bytes(unknownLength)
        let text = Array(program.utf8)
        let userApplication: UInt16 = 4
        body += bytes(userApplication) + bytes(UInt16(clamping: text.count)) + padded(text)
        let endOfOptions: UInt32 = 0
        return block(0x0A0D_0D0A, body + bytes(endOfOptions))
    }

    /// The block of an interface whose packets begin with the header of IP, with times in microseconds.
    static var interfaceOfIPPackets: [UInt8] {
        let (linkType, reserved, maximumPacket): (UInt16, UInt16, UInt32) = (101, 0, 0)
        return block(1, bytes(linkType) + bytes(reserved) + bytes(maximumPacket))
    }

    static func packet(_ packet: [UInt8], at time: Timestamp) -> [UInt8] {
        let microseconds = UInt64(clamping: time.nanoseconds / 1000)
        let size = UInt32(clamping: packet.count)
        let interface: UInt32 = 0
        let (high, low) = (UInt32(truncatingIfNeeded: microseconds >> 32), UInt32(truncatingIfNeeded: microseconds))
        return block(6, bytes(interface) + bytes(high) + bytes(low) + bytes(size) + bytes(size) + padded(packet))
    }

    private static func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
        let size = bytes(UInt32(clamping: body.count + 12))
        return bytes(type) + size + body + size
    }

    private static func padded(_ content: [UInt8]) -> [UInt8] {
        content + [UInt8](repeating: 0, count: (4 - content.count % 4) % 4)
    }

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        stride(from: 0, to: number.bitWidth, by: 8).map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
