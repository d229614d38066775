import Switchboard
import SwitchboardTesting
import Testing

@testable import MQTTBroker

@Suite("The broker")
struct BrokerTests {
    private func server(_ broker: Broker = Broker()) throws -> TestServer {
        try TestServer(.mqtt(broker), configuration: .mqtt(host: "127.0.0.1", port: 0))
    }

    private func broker(_ change: (inout Limits) -> Void) -> Broker {
        var limits = Limits()
        change(&limits)
        return Broker(limits: limits)
    }

    /// Connects a client; returns its peer and the answer to the Connect.
    private func connect(
        _ id: String,
        _ server: TestServer,
        clean: Bool = true,
        keepAlive: UInt16 = 0,
        will: String? = nil
    ) async throws -> (TestPeer, MQTT.ConnectAck) {
        let peer = try server.connect()
        let client = MQTT.Client(
            willRetain: false,
            willQoS: .atMostOnce,
            clean: clean,
            keepAlive: keepAlive,
            id: id,
            willTopic: will,
            will: will.map { Bytes(utf8: $0) }
        )
        try peer.send(MQTT.Connect(protocol: "MQTT", level: 4, client: client, rest: Bytes()))
        return (peer, try await peer.receive(MQTT.ConnectAck.self))
    }

    private func subscribe(_ peer: TestPeer, _ filters: [String], _ qos: MQTT.QoS = .atLeastOnce) async throws {
        let subscriptions = filters.map { MQTT.Subscription(filter: $0, qos: qos) }
        try peer.send(MQTT.Subscribe(id: 1, subscriptions: subscriptions), header: MQTT.Header(qos: 1))
        let ack = try await peer.receive()
        // A reply that repeated the header of its request would have its flags.
        #expect(MQTT.Header(ack.header) == MQTT.Header())
        _ = try ack.decoded(as: MQTT.SubscribeAck.self)
    }

    @Test("delivers a message once, with the highest QoS of the subscriptions")
    func overlapping() async throws {
        let server = try server()
        let (ada, _) = try await connect("ada", server)
        try await subscribe(ada, ["a/+"], .exactlyOnce)
        try await subscribe(ada, ["#"], .atMostOnce)
        let (ben, _) = try await connect("ben", server)
        try ben.send(MQTT.Publish(topic: "a/b", id: 9, message: "hi"), header: MQTT.Header(qos: 1))
        #expect(try await ben.receive(MQTT.PublishAck.self).id == 9)
        let messages = try ada.takeMessages()
        #expect(messages.count == 1)
        #expect(messages.map { MQTT.Header($0.header).qos } == [1])
    }

    @Test(
        "closes only the connection of a client that breaks the protocol",
        arguments: [
            // Length with five bytes, type 0, a ConnectAck, an unknown type
            "30ffffffff01", "0000", "20020000", "f000",
            // A second Connect; flags of Ping, Disconnect and Subscribe
            "100c00044d5154540402001e0000", "c100", "e100", "8006000100016101",
            // QoS 3; a duplicate with QoS 0; identifier 0; no identifier
            "3604000161ff", "3804000161ff", "320500016100 00", "3203000161",
            // Topics: empty, with a wildcard, with U+0000, of the broker, not UTF-8
            "30020000", "3003000123", "3003000100", "3003000124", "30030001ff",
            // Subscribe and Unsubscribe: no filter, QoS 3, a bad filter, identifier 0
            "82020001", "8206000100016103", "820800010003612b2301", "8206000000016101", "a2020001",
            "a207000100032b6123",
            // Ping with a payload; a PublishReceived without a Publish
            "c00100", "50020001",
        ]
    )
    func violations(frame: String) async throws {
        let server = try server()
        let (ada, _) = try await connect("ada", server)
        let (ben, _) = try await connect("ben", server)
        let digits = Array(frame.filter { $0 != " " })
        ada.send(
            bytes: stride(from: 0, to: digits.count, by: 2).compactMap {
                UInt8(String(digits[$0...($0 + 1)]), radix: 16)
            }
        )
        try await ada.receiveEnd()
        _ = try await ben.request(MQTT.Ping())
    }

    @Test("closes a connection whose first packet is not a Connect, or that sends none")
    func withoutConnect() async throws {
        let server = try server()
        let (hasty, silent) = (try server.connect(), try server.connect())
        try hasty.send(MQTT.Ping())
        try await hasty.receiveEnd()
        server.advance(by: .seconds(12))
        try await silent.receiveEnd()
    }

    @Test("refuses other levels of the protocol, and a client without identifier that wants to keep its session")
    func refusals() async throws {
        let server = try server()
        for (level, name) in [(3, "MQIsdp"), (5, "MQTT")] as [(UInt8, String)] {
            let peer = try server.connect()
            try peer.send(MQTT.Connect(protocol: name, level: level, rest: "anything"))
            #expect(try await peer.receive(MQTT.ConnectAck.self).result == .unacceptableVersion)
            try await peer.receiveEnd()
        }
        for id in ["", String(repeating: "x", count: 129), "a\0"] {
            let (peer, answer) = try await connect(id, server, clean: false)
            #expect(answer == MQTT.ConnectAck(sessionPresent: false, result: .identifierRejected))
            try await peer.receiveEnd()
        }
    }

    @Test("keeps a session, and gives it to the last connection of its client")
    func takeOver() async throws {
        let server = try server()
        let (watcher, _) = try await connect("watcher", server)
        try await subscribe(watcher, ["will"])
        let (first, answer) = try await connect("ada", server, clean: false, will: "will")
        #expect(answer == MQTT.ConnectAck(sessionPresent: false, result: .accepted))
        try await subscribe(first, ["a"])
        let (second, again) = try await connect("ada", server, clean: false)
        #expect(again == MQTT.ConnectAck(sessionPresent: true, result: .accepted))
        try await first.receiveEnd()
        #expect(try await watcher.receive(MQTT.Publish.self).message == "will")
        try watcher.send(MQTT.Publish(topic: "a", message: "hi"))
        #expect(try await second.receive(MQTT.Publish.self).message == "hi")
        try second.send(MQTT.Disconnect())
        try await second.receiveEnd()
        #expect(try await connect("ada", server, clean: true).1.sessionPresent == false)
    }

    @Test("publishes the will of a client that is silent or whose connection breaks, and not after a Disconnect")
    func wills() async throws {
        let server = try server()
        let (watcher, _) = try await connect("watcher", server)
        try await subscribe(watcher, ["#"])
        let (silent, _) = try await connect("silent", server, keepAlive: 10, will: "silent")
        let (broken, _) = try await connect("broken", server, will: "broken")
        let (polite, _) = try await connect("polite", server, will: "polite")
        try polite.send(MQTT.Disconnect())
        try await polite.receiveEnd()
        broken.reset()
        #expect(try await watcher.receive(MQTT.Publish.self).message == "broken")
        server.advance(by: .seconds(14))
        #expect(!silent.hasEnded)
        // The timeout, and the time that the peer has to end its side.
        server.advance(by: .seconds(2))
        server.advance(by: .seconds(2))
        #expect(try await watcher.receive(MQTT.Publish.self).message == "silent")
        try await silent.receiveEnd()
        #expect(try watcher.takeMessages().isEmpty)
    }

    @Test("replaces the session whose client has been away longest, and refuses clients above the limit")
    func sessionLimit() async throws {
        let server = try server(broker { $0.sessions = 2 })
        let (ada, _) = try await connect("ada", server, clean: false)
        try ada.send(MQTT.Disconnect())
        try await ada.receiveEnd()
        _ = try await connect("ben", server)
        #expect(try await connect("eve", server).1.result == .accepted)
        #expect(try await connect("ada", server, clean: false).1.result == .serverUnavailable)
    }
}
