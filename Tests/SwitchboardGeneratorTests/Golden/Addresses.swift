// Generated from Addresses.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Addresses and identifiers, whose bytes do not depend on the byte order.
nonisolated enum Addresses: WireProtocol {
    /// The protocol's name.
    static var name: String { "Addresses" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        byteOrder: .little,
        header: [
            .type(.one),
            .version(1, .one),
            .length(.two),
        ],
        checksum: nil,
        maximumPayload: 65_535
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Lease.self,
            Locate.self,
            Watch.self,
        ]
    }

    /// The request that a client sends when it is idle.
    static var heartbeat: (any Request)? { Watch(address: Wire.IPv4Address(0, 0, 0, 0)) }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0x20D1_2CF8_0001_29B4 }
}

nonisolated extension Addresses {
    /// The message `Lease`.
    struct Lease: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x01 }
        /// The name of the message in the spec.
        static var name: String { "Lease" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }
        /// Whether bytes after the last field are skipped.
        static var ignoresTrailingBytes: Bool { true }

        /// The field `expires`.
        ///
        /// In seconds since 1970-01-01T00:00:00Z.
        var expires: UInt32

        /// What the client may use.
        var address: Wire.IPv4Address

        /// The field `router`.
        var router: Wire.IPv6Address

        /// The field `client`.
        var client: Wire.MACAddress

        /// The field `id`.
        var id: Wire.UUID

        /// The field `port`.
        var port: UInt16

        /// A `Lease` with these fields.
        init(
            expires: UInt32,
            address: Wire.IPv4Address,
            router: Wire.IPv6Address,
            client: Wire.MACAddress,
            id: Wire.UUID,
            port: UInt16
        ) {
            self.expires = expires
            self.address = address
            self.router = router
            self.client = client
            self.id = id
            self.port = port
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(48) else {
                throw .truncated(
                    reader.remaining,
                    [
                        "expires": 4,
                        "address": 4,
                        "router": 16,
                        "client": 6,
                        "id": 16,
                        "port": 2,
                    ]
                )
            }
            expires = fixed.integer(at: 0, .little)
            address = Wire.IPv4Address(bits: fixed.integer(at: 4, .big))
            router = Wire.IPv6Address(bits: fixed.integer(at: 8, .big))
            client = Wire.MACAddress(bits: fixed.integer(at: 24, bytes: 6, .big))
            id = Wire.UUID(bits: fixed.integer(at: 30, .big))
            port = fixed.integer(at: 46, .little)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(expires, .little)
            writer.integer(address.bits, .big)
            writer.integer(router.bits, .big)
            try writer.integer(client.bits, bytes: 6, .big, field: "client")
            writer.integer(id.bits, .big)
            writer.integer(port, .little)
        }
    }
}

nonisolated extension Addresses {
    /// The message `Locate`.
    struct Locate: Request, Hashable {
        /// The reply.
        typealias Reply = Lease

        /// The code of the message in a frame.
        static var code: MessageCode { 0x02 }
        /// The name of the message in the spec.
        static var name: String { "Locate" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `kind`.
        ///
        /// The value is always the same.
        var kind: UInt8 { 4 }

        /// The field `gateway`.
        ///
        /// The value is always the same.
        var gateway: Wire.IPv4Address { Wire.IPv4Address(10, 0, 0, 1) }

        /// The field `isNew`.
        var isNew: Bool

        /// The field `proxy`.
        var proxy: Wire.IPv6Address?

        /// The field `old`.
        var old: Wire.MACAddress?

        /// The field `relay`.
        var relay: Wire.MACAddress?

        /// The field `servers`.
        ///
        /// At most 3 elements.
        var servers: [Wire.IPv4Address]

        /// The field `peers`.
        ///
        /// At most 255 elements.
        var peers: [Wire.IPv6Address?]

        /// The field `owner`.
        var owner: Wire.UUID

        /// The field `place`.
        var place: Place

        /// The field `way`.
        var way: Way

        /// The field `rest`.
        var rest: [Wire.MACAddress]

        /// A `Locate` with these fields.
        init(
            isNew: Bool,
            proxy: Wire.IPv6Address? = nil,
            old: Wire.MACAddress? = nil,
            relay: Wire.MACAddress? = nil,
            servers: [Wire.IPv4Address],
            peers: [Wire.IPv6Address?],
            owner: Wire.UUID = Wire.UUID(bits: 0x00000000_0000_0000_0000_000000000000),
            place: Place,
            way: Way = .none,
            rest: [Wire.MACAddress]
        ) {
            self.isNew = isNew
            self.proxy = proxy
            self.old = old
            self.relay = relay
            self.servers = servers
            self.peers = peers
            self.owner = owner
            self.place = place
            self.way = way
            self.rest = rest
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            guard let fixed = reader.readFixed(6) else {
                throw .truncated(reader.remaining, ["kind": 1, "gateway": 4, "hasProxy": 1])
            }
            guard fixed.integer(at: 0, .little) == 4 as UInt8 else {
                throw PayloadError(.unexpectedValue, field: "kind")
            }
            guard Wire.IPv4Address(bits: fixed.integer(at: 1, .big)) == Wire.IPv4Address(10, 0, 0, 1) else {
                throw PayloadError(.unexpectedValue, field: "gateway")
            }
            var bits = fixed.bits(at: 5, 1, .low)
            let hasProxy: Bool = bits.boolean()
            isNew = bits.boolean()
            proxy = try hasProxy ? Wire.IPv6Address(bits: reader.integer(.big, field: "proxy")) : nil
            old = try !isNew ? Wire.MACAddress(bits: reader.integer(bytes: 6, .big, field: "old")) : nil
            relay =
                try reader.isPresent(field: "relay")
                ? Wire.MACAddress(bits: reader.integer(bytes: 6, .big, field: "relay"))
                : nil
            servers = try reader.array(
                count: UInt8.self,
                .little,
                minimumSize: 4,
                field: "servers"
            ) { reader throws(PayloadError) in
                try Wire.IPv4Address(bits: reader.integer(.big, field: "servers"))
            }
            peers = try reader.array(
                count: UInt8.self,
                .little,
                minimumSize: 1,
                field: "peers"
            ) { reader throws(PayloadError) in
                try reader.isPresent(field: "peers")
                    ? Wire.IPv6Address(bits: reader.integer(.big, field: "peers"))
                    : nil
            }
            owner = try Wire.UUID(bits: reader.integer(.big, field: "owner"))
            place = try Place(from: &reader)
            way = try Way(from: &reader)
            rest = try reader.array(field: "rest") { reader throws(PayloadError) in
                try Wire.MACAddress(bits: reader.integer(bytes: 6, .big, field: "rest"))
            }
            try checkBounds()
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try checkBounds()
            writer.integer(kind, .little)
            writer.integer(gateway.bits, .big)
            let hasProxy = proxy != nil
            var bits = BitWriter(.low)
            bits.boolean(hasProxy)
            bits.boolean(isNew)
            bits.reserved(6)
            writer.bits(bits)
            if let proxy {
                writer.integer(proxy.bits, .big)
            }
            guard (!isNew) == (old != nil) else {
                throw PayloadError(.inconsistent, field: "old")
            }
            if let old {
                try writer.integer(old.bits, bytes: 6, .big, field: "old")
            }
            writer.presence(relay != nil)
            if let relay {
                try writer.integer(relay.bits, bytes: 6, .big, field: "relay")
            }
            try writer.count(servers.count, as: UInt8.self, .little, field: "servers")
            for element in servers {
                writer.integer(element.bits, .big)
            }
            try writer.count(peers.count, as: UInt8.self, .little, field: "peers")
            for element in peers {
                writer.presence(element != nil)
                if let element {
                    writer.integer(element.bits, .big)
                }
            }
            writer.integer(owner.bits, .big)
            try place.encode(into: &writer)
            try way.encode(into: &writer)
            for element in rest {
                try writer.integer(element.bits, bytes: 6, .big, field: "rest")
            }
        }

        private func checkBounds() throws(PayloadError) {
            guard servers.count <= 3 else {
                throw PayloadError(.outOfBounds, field: "servers")
            }
        }
    }

    /// Handles ``Locate`` and answers with ``Lease``.
    ///
    /// Write `func handle(_ message: Addresses.Locate, context: Context) async throws -> Addresses.Lease`, or the same
    /// without `async` if the handler does not suspend.
    protocol LocateHandler: RequestHandler where Input == Locate {}
}

nonisolated extension Addresses.Locate: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The fields, without the values of secret ones.
    var description: String {
        """
        Locate(\
        kind: \(String(reflecting: kind)), \
        gateway: \(String(reflecting: gateway)), \
        isNew: \(String(reflecting: isNew)), \
        proxy: \(String(reflecting: proxy)), \
        old: \(String(reflecting: old)), \
        relay: \(String(reflecting: relay)), \
        servers: \(String(reflecting: servers)), \
        peers: \(String(reflecting: peers)), \
        owner: <secret>, \
        place: \(String(reflecting: place)), \
        way: \(String(reflecting: way)), \
        rest: \(String(reflecting: rest)))
        """
    }

    /// The same as ``description``.
    var debugDescription: String { description }

    /// The fields, without the values of secret ones.
    var customMirror: Mirror {
        Mirror(
            self,
            children: [
                "kind": kind,
                "gateway": gateway,
                "isNew": isNew,
                "proxy": proxy as Any,
                "old": old as Any,
                "relay": relay as Any,
                "servers": servers,
                "peers": peers,
                "owner": "<secret>",
                "place": place,
                "way": way,
                "rest": rest,
            ],
            displayStyle: .struct
        )
    }
}

nonisolated extension Addresses {
    /// The message `Watch`.
    struct Watch: Request, Hashable {
        /// The reply.
        typealias Reply = Lease

        /// The code of the message in a frame.
        static var code: MessageCode { 0x03 }
        /// The name of the message in the spec.
        static var name: String { "Watch" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }
        /// Whether bytes after the last field are skipped.
        static var ignoresTrailingBytes: Bool { true }

        /// The field `address`.
        var address: Wire.IPv4Address

        /// The field `mask`.
        ///
        /// Since version 2: older peers leave the field out.
        var mask: Wire.IPv4Address

        /// A `Watch` with these fields.
        init(address: Wire.IPv4Address, mask: Wire.IPv4Address = Wire.IPv4Address(255, 255, 255, 0)) {
            self.address = address
            self.mask = mask
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            address = try Wire.IPv4Address(bits: reader.integer(.big, field: "address"))
            if reader.remaining == 0 {
                mask = Wire.IPv4Address(255, 255, 255, 0)
            } else {
                mask = try Wire.IPv4Address(bits: reader.integer(.big, field: "mask"))
            }
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.integer(address.bits, .big)
            writer.integer(mask.bits, .big)
        }
    }

    /// Handles ``Watch`` and answers with ``Lease``.
    ///
    /// Write `func handle(_ message: Addresses.Watch, context: Context) async throws -> Addresses.Lease`, or the same
    /// without `async` if the handler does not suspend.
    protocol WatchHandler: RequestHandler where Input == Watch {}
}

nonisolated extension Addresses {
    /// The struct `Place`.
    struct Place: Hashable, Sendable {
        /// The field `networks`.
        ///
        /// At most 255 elements.
        var networks: [Wire.IPv6Address]

        /// The field `address`.
        var address: Wire.IPv4Address

        /// The field `seen`.
        ///
        /// In milliseconds since 2000-01-01T00:00:00Z.
        var seen: Int64

        /// A `Place` with these fields.
        init(
            networks: [Wire.IPv6Address],
            address: Wire.IPv4Address = Wire.IPv4Address(127, 0, 0, 1),
            seen: Int64 = 1000
        ) {
            self.networks = networks
            self.address = address
            self.seen = seen
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            networks = try reader.array(
                count: UInt8.self,
                .little,
                minimumSize: 16,
                field: "Place.networks"
            ) { reader throws(PayloadError) in
                try Wire.IPv6Address(bits: reader.integer(.big, field: "Place.networks"))
            }
            guard let fixed = reader.readFixed(12) else {
                throw .truncated(reader.remaining, ["Place.address": 4, "Place.seen": 8])
            }
            address = Wire.IPv4Address(bits: fixed.integer(at: 0, .big))
            seen = fixed.integer(at: 4, .little)
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try writer.count(networks.count, as: UInt8.self, .little, field: "Place.networks")
            for element in networks {
                writer.integer(element.bits, .big)
            }
            writer.integer(address.bits, .big)
            writer.integer(seen, .little)
        }
    }
}

nonisolated extension Addresses {
    /// The union `Way`.
    enum Way: Hashable, Sendable {
        /// `0x00` on the wire.
        case none
        /// `0x01` on the wire.
        case link(prefix: Wire.IPv6Address)

        /// Reads the tag, then the fields of its case.
        init(from reader: inout ByteReader) throws(PayloadError) {
            switch try reader.integer(.little, field: "Way") as UInt8 {
            case 0x00:
                self = .none
            case 0x01:
                guard
                    try Wire.MACAddress(bits: reader.integer(bytes: 6, .big, field: "Way.link.any"))
                        == Wire.MACAddress(bits: 0x00_00_00_00_00_00)
                else {
                    throw PayloadError(.unexpectedValue, field: "Way.link.any")
                }
                let prefix: Wire.IPv6Address = try Wire.IPv6Address(
                    bits: reader.integer(.big, field: "Way.link.prefix")
                )
                self = .link(prefix: prefix)
            default: throw PayloadError(.invalidCase, field: "Way")
            }
        }

        /// Writes the tag, then the fields of the case.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            switch self {
            case .none:
                writer.integer(0x00 as UInt8, .little)
            case .link(let prefix):
                writer.integer(0x01 as UInt8, .little)
                try writer.integer(
                    (Wire.MACAddress(bits: 0x00_00_00_00_00_00) as Wire.MACAddress).bits,
                    bytes: 6,
                    .big,
                    field: "Way.link.any"
                )
                writer.integer(prefix.bits, .big)
            }
        }
    }
}

nonisolated extension Addresses {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Answers ``Locate`` with ``Lease``.
        func locate(_ message: Locate, context: Context) async throws -> Lease

        /// Answers ``Watch`` with ``Lease``.
        func watch(_ message: Watch, context: Context) async throws -> Lease
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Addresses.Service) {
        on(Addresses.Locate.self) { message, context in
            try await service.locate(message, context: context)
        }
        on(Addresses.Watch.self) { message, context in
            try await service.watch(message, context: context)
        }
    }
}
