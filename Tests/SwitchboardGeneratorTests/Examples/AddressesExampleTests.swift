// Generated from Addresses.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Addresses")
struct AddressesExampleTests {
    @Test("Lease, example 1")
    func example1OfLease() throws {
        let message = Addresses.Lease(
            expires: 3600,
            address: Wire.IPv4Address(192, 0, 2, 1),
            router: Wire.IPv6Address(bits: 0x2001_0db8_0000_0000_0000_0000_0000_0001),
            client: Wire.MACAddress(bits: 0x00_1a_2b_3c_4d_5e),
            id: Wire.UUID(bits: 0x123e4567_e89b_12d3_a456_426614174000),
            port: 80
        )
        let frame: Bytes = [
            0x01, 0x01, 0x30, 0x00, 0x10, 0x0E, 0x00, 0x00, 0xC0, 0x00, 0x02, 0x01, 0x20, 0x01, 0x0D, 0xB8,
            0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x1A, 0x2B, 0x3C,
            0x4D, 0x5E, 0x12, 0x3E, 0x45, 0x67, 0xE8, 0x9B, 0x12, 0xD3, 0xA4, 0x56, 0x42, 0x66, 0x14, 0x17,
            0x40, 0x00, 0x50, 0x00,
        ]
        try expect(message, frame)
    }

    @Test("Lease, example 2")
    func example2OfLease() throws {
        let message = Addresses.Lease(
            expires: 0,
            address: Wire.IPv4Address(255, 255, 255, 255),
            router: Wire.IPv6Address(bits: 0x0000_0000_0000_0000_0000_ffff_c000_0201),
            client: Wire.MACAddress(bits: 0xff_ff_ff_ff_ff_ff),
            id: Wire.UUID(bits: 0xffffffff_ffff_ffff_ffff_ffffffffffff),
            port: 0
        )
        let frame: Bytes = [
            0x01, 0x01, 0x30, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00,
            0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xC0, 0x00, 0x02, 0x01, 0xFF, 0xFF, 0xFF, 0xFF,
            0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
            0xFF, 0xFF, 0x00, 0x00,
        ]
        try expect(message, frame)
    }

    @Test("Lease, malformed 1: The address has three bytes.")
    func malformed1OfLease() {
        let payload: Bytes = [0x10, 0x0E, 0x00, 0x00, 0xC0, 0x00, 0x02]
        expectRefusal(of: Addresses.Lease.self, payload: payload)
    }

    @Test("Locate, example 1")
    func example1OfLocate() throws {
        let message = Addresses.Locate(
            isNew: true,
            proxy: Wire.IPv6Address(bits: 0xfe80_0000_0000_0000_0000_0000_0000_0001),
            old: nil,
            relay: Wire.MACAddress(bits: 0x02_42_ac_11_00_02),
            servers: [Wire.IPv4Address(8, 8, 8, 8), Wire.IPv4Address(1, 1, 1, 1)],
            peers: [nil, Wire.IPv6Address(bits: 0x0000_0000_0000_0000_0000_0000_0000_0000)],
            owner: Wire.UUID(bits: 0xf47ac10b_58cc_4372_a567_0e02b2c3d479),
            place: Addresses.Place(networks: [], address: Wire.IPv4Address(192, 0, 2, 1), seen: -1),
            way: .link(prefix: Wire.IPv6Address(bits: 0x2001_0db8_0000_0001_0000_0000_0000_0000)),
            rest: [Wire.MACAddress(bits: 0x00_00_00_00_00_01), Wire.MACAddress(bits: 0xff_ff_ff_ff_ff_ff)]
        )
        let frame: Bytes = [
            0x02, 0x01, 0x79, 0x00, 0x04, 0x0A, 0x00, 0x00, 0x01, 0x03, 0xFE, 0x80, 0x00, 0x00, 0x00, 0x00,
            0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x01, 0x02, 0x42, 0xAC, 0x11, 0x00,
            0x02, 0x02, 0x08, 0x08, 0x08, 0x08, 0x01, 0x01, 0x01, 0x01, 0x02, 0x00, 0x01, 0x00, 0x00, 0x00,
            0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xF4, 0x7A, 0xC1,
            0x0B, 0x58, 0xCC, 0x43, 0x72, 0xA5, 0x67, 0x0E, 0x02, 0xB2, 0xC3, 0xD4, 0x79, 0x00, 0xC0, 0x00,
            0x02, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00,
            0x00, 0x20, 0x01, 0x0D, 0xB8, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
            0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        ]
        try expect(message, frame)
    }

    @Test("Locate, example 2")
    func example2OfLocate() throws {
        let message = Addresses.Locate(
            isNew: false,
            proxy: nil,
            old: Wire.MACAddress(bits: 0x00_01_02_03_04_05),
            relay: nil,
            servers: [],
            peers: [],
            owner: Wire.UUID(bits: 0x00000000_0000_0000_0000_000000000000),
            place: Addresses.Place(networks: [], address: Wire.IPv4Address(127, 0, 0, 1), seen: 1000),
            way: .none,
            rest: []
        )
        let frame: Bytes = [
            0x02, 0x01, 0x2D, 0x00, 0x04, 0x0A, 0x00, 0x00, 0x01, 0x00, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05,
            0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
            0x00, 0x00, 0x00, 0x00, 0x7F, 0x00, 0x00, 0x01, 0xE8, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
            0x00,
        ]
        try expect(message, frame)
    }

    @Test("Locate, malformed 1: The gateway is always the same.")
    func malformed1OfLocate() {
        let payload: Bytes = [0x04, 0x0A, 0x00, 0x00, 0x02, 0x00]
        expectRefusal(of: Addresses.Locate.self, payload: payload)
    }

    @Test("Locate, malformed 2: The byte before an optional value is 0 or 1.")
    func malformed2OfLocate() {
        let payload: Bytes = [0x04, 0x0A, 0x00, 0x00, 0x01, 0x00, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x02]
        expectRefusal(of: Addresses.Locate.self, payload: payload)
    }

    @Test("Watch, example 1")
    func example1OfWatch() throws {
        let message = Addresses.Watch(address: Wire.IPv4Address(10, 0, 0, 0), mask: Wire.IPv4Address(255, 255, 0, 0))
        let frame: Bytes = [0x03, 0x01, 0x08, 0x00, 0x0A, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00]
        try expect(message, frame)
    }

    /// Expects that `message` is encoded as `frame`, and decoded from it.
    private func expect<M: Message>(
        _ message: M,
        _ frame: Bytes,
        header: HeaderBytes = HeaderBytes(),
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var writer = ByteWriter()
        try FrameEncoder(Addresses.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Addresses.frameFormat)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Addresses.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `payload` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        payload: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        let maximum = M.maximumPayload ?? Addresses.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
