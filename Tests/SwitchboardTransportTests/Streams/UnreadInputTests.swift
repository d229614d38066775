import SwitchboardBytes
import Testing

@testable import SwitchboardTransport

@Suite("The unread input of a stream")
struct UnreadInputTests {
    @Test("Memory grows with what has arrived, not with what was announced")
    func growsWithArrival() {
        var unread = UnreadInput()
        for count in 1...65_535 {
            let room = unsafe unread.room(upTo: 65_535 - unread.count).count
            #expect(room >= 1)
            unread.fill(1)
            let capacity = unread.storage?.capacity ?? 0
            if capacity > max(2 * count, 257) {
                Issue.record("\(capacity) bytes of memory for \(count) bytes")
            }
        }
        #expect(unread.storage?.capacity == 65_535)
    }

    @Test("No memory is owned when nothing is left")
    func ownsNothingWhenEmpty() {
        var unread = UnreadInput()
        _ = unsafe unread.room(upTo: 10)
        unread.fill(10)
        unread.consume(4)
        #expect(unread.count == 6)
        unread.consume(6)
        #expect(unread.storage == nil)
    }

    @Test("Memory that others refer to is not written again")
    func respectsReferences() {
        var unread = UnreadInput()
        unsafe unread.room(upTo: 100).copyBytes(from: [1, 2, 3])
        unread.fill(3)
        let kept = unread.storage.map { Bytes(storage: $0, offset: 0, count: 3) }
        unsafe unread.room(upTo: 100).copyBytes(from: [4])
        unread.fill(1)
        #expect(kept == [1, 2, 3])
        let all = unread.storage.map { Bytes(storage: $0, offset: unread.start, count: unread.count) }
        #expect(all == [1, 2, 3, 4])
        #expect(kept.map { kept in unread.storage.map { Bytes(storage: $0, offset: 0, count: 3) } == kept } == true)
    }
}
