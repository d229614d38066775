import Serving
import Switchboard
import SwitchboardTesting
import Synchronization
import Testing

@testable import SMPPServer

@Suite("The message centre")
struct CentreTests {
    /// A clock that a test sets; it begins in 2027.
    private final class TestClock: Sendable {
        let moment = Mutex<Moment>(1_800_000_000_000)

        func pass(seconds: Moment) { moment.withLock { $0 += seconds * 1000 } }
    }

    private let clock = TestClock()

    private func centre(_ change: (inout Limits) -> Void = { _ in }) -> Centre {
        var limits = Limits()
        change(&limits)
        return Centre(limits, passwords: ["ada": "", "ben": ""]) { [clock] in clock.moment.withLock { $0 } }
    }

    private func bind(
        _ account: String,
        _ kind: BoundSession.Kind = .transceiver,
        _ id: ConnectionID,
        _ centre: inout Centre
    ) throws -> RecordingConnection {
        let connection = RecordingConnection(id: id)
        try centre.bind(connection, kind, account: account, password: "", range: "")
        centre.flush()
        return connection
    }

    private func submit(
        _ centre: inout Centre,
        _ text: Bytes = "text",
        receipts: SMPP.Receipts = []
    ) throws -> String {
        let content = StoredMessage.Content(
            service: "",
            source: .init(ton: .unknown, npi: .unknown, address: "ada"),
            destination: .init(ton: .unknown, npi: .unknown, address: "ben"),
            mode: [],
            receipts: receipts,
            coding: .default,
            text: text,
            options: []
        )
        let id = try centre.submit(content, of: "ada")
        centre.flush()
        return id
    }

    private func state(_ id: String, _ centre: Centre) -> SMPP.MessageState? {
        centre.message(id, of: "ada", from: .init(ton: .unknown, npi: .unknown, address: "ada"))?.state
    }

    @Test("keeps messages to its limit, and forgets first those that have ended first")
    func limit() throws {
        var centre = centre { $0.messages = 3 }
        _ = try bind("ben", .receiver, 1, &centre)
        let ids = try (0..<3).map { _ in try submit(&centre) }
        #expect(throws: SMPP.Status.queueFull) { try submit(&centre) }
        centre.answered(1, 2, .ok)
        centre.answered(1, 1, .ok)
        _ = try submit(&centre)
        #expect(ids.map { state($0, centre) } == [.delivered, nil, .enRoute])
    }

    @Test("sends as many messages as its window has, and the others in order when the client answers")
    func window() throws {
        var centre = centre { $0.window = 2 }
        let ben = try bind("ben", .receiver, 1, &centre)
        for number in 0..<4 { _ = try submit(&centre, Bytes(utf8: "\(number)")) }
        func texts() -> [Bytes] { ben.sent.compactMap { ($0 as? SMPP.DeliverSM)?.text } }
        #expect(texts() == ["0", "1"])
        centre.answered(1, 1, .ok)
        centre.flush()
        #expect(texts() == ["0", "1", "2"])
        // Nothing was sent with this number.
        centre.answered(1, 99, .ok)
        centre.flush()
        #expect(texts().count == 3)
    }

    @Test("keeps receipts until their account can receive them, up to its limit")
    func receipts() throws {
        var centre = centre { $0.waitingReceipts = 2 }
        _ = try bind("ben", .receiver, 1, &centre)
        for number: UInt32 in 1...3 {
            _ = try submit(&centre, receipts: .delivery)
            centre.answered(1, number, .ok)
        }
        let ada = try bind("ada", .receiver, 2, &centre)
        #expect(ada.sent.count == 2)
        #expect((ada.sent.first as? SMPP.DeliverSM)?.mode == .receipt)
    }

    @Test("ends messages that have expired, and delivers them no more")
    func expiry() throws {
        var centre = centre { $0.validity = 60_000 }
        let id = try submit(&centre)
        clock.pass(seconds: 59)
        centre.expire()
        #expect(state(id, centre) == .enRoute)
        clock.pass(seconds: 1)
        centre.expire()
        #expect(state(id, centre) == .expired)
        #expect(try bind("ben", .receiver, 1, &centre).sent.isEmpty)
    }

    @Test("gives what a lost client has not answered to the next one, in order")
    func lostClient() throws {
        var centre = centre { $0.window = 2 }
        _ = try bind("ben", .receiver, 1, &centre)
        for number in 0..<4 { _ = try submit(&centre, Bytes(utf8: "\(number)")) }
        centre.unbind(1)
        let next = try bind("ben", .receiver, 2, &centre)
        for number: UInt32 in 1...4 {
            centre.answered(2, number, .ok)
            centre.flush()
        }
        #expect(next.sent.compactMap { ($0 as? SMPP.DeliverSM)?.text } == ["0", "1", "2", "3"])
    }

    @Test("reads and writes dates as SMPP has them")
    func dates() {
        // 2027-01-15 08:00 UTC.
        let now: Moment = 1_800_000_000_000
        #expect(date(now, seconds: true) == "270115080000")
        #expect(date(now, seconds: false) == "2701150800")
        #expect(moment("270115080000000+", from: 0) == now)
        #expect(moment("270115100000008+", from: 0) == now)
        #expect(moment("270115060000008-", from: 0) == now)
        #expect(moment("000001020304000R", from: now) == now + ((26 * 60 + 3) * 60 + 4) * 1000)
        for text in [
            "", "270115080000000", "270115080000000x", "2701150800000000+", "27011508000000a+", "+70115080000000+",
        ] {
            #expect(moment(text, from: now) == nil)
        }
    }
}
