internal import SwitchboardSpec
internal import SwitchboardTransport

/// Makes the packets of a TCP connection, with the bytes that its ends have sent.
///
/// The packets go from the client to the server that the proxy connects to, as if there were no proxy.
struct CapturedConnection {
    /// The largest number of bytes in a packet.
    private static let maximumSegment = 32 << 10

    private struct Flags {
        static let (end, start, reset, push, acknowledge): (UInt8, UInt8, UInt8, UInt8, UInt8) = (1, 2, 4, 8, 16)
    }

    private let writer: CaptureWriter
    private let addresses: [Sender: SocketAddress]
    /// The number of the next byte of each end.
    private var sequences: [Sender: UInt32] = [.client: 1, .server: 1]

    /// Adds the beginning of a connection from `client` to `server`.
    init(_ writer: CaptureWriter, from client: SocketAddress, to server: SocketAddress) {
        self.writer = writer
        addresses = [.client: client, .server: server]
        sequences = [.client: 0, .server: 0]
        add(.client, [], Flags.start)
        add(.server, [], Flags.start | Flags.acknowledge)
        add(.client, [], Flags.acknowledge)
    }

    /// Adds bytes that `sender` has sent.
    mutating func add(_ bytes: [UInt8], from sender: Sender) {
        for start in stride(from: 0, to: bytes.count, by: Self.maximumSegment) {
            let segment = bytes[start..<min(bytes.count, start + Self.maximumSegment)]
            add(sender, Array(segment), Flags.push | Flags.acknowledge)
        }
    }

    /// Adds the end of what `sender` sends, or a reset of the connection.
    mutating func addEnd(of sender: Sender, isReset: Bool) {
        add(sender, [], (isReset ? Flags.reset : Flags.end) | Flags.acknowledge)
        if !isReset { add(sender == .client ? .server : .client, [], Flags.acknowledge) }
    }

    private mutating func add(_ sender: Sender, _ data: [UInt8], _ flags: UInt8) {
        let receiver: Sender = sender == .client ? .server : .client
        guard let from = addresses[sender], let to = addresses[receiver], let sequence = sequences[sender] else {
            return
        }
        let acknowledged = flags & Flags.acknowledge == 0 ? 0 : sequences[receiver] ?? 0
        let (headerWords, window): (UInt8, UInt16) = (5 << 4, .max)
        var segment = bytes(from.portNumber) + bytes(to.portNumber) + bytes(sequence) + bytes(acknowledged)
        segment += [headerWords, flags] + bytes(window) + [0, 0, 0, 0] + data
        writer.add(packet(segment, from, to))
        let consumed = data.count + (flags & (Flags.start | Flags.end) == 0 ? 0 : 1)
        sequences[sender] = sequence &+ UInt32(truncatingIfNeeded: consumed)
    }

    /// Returns the packet of IP with `segment`; if one end has an address of IPv6, both have.
    private func packet(_ segment: [UInt8], _ from: SocketAddress, _ to: SocketAddress) -> [UInt8] {
        let (tcp, hops): (UInt8, UInt8) = (6, 64)
        let size = UInt16(clamping: segment.count)
        guard from.isIPv6 || to.isIPv6 else {
            let addresses = from.ipBytes + to.ipBytes
            let total = bytes(UInt16(clamping: segment.count + 20))
            var header = [0x45, 0] + total + [0, 0, 0x40, 0, hops, tcp, 0, 0] + addresses
            header.replaceSubrange(10..<12, with: bytes(Self.checksum(header)))
            return header + sealed(segment, addresses + [0, tcp] + bytes(size))
        }
        let addresses = [from, to].flatMap { address in
            address.isIPv6 ? address.ipBytes : [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + address.ipBytes
        }
        let header: [UInt8] = [0x60, 0, 0, 0] + bytes(size) + [tcp, hops] + addresses
        return header + sealed(segment, addresses + [0, 0] + bytes(size) + [0, 0, 0, tcp])
    }

    /// Returns `segment` with its checksum, which covers `pseudoHeader`, too.
    private func sealed(_ segment: [UInt8], _ pseudoHeader: [UInt8]) -> [UInt8] {
        var segment = segment
        segment.replaceSubrange(16..<18, with: bytes(Self.checksum(pseudoHeader + segment)))
        return segment
    }

    /// Returns the checksum of IP and TCP.
    private static func checksum(_ bytes: [UInt8]) -> UInt16 {
        var sum: UInt32 = 0
        for (index, byte) in bytes.enumerated() {
            sum &+= UInt32(byte) << (index % 2 == 0 ? 8 : 0)
            sum = (sum & 0xFFFF) &+ (sum >> 16)
        }
        return ~UInt16(truncatingIfNeeded: sum)
    }

    private func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        stride(from: number.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
