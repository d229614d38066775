import SwitchboardBytes
import Testing

@testable import SwitchboardTransport

@Suite("The kept beginning of a frame")
struct InputTailTests {
    @Test("Memory grows with what has arrived, not with what was announced")
    func growsWithArrival() {
        var tail = InputTail()
        for count in 1...65_535 {
            let room = unsafe tail.room(upTo: 65_535 - tail.count).count
            #expect(room >= 1)
            tail.fill(1)
            let capacity = tail.storage?.capacity ?? 0
            if capacity > max(2 * count, 257) {
                Issue.record("\(capacity) bytes of memory for \(count) bytes")
            }
        }
        #expect(tail.storage?.capacity == 65_535)
    }

    @Test("No memory is owned when nothing is left")
    func ownsNothingWhenEmpty() {
        var tail = InputTail()
        _ = unsafe tail.room(upTo: 10)
        tail.fill(10)
        tail.consume(4)
        #expect(tail.count == 6)
        tail.consume(6)
        #expect(tail.storage == nil)
    }

    @Test("Memory that others refer to is not written again")
    func respectsReferences() {
        var tail = InputTail()
        unsafe tail.room(upTo: 100).copyBytes(from: [1, 2, 3])
        tail.fill(3)
        let kept = tail.storage.map { Bytes(storage: $0, offset: 0, count: 3) }
        unsafe tail.room(upTo: 100).copyBytes(from: [4])
        tail.fill(1)
        #expect(kept == [1, 2, 3])
        let all = tail.storage.map { Bytes(storage: $0, offset: tail.start, count: tail.count) }
        #expect(all == [1, 2, 3, 4])
        #expect(kept.map { kept in tail.storage.map { Bytes(storage: $0, offset: 0, count: 3) } == kept } == true)
    }
}
