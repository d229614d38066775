import Serving
import Switchboard

/// Entries within limits, and what clients can do with them.
struct Cache: Sendable {
    /// The ways to store a value.
    enum Storing: Sendable {
        case set
        /// Only a new key.
        case add
        /// Only a key that has a value.
        case replace
    }

    /// The places to add bytes to a value.
    enum Place: Sendable {
        case start, end
    }

    private(set) var statistics = Statistics()
    private let limits: Limits
    private let now: @Sendable () -> Moment
    private var entries: Entries
    private var lastVersion: UInt64 = 0
    private var flushTime: Moment?

    /// An empty cache.
    init(_ limits: Limits, now: @escaping @Sendable () -> Moment = { [clock = SteadyClock()] in clock.now }) {
        self.limits = limits
        self.now = now
        entries = Entries(entryBytes: limits.entryBytes)
    }

    // MARK: Reading

    /// Returns a value.
    mutating func get(_ key: Bytes) -> Outcome {
        let entry = find(key)
        statistics.countGet(isHit: entry != nil)
        guard let entry else { return Outcome(.keyNotFound, key: key) }
        entries.use(key)
        return Outcome(entry, key: key)
    }

    /// Returns a value, and changes when it expires.
    mutating func getAndTouch(_ key: Bytes, _ expiry: UInt32) -> Outcome {
        statistics.touches &+= 1
        guard var entry = find(key) else { return Outcome(.keyNotFound, key: key) }
        entry.deadline = moment(expiry, from: now())
        entries.set(key, to: entry)
        return Outcome(entry, key: key)
    }

    /// Changes when a value expires; returns no value.
    mutating func touch(_ key: Bytes, _ expiry: UInt32) -> Outcome {
        var outcome = getAndTouch(key, expiry)
        outcome.value = Bytes()
        return outcome
    }

    // MARK: Writing

    /// Stores a value.
    ///
    /// - Parameter version: The version that the stored value must have; 0 for any.
    mutating func store(
        _ storing: Storing,
        _ key: Bytes,
        _ value: Bytes,
        _ extras: Memcached.Storage,
        version: UInt64
    ) -> Outcome {
        statistics.sets &+= 1
        let earlier = find(key)
        if version != 0 {
            guard let earlier else { return Outcome(.keyNotFound) }
            guard earlier.version == version else { return Outcome(.keyExists) }
        }
        switch (storing, earlier) {
        case (.add, .some): return Outcome(.keyExists)
        case (.replace, nil): return Outcome(.keyNotFound)
        default: break
        }
        guard value.count <= limits.valueBytes else {
            // Clients would otherwise read a value that they have tried to replace.
            if storing == .set { entries.remove(key) }
            return Outcome(.valueTooLarge)
        }
        return write(key, value.copied(), flags: extras.flags, deadline: moment(extras.expiry, from: now()))
    }

    /// Adds bytes to a value.
    ///
    /// - Parameter version: The version that the stored value must have; 0 for any.
    mutating func extend(_ key: Bytes, at place: Place, by bytes: Bytes, version: UInt64) -> Outcome {
        statistics.sets &+= 1
        guard let entry = find(key) else { return Outcome(.notStored) }
        guard version == 0 || entry.version == version else { return Outcome(.keyExists) }
        guard entry.value.count + bytes.count <= limits.valueBytes else { return Outcome(.valueTooLarge) }
        let value = place == .end ? Array(entry.value) + Array(bytes) : Array(bytes) + Array(entry.value)
        return write(key, Bytes(value), flags: entry.flags, deadline: entry.deadline)
    }

    /// Adds to a number, or subtracts from it: a sum wraps at 2⁶⁴, a difference is at least 0.
    ///
    /// - Parameter version: The version that the stored value must have; 0 for any.
    mutating func count(_ key: Bytes, _ step: Memcached.Step, down: Bool, version: UInt64) -> Outcome {
        let noCreation = UInt32.max
        guard let entry = find(key) else {
            guard step.expiry != noCreation else { return Outcome(.keyNotFound) }
            return write(key, step.initial, flags: 0, deadline: moment(step.expiry, from: now()))
        }
        guard version == 0 || entry.version == version else { return Outcome(.keyExists) }
        guard let number = String(validating: entry.value).flatMap({ UInt64($0) }) else {
            return Outcome(.nonNumericValue)
        }
        let result = down ? (number > step.delta ? number &- step.delta : 0) : number &+ step.delta
        return write(key, result, flags: entry.flags, deadline: entry.deadline)
    }

    private mutating func write(_ key: Bytes, _ number: UInt64, flags: UInt32, deadline: Moment?) -> Outcome {
        var outcome = write(key, Bytes(utf8: "\(number)"), flags: flags, deadline: deadline)
        outcome.number = number
        return outcome
    }

    /// Deletes a value.
    ///
    /// - Parameter version: The version that the stored value must have; 0 for any.
    mutating func delete(_ key: Bytes, version: UInt64) -> Outcome {
        guard let entry = find(key) else { return Outcome(.keyNotFound) }
        guard version == 0 || entry.version == version else { return Outcome(.keyExists) }
        entries.remove(key)
        return Outcome()
    }

    /// Deletes all values that exist now or, after a delay, then.
    mutating func flush(after delay: UInt32) -> Outcome {
        flushTime = moment(delay, from: now())
        if flushTime == nil { entries.removeAll() }
        return Outcome()
    }

    // MARK: Statistics

    /// Sets the counters to 0.
    mutating func resetStatistics() { statistics.reset() }

    /// Returns the names and the values of the statistics; `nil` if there is no group of this name.
    mutating func report(_ group: String) -> [(name: String, value: String)]? {
        flushIfDue()
        switch group {
        case "":
            let size: [(String, UInt64)] = [
                ("time", UInt64(clamping: now() / 1000)),
                ("curr_items", UInt64(clamping: entries.count)),
                ("bytes", UInt64(clamping: entries.bytes)),
                ("limit_maxbytes", UInt64(clamping: limits.memoryBytes)),
            ]
            return [("version", Memcached.serverVersion)] + (size + statistics.values).map { ($0.0, "\($0.1)") }
        case "settings": return [("maxbytes", "\(limits.memoryBytes)"), ("item_size_max", "\(limits.valueBytes)")]
        default: return nil
        }
    }

    // MARK: Entries

    /// Returns the entry of a key, unless it has expired.
    private mutating func find(_ key: Bytes) -> Entry? {
        flushIfDue()
        guard let entry = entries[key] else { return nil }
        if let deadline = entry.deadline, deadline <= now() {
            entries.remove(key)
            return nil
        }
        return entry
    }

    private mutating func flushIfDue() {
        guard let time = flushTime, time <= now() else { return }
        flushTime = nil
        entries.removeAll()
    }

    /// Writes an entry with a new version, and removes old entries that have no room any more.
    private mutating func write(_ key: Bytes, _ value: Bytes, flags: UInt32, deadline: Moment?) -> Outcome {
        entries.remove(key)
        guard entries.size(key, value) <= limits.memoryBytes else { return Outcome(.outOfMemory) }
        while entries.bytes + entries.size(key, value) > limits.memoryBytes, let oldest = entries.oldest {
            entries.remove(oldest)
            statistics.evictions &+= 1
        }
        lastVersion &+= 1
        entries.set(key, to: Entry(value: value, flags: flags, deadline: deadline, version: lastVersion))
        var outcome = Outcome()
        outcome.version = lastVersion
        return outcome
    }
}
