import SwitchboardRedis
import Testing

@Suite("The place in the log")
struct ReadPositionTests {
    private static func id(_ milliseconds: UInt64, _ sequence: UInt64 = 0) -> StreamID {
        StreamID(milliseconds: milliseconds, sequence: sequence)
    }

    @Test("A server begins at the end of the log, or at the beginning of an empty one")
    func begins() {
        var position = ReadPosition()
        #expect(position.connect(runID: "a", end: Self.id(100_000, 3)) == false)
        #expect(position.last == Self.id(100_000, 3))
        var other = ReadPosition()
        #expect(other.connect(runID: "a", end: nil) == false)
        #expect(other.last == .zero)
    }

    @Test("A new connection to the same run goes on where the last one ended")
    func goesOn() {
        var position = ReadPosition()
        _ = position.connect(runID: "a", end: Self.id(100_000))
        position.advance(to: Self.id(120_000))
        #expect(position.connect(runID: "a", end: Self.id(130_000)) == false)
        #expect(position.last == Self.id(120_000))
    }

    @Test("Another run, or one that does not tell, is read again from 5 s before, but not from before the start")
    func rewinds() {
        for runID in ["b", nil] {
            var position = ReadPosition()
            _ = position.connect(runID: "a", end: Self.id(100_000, 7))
            position.advance(to: Self.id(120_000))
            #expect(position.connect(runID: runID, end: Self.id(130_000)) == true)
            #expect(position.last == Self.id(115_000))
            position.advance(to: Self.id(102_000))
            #expect(position.connect(runID: "c", end: Self.id(130_000)) == true)
            #expect(position.last == Self.id(100_000, 7))
        }
    }

    @Test("A log that lacks the last entries is read again from 5 s before its end")
    func rewindsToAShorterLog() {
        var position = ReadPosition()
        _ = position.connect(runID: "a", end: Self.id(100_000))
        position.advance(to: Self.id(120_000))
        #expect(position.connect(runID: "b", end: Self.id(110_000)) == true)
        #expect(position.last == Self.id(105_000))
    }

    @Test("A log that is empty, or has an earlier clock, is read from its own time on")
    func followsAnEarlierClock() {
        var position = ReadPosition()
        _ = position.connect(runID: "a", end: Self.id(100_000))
        #expect(position.connect(runID: "b", end: Self.id(50_000)) == true)
        #expect(position.last == Self.id(45_000))
        #expect(position.connect(runID: "c", end: nil) == true)
        #expect(position.last == .zero)
        #expect(position.connect(runID: "d", end: Self.id(2000)) == true)
        #expect(position.last == .zero)
    }

    @Test("A place is written as Redis writes it, and nothing else is one")
    func readsIDs() {
        #expect(StreamID("1700000000000-12") == Self.id(1_700_000_000_000, 12))
        #expect(StreamID("18446744073709551615-18446744073709551615") == Self.id(.max, .max))
        for text in ["", "-", "1", "1-", "-1", "1-2-3", "+1-2", "1--2", " 1-2", "a-b", "18446744073709551616-0"] {
            #expect(StreamID(text) == nil, "\(text)")
        }
        #expect(Self.id(5, 6).description == "5-6")
        #expect(Self.id(1, 9) < Self.id(2, 0))
        #expect(Self.id(1, 9) < Self.id(1, 10))
        #expect(Self.id(3000, 1).earlier(byMilliseconds: 5000) == .zero)
    }
}
