import Switchboard
import SwitchboardTesting
import Testing

@testable import MQTTBroker

@Suite("A session")
struct SessionTests {
    /// A session whose results are texts: `1:hi` for a message with the identifier 1, `1!:hi` for its duplicate.
    private final class TestSession {
        private let client = ConnectedClient(id: "ada", RecordingConnection(), will: nil)
        private var session: ClientSession

        init(_ change: (inout Limits) -> Void = { _ in }) {
            var limits = Limits()
            change(&limits)
            session = ClientSession(isClean: false, limits)
        }

        func connect() { session.connect(client) }
        func disconnect() { session.disconnect() }
        func resume() -> [String] { session.resume().map(text) }
        func acknowledge(_ id: UInt16) -> [String] { session.acknowledge(id).map(text) }
        func receive(_ id: UInt16) -> Bool? { session.receive(id) }
        func release(_ id: UInt16) { session.release(id) }

        func subscribe(_ filter: String) throws -> Bool {
            session.subscribe(to: try #require(TopicFilter(filter, maximumLevels: 9)))
        }

        func unsubscribe(_ filter: String) throws -> Bool {
            session.unsubscribe(from: try #require(TopicFilter(filter, maximumLevels: 9)))
        }

        func deliver(_ message: String, _ qos: MQTT.QoS = .atLeastOnce) throws -> String {
            let topic = try #require(Topic("topic", maximumLevels: 1))
            let publication = Publication(topic: topic, message: Bytes(utf8: message), qos: .atLeastOnce)
            return switch session.deliver(publication, qos) {
            case .send(let publish, _): text(publish)
            case .queued: "queued"
            case .dropped: "dropped"
            }
        }

        private func text(_ publish: OutgoingPublish) -> String {
            let id = "\(publish.message.id ?? 0)" + (publish.header.duplicate ? "!" : "")
            return "\(id):\(String(validating: publish.message.message) ?? "")"
        }
    }

    @Test("sends a number of messages, and the next one when the client has acknowledged one")
    func inflight() throws {
        let session = TestSession {
            $0.inflightMessages = 2
            $0.queuedMessages = 2
        }
        session.connect()
        #expect(session.resume() == [])
        let results = try ["a", "b", "c", "d", "e"].map { try session.deliver($0) }
        #expect(results == ["1:a", "2:b", "queued", "queued", "dropped"])
        #expect(try session.deliver("f", .atMostOnce) == "0:f")
        #expect(session.acknowledge(2) == ["3:c"])
        #expect(session.acknowledge(2) == [])
        #expect(session.acknowledge(1) == ["4:d"])
        #expect(session.acknowledge(3) == [])
        #expect(try session.deliver("g") == "5:g")
    }

    @Test("limits the bytes of its queue")
    func queuedBytes() throws {
        let session = TestSession { $0.queuedBytes = 20 }
        #expect(try session.deliver("0123456789") == "queued")
        #expect(try session.deliver("0123456789") == "dropped")
        #expect(try session.deliver("") == "queued")
    }

    @Test("sends what the client has not acknowledged again, before the messages that came while the client was away")
    func redelivery() throws {
        let session = TestSession { $0.inflightMessages = 3 }
        session.connect()
        #expect(session.resume() == [])
        #expect(try session.deliver("a") == "1:a")
        #expect(try session.deliver("b") == "2:b")
        #expect(session.acknowledge(1) == [])
        session.disconnect()
        #expect(try session.deliver("c", .atMostOnce) == "dropped")
        #expect(try session.deliver("d") == "queued")
        session.connect()
        // Not sent yet: the ConnectAck comes first.
        #expect(try session.deliver("x", .atMostOnce) == "dropped")
        #expect(try session.deliver("e") == "queued")
        #expect(session.resume() == ["2!:b", "3:d", "4:e"])
    }

    @Test("gives no identifier twice, and not 0")
    func identifiers() throws {
        let session = TestSession()
        session.connect()
        #expect(session.resume() == [])
        #expect(try session.deliver("first") == "1:first")
        for id in UInt16(2)...65_535 {
            guard try session.deliver("") == "\(id):" else {
                Issue.record("the identifier is not \(id)")
                return
            }
            _ = session.acknowledge(id)
        }
        #expect(try session.deliver("next") == "2:next")
    }

    @Test("accepts each message with QoS 2 once, until the client releases its identifier")
    func exactlyOnce() {
        let session = TestSession { $0.unreleasedMessages = 1 }
        #expect(session.receive(7) == true)
        #expect(session.receive(7) == false)
        #expect(session.receive(8) == nil)
        session.release(7)
        #expect(session.receive(8) == true)
    }

    @Test("limits its subscriptions")
    func subscriptions() throws {
        let session = TestSession { $0.subscriptions = 1 }
        #expect(try session.subscribe("a"))
        #expect(try session.subscribe("a"))
        #expect(try !session.subscribe("b"))
        #expect(try session.unsubscribe("a"))
        #expect(try !session.unsubscribe("a"))
        #expect(try session.subscribe("b"))
    }
}
