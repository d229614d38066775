import Serving
import Switchboard
import Synchronization
import Testing

@testable import MemcachedServer

@Suite("The cache of memcached")
struct CacheTests {
    /// A clock that a test sets.
    private final class TestClock: Sendable {
        let moment = Mutex<Moment>(1_800_000_000_000)

        func pass(seconds: Moment) { moment.withLock { $0 += seconds * 1000 } }
    }

    private let clock = TestClock()

    private func cache(memoryBytes: Int = 1_000_000) -> Cache {
        let limits = Limits(memoryBytes: memoryBytes, valueBytes: 100, entryBytes: 100)
        return Cache(limits) { [clock] in clock.moment.withLock { $0 } }
    }

    private func set(_ key: Bytes, _ value: Bytes = "value", expiry: UInt32 = 0, in cache: inout Cache) -> Outcome {
        cache.store(.set, key, value, .init(flags: 7, expiry: expiry), version: 0)
    }

    private func count(_ key: Bytes, _ delta: UInt64, down: Bool = false, expiry: UInt32 = 0, in cache: inout Cache)
        -> Outcome
    {
        cache.count(key, .init(delta: delta, initial: 9, expiry: expiry), down: down, version: 0)
    }

    @Test("removes the entries that were used least recently when there is no room")
    func eviction() {
        // Three entries of 106 bytes.
        var cache = cache(memoryBytes: 320)
        for key: Bytes in ["a", "b", "c"] { #expect(set(key, in: &cache).status == .success) }
        #expect(cache.get("a").status == .success)
        #expect(set("d", in: &cache).status == .success)
        #expect(cache.get("b").status == .keyNotFound)
        for key: Bytes in ["a", "c", "d"] { #expect(cache.get(key).value == "value") }
        #expect(set("e", Bytes(repeatElement(0, count: 100)), in: &cache).status == .success)
        for key: Bytes in ["a", "c"] { #expect(cache.get(key).status == .keyNotFound) }
        for key: Bytes in ["d", "e"] { #expect(cache.get(key).status == .success) }
    }

    @Test("refuses a value that never has room, and forgets the earlier one")
    func tooLarge() {
        var cache = cache(memoryBytes: 150)
        #expect(set("a", in: &cache).status == .success)
        #expect(set("a", Bytes(repeatElement(0, count: 60)), in: &cache).status == .outOfMemory)
        #expect(cache.get("a").status == .keyNotFound)
        #expect(set("a", in: &cache).status == .success)
        #expect(set("a", Bytes(repeatElement(0, count: 101)), in: &cache).status == .valueTooLarge)
        #expect(cache.get("a").status == .keyNotFound)
    }

    @Test("forgets values that have expired, by seconds and by dates")
    func expiry() {
        var cache = cache()
        _ = set("relative", expiry: 60, in: &cache)
        _ = set("date", expiry: 1_800_000_060, in: &cache)
        _ = set("past", expiry: 1_700_000_000, in: &cache)
        _ = set("forever", in: &cache)
        #expect(cache.get("past").status == .keyNotFound)
        clock.pass(seconds: 59)
        #expect(cache.get("relative").value == "value")
        #expect(cache.touch("date", 60).flags == 7)
        clock.pass(seconds: 1)
        #expect(cache.get("relative").status == .keyNotFound)
        #expect(cache.get("date").value == "value")
        clock.pass(seconds: 3_000_000_000)
        #expect(cache.get("date").status == .keyNotFound)
        #expect(cache.get("forever").value == "value")
    }

    @Test("flushes after a delay, and then only once")
    func flush() {
        var cache = cache()
        _ = set("a", in: &cache)
        _ = cache.flush(after: 10)
        _ = set("b", in: &cache)
        clock.pass(seconds: 9)
        #expect(cache.get("a").status == .success)
        clock.pass(seconds: 1)
        #expect(cache.get("a").status == .keyNotFound)
        #expect(cache.get("b").status == .keyNotFound)
        _ = set("c", in: &cache)
        clock.pass(seconds: 100)
        #expect(cache.get("c").status == .success)
        _ = cache.flush(after: 0)
        #expect(cache.get("c").status == .keyNotFound)
    }

    @Test("wraps sums at 2 to the power of 64, and stops differences at 0")
    func counting() {
        var cache = cache()
        _ = set("n", "18446744073709551615", in: &cache)
        #expect(count("n", 2, in: &cache).number == 1)
        #expect(count("n", 5, down: true, in: &cache).number == 0)
        #expect(cache.get("n").value == "0")
        for text: Bytes in ["18446744073709551616", "1.5", "x", ""] {
            _ = set("n", text, in: &cache)
            #expect(count("n", 1, in: &cache).status == .nonNumericValue)
        }
        #expect(count("m", 1, expiry: .max, in: &cache).status == .keyNotFound)
        #expect(count("m", 1, in: &cache).number == 9)
    }
}
