import SwitchboardTransport
import Testing

@Suite("Host names")
struct HostNameTests {
    @Test(
        "A host that is an address is not looked up",
        arguments: [
            ("127.0.0.1", 5000, "127.0.0.1:5000"),
            ("[::1]", 65_535, "[::1]:65535"),
            ("2001:DB8:0:0:8:800:200C:417A", 80, "[2001:db8::8:800:200c:417a]:80"),
        ]
    )
    func addresses(host: String, port: Int, expected: String) async throws {
        let addresses = try await SocketAddress.resolve(host: host, port: port, within: .seconds(60))
        #expect(addresses.map(\.description) == [expected])
        #expect(addresses.map(\.port) == [port])
        #expect(try addresses == [SocketAddress(host, port: port)])
    }

    @Test("There are ports from 0 to 65,535", arguments: [-1, 65_536, .min, .max])
    func refusesPorts(port: Int) async {
        let error = await #expect(throws: TransportError.self) {
            try await SocketAddress.resolve(host: "127.0.0.1", port: port, within: .seconds(60))
        }
        #expect(error?.code == .cannotResolve)
        #expect(error?.description == "port \(port) is not between 0 and 65535")
    }

    @Test(
        "Hosts that cannot exist are refused",
        arguments: ["", "[]", "127.0.0.1\0.example", "256.256.256.256.256", ":::", "[localhost]", "[127.0.0.1]"]
    )
    func refusesHosts(host: String) async {
        let error = await #expect(throws: TransportError.self) {
            try await SocketAddress.resolve(host: host, port: 1, within: .seconds(60))
        }
        #expect(error?.code == .cannotResolve)
        #expect(error?.description.contains("\n") == false)
    }

    @Test(
        "A certificate is looked for by the name or the address alone",
        arguments: [
            ("name.example", "name.example"), ("name.example.", "name.example"), ("[::1]", "::1"),
            ("[fe80::1%lo]", "fe80::1"), ("127.0.0.1", "127.0.0.1"), ("::ffff:192.0.2.1", "192.0.2.1"),
        ]
    )
    func certificateNames(host: String, name: String) throws {
        #expect(try HostName(host).certificateName == name)
    }
}
