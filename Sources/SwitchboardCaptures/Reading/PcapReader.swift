internal import SwitchboardFiles
internal import SwitchboardSpec

/// Reads the packets of a capture in the format pcap.
struct PcapReader {
    /// The largest number of bytes of a packet: four times what `tcpdump` captures at most.
    static let maximumPacketBytes = 1 << 20
    private static let headBytes = 24
    private static let packetHeadBytes = 16

    let input: CaptureInput
    private let order: ByteOrder
    /// The number of nanoseconds in the smaller unit of times.
    private let fraction: Int128
    private let link: LinkType

    /// Returns whether `bytes` are the first ones of such a file.
    static func recognizes(_ bytes: [UInt8]) -> Bool { form(bytes) != nil }

    private static func form(_ bytes: [UInt8]) -> (order: ByteOrder, fraction: Int128)? {
        guard bytes.count >= 4 else { return nil }
        return switch bytes.number(4, at: 0) {
        case 0xA1B2_C3D4: (.big, 1000)
        case 0xD4C3_B2A1: (.little, 1000)
        case 0xA1B2_3C4D: (.big, 1)
        case 0x4D3C_B2A1: (.little, 1)
        default: nil
        }
    }

    init(_ input: CaptureInput) throws(FileError) {
        let head = try input.read(Self.headBytes, of: "its head")
        guard let (order, fraction) = Self.form(head) else { throw input.problem("it does not begin as pcap") }
        (self.order, self.fraction) = (order, fraction)
        // The bits above say how many bytes of a checksum follow each packet.
        link = try LinkType(head.number(4, at: 20, order) & 0xFFFF, in: input)
        self.input = input
    }

    func next() throws(FileError) -> Packet? {
        let start = input.offset
        let head = try input.read(Self.packetHeadBytes)
        guard !head.isEmpty else { return nil }
        guard head.count == Self.packetHeadBytes else {
            throw input.problem("it ends within the head of a packet", at: start)
        }
        let size = head.number(4, at: 8, order)
        guard size <= Self.maximumPacketBytes else {
            throw input.problem("a packet has \(size) bytes, and may have \(Self.maximumPacketBytes)", at: start)
        }
        let seconds = Int128(head.number(4, at: 0, order)) * Timestamp.nanosecondsPerSecond
        let time = Timestamp(nanoseconds: seconds + Int128(head.number(4, at: 4, order)) * fraction)
        return Packet(time: time, link: link, bytes: try input.read(Int(size), of: "a packet"))
    }
}
