import SwitchboardBackplane
import Synchronization
import Testing

@Suite("The outbox")
struct OutboxTests {
    @Test("The sender is woken once for all that is published until it looks")
    func wakesOnce() {
        let wakes = Atomic(0)
        let outbox = Outbox(limits: BackplaneLimits()) { wakes.wrappingAdd(1, ordering: .relaxed) }
        outbox.publish(block())
        #expect(wakes.load(ordering: .relaxed) == 0, "not open yet")
        outbox.open()
        outbox.publish(block())
        outbox.publish(block())
        #expect(wakes.load(ordering: .relaxed) == 1)
        outbox.requestWakeup()
        outbox.publish(block())
        #expect(wakes.load(ordering: .relaxed) == 2)
    }

    @Test("A drain ends when all that was published before it is acknowledged, whatever comes after")
    func drains() async {
        let outbox = Outbox(limits: BackplaneLimits()) {}
        outbox.open()
        outbox.publish(block())
        #expect(outbox.update { $0.takeEntry(at: 0) }.result != nil)
        let drained = Task { await outbox.drain(within: .seconds(600)) }
        await Task.yield()
        #expect(await outbox.drain(within: .zero) == false)
        outbox.update { $0.acknowledge(at: 0) }
        #expect(await drained.value)
        outbox.publish(block())
        #expect(await outbox.drain(within: .milliseconds(1)) == false)
    }

    @Test("A drain of an empty outbox ends at once; closing ends all others")
    func endsDrains() async {
        let outbox = Outbox(limits: BackplaneLimits()) {}
        outbox.open()
        #expect(await outbox.drain(within: .zero))
        outbox.publish(block())
        async let drained = outbox.drain(within: .seconds(600))
        outbox.close()
        #expect(await drained == false)
        outbox.publish(block())
        #expect(outbox.read { $0.next } == 1)
    }

    @Test("The change that releases publishers is reported once")
    func reportsReleases() {
        var limits = BackplaneLimits()
        limits.holdBytes = 100
        let outbox = Outbox(limits: limits) {}
        outbox.open()
        outbox.publish(block(size: 1000))
        #expect(outbox.holdsPublishers)
        #expect(!outbox.update { $0.takeEntry(at: 0) }.releasesPublishers)
        #expect(outbox.update { $0.acknowledge(at: 0) }.releasesPublishers)
        #expect(!outbox.holdsPublishers)
        #expect(!outbox.update { $0.tick(at: 0) }.releasesPublishers)
    }
}

extension Outbox {
    @discardableResult
    fileprivate func update(_ body: (inout PendingLog) -> Void) -> (result: Void, releasesPublishers: Bool) {
        let outcome: (result: Bool, releasesPublishers: Bool) = update { log in
            body(&log)
            return true
        }
        return ((), outcome.releasesPublishers)
    }
}
