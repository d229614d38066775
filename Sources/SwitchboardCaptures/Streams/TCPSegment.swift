internal import SwitchboardAddresses
internal import SwitchboardSpec

/// The TCP segment in a packet.
package struct TCPSegment: Sendable {
    /// The address and the port that sent it.
    let source: SocketAddress
    /// The address and the port that it was sent to.
    let destination: SocketAddress
    /// The number of its first byte in the stream of the sender.
    let sequence: UInt32
    /// The number of the next byte that the sender expects; `nil` in the first segment of a connection.
    let acknowledgement: UInt32?
    /// Whether the segment opens the stream of its sender.
    let isSYN: Bool
    /// Whether it ends the stream of its sender.
    let isFIN: Bool
    /// Whether it ends the connection at once.
    let isRST: Bool
    /// The bytes of the stream that the capture has.
    let payload: [UInt8]
    /// The number of bytes behind ``payload`` that the capture has cut off.
    let missing: Int
    /// The time of the packet.
    let time: Timestamp?

    /// The segment in `packet`; `nil` if the packet has none, or has only a fragment of it.
    package init?(_ packet: Packet) {
        guard let start = packet.link.networkPacket(in: packet.bytes),
            let (addresses, place) = NetworkLayer.content(packet.bytes, at: start)
        else { return nil }
        let (bytes, tcp) = (packet.bytes, place.lowerBound)
        // Without these bytes, nothing is known of the segment.
        guard place.count >= Self.minimumHead, bytes.count - tcp >= Self.minimumHead else { return nil }
        let head = Int(bytes[tcp + 12] >> 4) * 4
        guard head >= Self.minimumHead, head <= place.count else { return nil }
        let flags = bytes[tcp + 13]
        source = addresses.source.with(port: UInt16(bytes.number(2, at: tcp)))
        destination = addresses.destination.with(port: UInt16(bytes.number(2, at: tcp + 2)))
        sequence = UInt32(bytes.number(4, at: tcp + 4))
        acknowledgement = flags & 0x10 == 0 ? nil : UInt32(bytes.number(4, at: tcp + 8))
        (isFIN, isSYN, isRST) = (flags & 0x01 != 0, flags & 0x02 != 0, flags & 0x04 != 0)
        let whole = tcp + head..<place.upperBound
        payload = Array(bytes[min(whole.lowerBound, bytes.count)..<min(whole.upperBound, bytes.count)])
        missing = whole.count - payload.count
        time = packet.time
    }

    private static let minimumHead = 20
}

/// The addresses of an IP packet, without ports.
struct NetworkAddresses {
    let source: SocketAddress
    let destination: SocketAddress
}

extension LinkType {
    private static let vlanTypes: Set<UInt64> = [0x8100, 0x88A8, 0x9100]
    private static let networkTypes: Set<UInt64> = [0x0800, 0x86DD]

    /// Returns the offset of the IP packet in a packet of this type; `nil` if it has none.
    func networkPacket(in bytes: [UInt8]) -> Int? {
        switch self {
        case .raw, .rawBSD, .rawOpenBSD, .ipv4, .ipv6: 0
        // The version in the IP packet says what the address family says, whose numbers depend on the system.
        case .null, .loopback: 4
        case .ethernet: Self.behindTags(bytes, type: 12, content: 14)
        case .linuxCooked: Self.behindTags(bytes, type: 14, content: 16)
        case .linuxCooked2: Self.behindTags(bytes, type: 0, content: 20)
        }
    }

    /// Returns the offset of the IP packet behind the tags of VLANs.
    ///
    /// - Parameters:
    ///   - type: The offset of the type of the content.
    ///   - content: The offset of the content.
    private static func behindTags(_ bytes: [UInt8], type: Int, content: Int) -> Int? {
        var (type, content) = (type, content)
        while vlanTypes.contains(bytes.number(2, at: type)) { (type, content) = (content + 2, content + 4) }
        return networkTypes.contains(bytes.number(2, at: type)) ? content : nil
    }
}

/// IPv4 and IPv6.
enum NetworkLayer {
    private static let tcp: UInt8 = 6

    /// Returns the addresses of the IP packet at `start`, and the place of its TCP segment, which may end behind the captured bytes.
    ///
    /// Without a length, which some network cards leave to be written later, the segment ends with the captured bytes.
    static func content(_ bytes: [UInt8], at start: Int) -> (NetworkAddresses, Range<Int>)? {
        guard start < bytes.count else { return nil }
        switch bytes[start] >> 4 {
        case 4: return ipv4(bytes, start)
        case 6: return ipv6(bytes, start)
        default: return nil
        }
    }

    private static func ipv4(_ bytes: [UInt8], _ start: Int) -> (NetworkAddresses, Range<Int>)? {
        let head = Int(bytes[start] & 0xF) * 4
        guard head >= 20, bytes.count - start >= 20, bytes[start + 9] == tcp else { return nil }
        // More fragments follow, or came before.
        guard bytes.number(2, at: start + 6) & 0x3FFF == 0 else { return nil }
        let total = Int(bytes.number(2, at: start + 2))
        let end = total == 0 ? bytes.count : start + total
        guard start + head <= end else { return nil }
        let addresses = NetworkAddresses(
            source: SocketAddress(ipv4: UInt32(bytes.number(4, at: start + 12)), port: 0),
            destination: SocketAddress(ipv4: UInt32(bytes.number(4, at: start + 16)), port: 0)
        )
        return (addresses, start + head..<end)
    }

    private static func ipv6(_ bytes: [UInt8], _ start: Int) -> (NetworkAddresses, Range<Int>)? {
        let head = start + 40
        guard bytes.count >= head else { return nil }
        let size = Int(bytes.number(2, at: start + 4))
        let end = size == 0 ? bytes.count : head + size
        var (type, place) = (bytes[start + 6], head)
        while type != tcp {
            guard place + 8 <= min(bytes.count, end) else { return nil }
            let next = bytes[place]
            switch type {
            // Hop-by-hop options, routing, options of the destination, mobility, host identity, shim.
            case 0, 43, 60, 135, 139, 140: place += (Int(bytes[place + 1]) + 1) * 8
            case 44:
                guard bytes.number(2, at: place + 2) & 0xFFF9 == 0 else { return nil }
                place += 8
            case 51: place += (Int(bytes[place + 1]) + 2) * 4
            default: return nil
            }
            type = next
        }
        guard place <= end else { return nil }
        func address(_ offset: Int) -> SocketAddress {
            SocketAddress(ipv6: bytes.number(8, at: offset), bytes.number(8, at: offset + 8), scope: 0, port: 0)
        }
        return (NetworkAddresses(source: address(start + 8), destination: address(start + 24)), place..<end)
    }
}
