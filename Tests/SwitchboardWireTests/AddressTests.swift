import Foundation
import SwitchboardWire
import Testing

/// Values with a text of their own, and their bytes.
@Suite("Addresses and UUIDs")
struct AddressTests {
    @Test("an IPv4 address is four decimal numbers")
    func ipv4() throws {
        let address = try #require(Wire.IPv4Address("192.0.2.1"))
        #expect(address == Wire.IPv4Address(192, 0, 2, 1))
        #expect(address.bits == 0xC000_0201)
        #expect(address.bytes == [192, 0, 2, 1])
        #expect(Wire.IPv4Address(bytes: address.bytes) == address)
        #expect(Wire.IPv4Address(bytes: [1, 2, 3]) == nil)
        #expect("\(Wire.IPv4Address(bits: .max))" == "255.255.255.255")
        #expect(Wire.IPv4Address(10, 0, 0, 1) < Wire.IPv4Address(10, 0, 1, 0))
    }

    @Test(
        "other text is no IPv4 address",
        arguments: [
            "", ".", "...", "1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "256.0.0.1", "1.2.3.999",
            "01.2.3.4",
            "1.2.3.00", "1.2.3.4 ", " 1.2.3.4", "+1.2.3.4", "-1.2.3.4", "0x1.2.3.4", "1.2.3.٣", "1.2.3.4\0", "::1",
            "1111.2.3.4", String(repeating: "1", count: 100_000),
        ]
    )
    func otherIPv4(text: String) { #expect(Wire.IPv4Address(text) == nil) }

    @Test(
        "an IPv6 address is shown in the shortest form",
        arguments: [
            ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("0:0:0:0:0:0:0:1", "::1"),
            ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
            ("2001:0db8:0000:0000:0001:0000:0000:0001", "2001:db8::1:0:0:1"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
            ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"), ("1::3:4:5:6:7:8", "1:0:3:4:5:6:7:8"), ("0:0:1::", "0:0:1::"),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.1"), ("::ffff:c000:201", "::ffff:192.0.2.1"),
            ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
            ("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ]
    )
    func ipv6(text: String, shown: String) throws {
        let address = try #require(Wire.IPv6Address(text))
        #expect("\(address)" == shown)
        #expect(Wire.IPv6Address(shown) == address)
        #expect(Wire.IPv6Address(bytes: address.bytes) == address)
        #expect(address.bytes == Self.system(text))
    }

    @Test(
        "other text is no IPv6 address",
        arguments: [
            "", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "1:2:3:4::5:6:7:8", "12345::", "g::",
            ":1::",
            "1::2:", "::1%eth0", "[::1]", "1.2.3.4", "::1.2.3", "::1.2.3.4:5", "1.2.3.4::", "::01.2.3.4", "::1/64",
            " ::1",
            "1:2:3:4:5:6:7:1.2.3.4", "::1\0", String(repeating: ":", count: 100_000),
        ]
    )
    func otherIPv6(text: String) {
        #expect(Wire.IPv6Address(text) == nil)
        #expect(text.utf8.contains(0) || Self.system(text) == nil)
    }

    @Test("reads and shows IPv6 addresses as the system does")
    func system() {
        var random = SystemRandomNumberGenerator()
        let pieces = ["::", ":", "0", "1", "ab", "FFFF", "10000", "1.2.3.4", "0:", ":0", "255.0.0.256"]
        for _ in 0..<20_000 {
            let groups = (0..<8).map { _ in
                [0, 0, 0, 1, UInt16.random(in: 0...(.max), using: &random)].randomElement() ?? 0
            }
            let address = Wire.IPv6Address(bits: groups.reduce(0) { $0 << 16 | UInt128($1) })
            // The system has another form for the first addresses, which RFC 4291 deprecates.
            if address.bits >> 32 != 0 { #expect(Self.text(address.bytes) == "\(address)") }
            #expect(Wire.IPv6Address("\(address)") == address)
            let text = (0..<Int.random(in: 1...9)).map { _ in pieces.randomElement() ?? "" }.joined()
            #expect(Wire.IPv6Address(text)?.bytes == Self.system(text), "\(text)")
        }
    }

    @Test("a MAC address is six bytes in hexadecimal")
    func mac() throws {
        let address = try #require(Wire.MACAddress("00:1a:2b:3c:4d:5e"))
        #expect(address.bits == 0x00_1A_2B_3C_4D_5E)
        #expect(Wire.MACAddress("00-1A-2B-3C-4D-5E") == address)
        #expect("\(address)" == "00:1a:2b:3c:4d:5e")
        #expect(Wire.MACAddress(bytes: address.bytes) == address)
        #expect(Wire.MACAddress(bits: .max) == Wire.MACAddress("ff:ff:ff:ff:ff:ff"))
    }

    @Test(
        "other text is no MAC address",
        arguments: [
            "", "00:1a:2b:3c:4d", "00:1a:2b:3c:4d:5e:6f", "00:1a:2b-3c:4d:5e", "001a:2b:3c:4d:5e:", "0:1a:2b:3c:4d:5e0",
            "001a.2b3c.4d5e", "00:1a:2b:3c:4d:5g", "00 1a 2b 3c 4d 5e", "::::::::::::::::: ", "00:1a:2b:3c:4d:éé",
            "+0:1a:2b:3c:4d:5e",
        ]
    )
    func otherMAC(text: String) { #expect(Wire.MACAddress(text) == nil) }

    @Test("a UUID is five groups of digits in hexadecimal")
    func uuid() throws {
        let text = "123e4567-e89b-12d3-a456-426614174000"
        let uuid = try #require(Wire.UUID(text))
        #expect(uuid.bits == 0x123E_4567_E89B_12D3_A456_4266_1417_4000)
        #expect("\(uuid)" == text)
        #expect(Wire.UUID(text.uppercased()) == uuid)
        #expect(Wire.UUID(bytes: uuid.bytes) == uuid)
        let other = UUID()
        #expect(Wire.UUID(other.uuidString)?.description == other.uuidString.lowercased())
        #expect("\(Wire.UUID(bits: 0))" == "00000000-0000-0000-0000-000000000000")
    }

    @Test(
        "other text is no UUID",
        arguments: [
            "", "123e4567e89b12d3a456426614174000", "{123e4567-e89b-12d3-a456-426614174000}",
            "123e4567-e89b-12d3-a456-42661417400", "123e4567-e89b-12d3-a456-4266141740000",
            "123e456-7e89b-12d3-a456-426614174000",
            "123e4567-e89b-12d3-a456-42661417400g", "123e4567-e89b-12d3-a45642661417-4000",
            "------------------------------------",
        ]
    )
    func otherUUID(text: String) { #expect(Wire.UUID(text) == nil) }

    /// Returns the bytes of an IPv6 address as the system reads it.
    private static func system(_ text: String) -> [UInt8]? {
        var address = in6_addr()
        guard unsafe inet_pton(AF_INET6, text, &address) == 1 else { return nil }
        return unsafe withUnsafeBytes(of: address) { unsafe Array($0) }
    }

    /// Returns an IPv6 address as the system shows it.
    private static func text(_ bytes: [UInt8]) -> String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard unsafe inet_ntop(AF_INET6, bytes, &text, socklen_t(text.count)) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
