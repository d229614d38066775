package import SwitchboardAddresses
package import SwitchboardSpec

/// A TCP connection of a capture.
package struct Connection: Sendable {
    /// The number of the connection, from 1 on, in the order of the first packets.
    package let number: Int
    /// The end that opened the connection.
    package let client: SocketAddress
    /// The other end.
    package let server: SocketAddress
    /// Whether the capture has the beginning of the connection.
    package let hasBeginning: Bool
}

/// What one end of a connection sends, in order.
package struct StreamEvent: Sendable {
    /// What happens.
    package enum Content: Sendable {
        /// The first packet of the connection; this event of the client comes before all others.
        case start
        /// The next bytes.
        case bytes([UInt8])
        /// A number of bytes that the capture does not have: it lacks a packet, or has cut off its end.
        case missing(Int, isCut: Bool)
        /// The end of the stream; nothing follows. With `isReset`, an end of the connection has reset it.
        case end(isReset: Bool)
    }

    /// The connection.
    package let connection: Connection
    /// The end that sends.
    package let sender: Sender
    /// The time of the packet; `nil` if the capture does not say.
    package let time: Timestamp?
    /// What happens.
    package let content: Content
}

/// The TCP connections of a capture.
package struct ConnectionTable {
    /// The largest number of connections that are followed at once; then the quarter that was idle longest counts as ended.
    package static let maximumConnections = 10_000
    /// The largest number of bytes of all connections that wait for missing ones before them.
    package static let maximumWaitingBytes = 64 << 20

    /// The two ends of a connection, in an order that does not depend on the direction.
    private struct Key: Hashable {
        let first: SocketAddress
        let second: SocketAddress

        init(_ segment: TCPSegment) {
            let (source, destination) = (segment.source, segment.destination)
            let isInOrder =
                (source.portNumber, source.high, source.low)
                <= (destination.portNumber, destination.high, destination.low)
            (first, second) = isInOrder ? (source, destination) : (destination, source)
        }
    }

    private final class Entry {
        let connection: Connection
        var client = TCPStream()
        var server = TCPStream()
        /// The number of the first byte of the client, if the capture has the beginning.
        let start: UInt32?
        /// The number of the last packet.
        var last = 0

        init(_ connection: Connection, start: UInt32?) {
            self.connection = connection
            self.start = start
        }

        var hasEnded: Bool { client.hasEnded && server.hasEnded }
        var waitingBytes: Int { client.waitingBytes + server.waitingBytes }

        /// Ends both streams; returns what happens then.
        func end(isReset: Bool) -> [StreamEvent] {
            connection.events(client.finish(), .client, isReset: isReset)
                + connection.events(server.finish(), .server, isReset: isReset)
        }
    }

    /// The port of the server; `nil` for connections of all ports.
    private let port: Int?
    private var entries: [Key: Entry] = [:]
    private var count = 0
    private var packets = 0
    private var waitingBytes = 0

    /// An empty table of connections with servers at `port`; `nil` for those of all ports.
    package init(port: Int?) {
        self.port = port
    }

    /// Adds a segment; returns what happens then.
    package mutating func add(_ segment: TCPSegment) -> [StreamEvent] {
        if let port, segment.source.port != port, segment.destination.port != port { return [] }
        packets += 1
        let key = Key(segment)
        var events: [StreamEvent] = []
        if let known = entries[key], segment.isSYN, segment.acknowledgement == nil,
            known.hasEnded || known.start != segment.sequence
        {
            // The same ports are used for another connection.
            events += finish(known)
            entries[key] = nil
        }
        let entry: Entry
        if let known = entries[key] {
            entry = known
        } else {
            if entries.count >= Self.maximumConnections { events += evict() }
            entry = opened(by: segment)
            entries[key] = entry
            events.append(
                StreamEvent(connection: entry.connection, sender: .client, time: segment.time, content: .start)
            )
        }
        entry.last = packets
        guard !entry.hasEnded else { return events }
        let before = entry.waitingBytes
        let isFromClient = segment.source == entry.connection.client
        let acknowledgement = segment.acknowledgement
        let parts = isFromClient ? entry.client.add(segment) : entry.server.add(segment)
        events += entry.connection.events(parts, isFromClient ? .client : .server)
        if isFromClient {
            events += entry.connection.events(entry.client.note(acknowledgement: nil), .client)
            events += entry.connection.events(entry.server.note(acknowledgement: acknowledgement), .server)
        } else {
            events += entry.connection.events(entry.client.note(acknowledgement: acknowledgement), .client)
            events += entry.connection.events(entry.server.note(acknowledgement: nil), .server)
        }
        if segment.isRST { events += entry.end(isReset: true) }
        waitingBytes += entry.waitingBytes - before
        while waitingBytes > Self.maximumWaitingBytes, entries.count > 1 { events += evict() }
        return events
    }

    /// Ends all connections at the end of the capture; returns what happens then.
    package mutating func finish() -> [StreamEvent] {
        let all = entries.values.sorted { $0.connection.number < $1.connection.number }
        entries = [:]
        return all.flatMap { finish($0) }
    }

    private mutating func finish(_ entry: Entry) -> [StreamEvent] {
        waitingBytes -= entry.waitingBytes
        return entry.end(isReset: false)
    }

    /// Ends the quarter of the connections that was idle longest, one at least.
    private mutating func evict() -> [StreamEvent] {
        let idle = entries.sorted { $0.value.last < $1.value.last }.prefix(max(1, entries.count / 4))
        for (key, _) in idle { entries[key] = nil }
        return idle.flatMap { finish($0.value) }
    }

    private mutating func opened(by segment: TCPSegment) -> Entry {
        count += 1
        let isFromClient = isFromClient(segment)
        let isFirst = segment.isSYN && segment.acknowledgement == nil
        let connection = Connection(
            number: count,
            client: isFromClient ? segment.source : segment.destination,
            server: isFromClient ? segment.destination : segment.source,
            hasBeginning: segment.isSYN
        )
        return Entry(connection, start: isFirst ? segment.sequence : nil)
    }

    /// Returns whether the first segment of a connection in the capture is of the client.
    ///
    /// The server has the port that the user names. Otherwise the end that opens the connection is the client; without the beginning,
    /// the end with the higher port.
    private func isFromClient(_ segment: TCPSegment) -> Bool {
        let (source, destination) = (segment.source.port, segment.destination.port)
        if let port, source != destination { return destination == port }
        if segment.isSYN { return segment.acknowledgement == nil }
        return source >= destination
    }
}

extension Connection {
    /// Returns the parts of the stream of `sender` as events.
    fileprivate func events(
        _ parts: [TCPStream.Output],
        _ sender: Sender,
        isReset: Bool = false
    ) -> [StreamEvent] {
        parts.map { part in
            switch part {
            case .bytes(let bytes, let time):
                StreamEvent(connection: self, sender: sender, time: time, content: .bytes(bytes))
            case .missing(let count, let isCut, let time):
                StreamEvent(connection: self, sender: sender, time: time, content: .missing(count, isCut: isCut))
            case .end: StreamEvent(connection: self, sender: sender, time: nil, content: .end(isReset: isReset))
            }
        }
    }
}
