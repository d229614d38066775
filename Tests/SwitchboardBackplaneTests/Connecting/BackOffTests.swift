import SwitchboardBackplane
import Testing

@Suite("The wait before the next attempt to connect")
struct BackOffTests {
    @Test("It doubles up to a limit, and is never the same for all")
    func doubles() {
        var backOff = BackOff()
        var limit = BackOff.initialDelay
        for _ in 0..<20 {
            let delay = backOff.delay()
            #expect(delay >= limit / 2 && delay <= limit)
            limit = min(limit * 2, BackOff.maximumDelay)
        }
        #expect(limit == BackOff.maximumDelay)
    }
}
