package import SwitchboardSpec

/// A packet of a capture.
package struct Packet: Sendable {
    /// The time at which it was captured; `nil` if the capture does not say.
    package let time: Timestamp?
    /// What the packet begins with.
    let link: LinkType
    /// The bytes that the capture has; the packet may have had more.
    let bytes: [UInt8]
}

/// What the packets of an interface begin with, by the numbers of the registry of link types.
enum LinkType: UInt32, CaseIterable {
    /// The loopback of BSD systems: four bytes with the address family.
    case null = 0
    case ethernet = 1
    /// IP packets, as some systems number them.
    case rawBSD = 12
    /// IP packets, as OpenBSD numbers them.
    case rawOpenBSD = 14
    /// IP packets.
    case raw = 101
    /// The loopback of OpenBSD: as ``null``.
    case loopback = 108
    /// The interface `any` of Linux.
    case linuxCooked = 113
    case ipv4 = 228
    case ipv6 = 229
    /// The interface `any` of Linux, with the number of the real interface.
    case linuxCooked2 = 276
}
