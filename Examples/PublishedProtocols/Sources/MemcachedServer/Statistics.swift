/// What the cache has counted.
struct Statistics: Sendable {
    private var gets: UInt64 = 0
    private var hits: UInt64 = 0
    /// The requests that store a value, and those that extend one.
    var sets: UInt64 = 0
    /// The requests that change when a value expires.
    var touches: UInt64 = 0
    /// The entries that were removed to make room.
    var evictions: UInt64 = 0

    /// The counters, by the names that memcached gives them.
    var values: [(String, UInt64)] {
        [
            ("cmd_get", gets), ("get_hits", hits), ("get_misses", gets &- hits), ("cmd_set", sets),
            ("cmd_touch", touches), ("evictions", evictions),
        ]
    }

    /// Counts a request that reads a value.
    mutating func countGet(isHit: Bool) {
        gets &+= 1
        if isHit { hits &+= 1 }
    }

    /// Sets all counters to 0.
    mutating func reset() { self = Statistics() }
}
