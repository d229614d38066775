internal import SwitchboardFiles

// Reads captures of network traffic: from the bytes of a file to the streams of its TCP connections.
//
// 1. Reading/  `CaptureReader` has the `Packet`s of a file: `PcapReader` and `PcapngReader` know the two formats.
// 2. Streams/  `TCPSegment` is the TCP segment in a packet, whatever is around it: `LinkType`, IPv4, IPv6.
//              `ConnectionTable` finds the connection of a segment, and a `TCPStream` puts the bytes of one end in order.
//
// The memory has named limits, whatever the size of the file: `PcapReader.maximumPacketBytes`, `PcapngReader.maximumBlockBytes`,
// `ConnectionTable.maximumConnections`, and those of `TCPStream`.
