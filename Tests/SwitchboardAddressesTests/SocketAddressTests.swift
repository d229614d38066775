import SwitchboardAddresses
import Testing

@Suite("Socket addresses")
struct SocketAddressTests {
    private func address(_ text: String, port: UInt16 = 7) throws -> SocketAddress {
        try #require(SocketAddress(ipAddress: text, port: port))
    }

    @Test(
        "Addresses are written as usual",
        arguments: [
            ("127.0.0.1", 5000, "127.0.0.1:5000"),
            ("255.1.2.30", 0, "255.1.2.30:0"),
            ("::1", 5000, "[::1]:5000"),
            ("[::1]", 65_535, "[::1]:65535"),
            ("::", 1, "[::]:1"),
            ("fe80::1%7", 80, "[fe80::1%7]:80"),
            ("2001:DB8:0:0:8:800:200C:417A", 80, "[2001:db8::8:800:200c:417a]:80"),
        ]
    )
    func describes(text: String, port: UInt16, expected: String) throws {
        let address = try address(text, port: port)
        #expect(address.description == expected)
        #expect(address.port == Int(port))
        #expect(SocketAddress(ipAddress: address.host, port: port) == address)
    }

    @Test(
        "Texts that are not addresses are refused",
        arguments: [
            "", "[]", "127.0.0.1\0.example", "::1\0", "256.256.256.256", "127.0.0.1 ", "127.0.0.1 x", "0.0.0.0.0",
            ":::", "localhost", "[127.0.0.1]",
            "[::ffff:127.0.0.1]", "127.0.0.1%1", "::1%", "::1%no-such-interface", "[::1", "::1]", "1:2:3:4:5:6:7:8:9",
            "fe80::1%4294967296",
        ]
    )
    func refuses(text: String) {
        #expect(SocketAddress(ipAddress: text, port: 1) == nil)
    }

    @Test("A link-local address may name its interface by name")
    func interfaceNames() throws {
        #expect(try address("fe80::1%lo").scope == 1)
    }

    @Test("Addresses that are the same are equal")
    func compares() throws {
        let short = try address("::1", port: 1)
        let long = try address("0:0:0:0:0:0:0:1", port: 1)
        #expect(short == long)
        #expect(Set([short, long]).count == 1)
        #expect(try address("::1", port: 2) != short)
        #expect(short.with(port: 2) == (try address("::1", port: 2)))
    }

    @Test("An IPv4 address is the same, whatever kind of socket it came to")
    func mappedAddresses() throws {
        let mapped = try address("::ffff:192.0.2.1")
        #expect(try mapped == address("192.0.2.1"))
        #expect(mapped.description == "192.0.2.1:7")
        #expect(try address("192.513") == mapped)
        #expect(try mapped.network != address("::ffff:192.0.2.2").network)
    }

    @Test(
        "The bytes of an IP address are in network order",
        arguments: [
            ("192.0.2.255", [192, 0, 2, 255]),
            ("2001:db8::a1", [0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xA1]),
        ] as [(String, [UInt8])]
    )
    func ipBytes(text: String, bytes: [UInt8]) throws {
        #expect(try address(text).ipBytes == bytes)
    }

    @Test(
        "A network is an IPv4 address or 64 bits of an IPv6 address",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("2001:db8:0:1:a:b:c:d", "2001:db8:0:1::/64"), ("fe80::1%7", "fe80::/64"),
        ]
    )
    func networks(text: String, name: String) throws {
        #expect(try address(text).network?.description == name)
        #expect(try address(text, port: 8).network == address(text).network)
    }

    @Test("Addresses with the same 64 bits are one network, others are not")
    func networkPrefixes() throws {
        #expect(try address("2001:db8::1").network == address("2001:db8::2:0:0:1").network)
        #expect(try address("2001:db8:0:1::1").network != address("2001:db8::1").network)
        // An IPv4 address and an IPv6 network may have the same bits.
        #expect(try address("0:0:c000:201::").network != address("192.0.2.1").network)
    }

    @Test(
        "Loopback addresses are those of this machine",
        arguments: [
            ("127.0.0.1", true), ("127.255.0.9", true), ("::1", true), ("::ffff:127.0.0.1", true), ("128.0.0.1", false),
            ("::2", false), ("::", false), ("1::1", false),
        ]
    )
    func loopback(text: String, isLoopback: Bool) throws {
        #expect(try address(text).isLoopback == isLoopback)
        #expect(SocketAddress.loopback(port: 5) == (try address("127.0.0.1", port: 5)))
    }

    @Test("Unspecified addresses stand for all of the machine's")
    func unspecified() throws {
        #expect(try address("0.0.0.0").isUnspecified)
        #expect(try address("::").isUnspecified)
        #expect(try !address("::1").isUnspecified)
        #expect(!SocketAddress.unnamedUnixSocket.isUnspecified)
    }

    @Test("A Unix-domain socket has a path of 1 to 107 bytes, and no IP address")
    func unixPaths() throws {
        let path = "/" + String(repeating: "é", count: 53)
        let address = try #require(SocketAddress(unixPath: path))
        #expect(address.description == "unix \(path)")
        #expect(address.host == path)
        #expect(address.unixSocketPath == path)
        #expect(address == SocketAddress(unixPath: path))
        #expect(address != SocketAddress(unixPath: "/other"))
        #expect(address.with(port: 5) == address)
        #expect(address.isUnix && !address.isIPv6 && !address.isLoopback)
        #expect(address.port == 0 && address.ipBytes.isEmpty && address.network == nil)
        for refused in ["", path + "x", "/a\0b"] { #expect(SocketAddress(unixPath: refused) == nil) }
    }

    @Test("A peer over a Unix-domain socket has no path")
    func unnamedUnixSocket() throws {
        #expect(SocketAddress.unnamedUnixSocket.description == "unix")
        #expect(SocketAddress.unnamedUnixSocket.unixSocketPath?.isEmpty == true)
        #expect(try address("127.0.0.1").unixSocketPath == nil)
    }
}
