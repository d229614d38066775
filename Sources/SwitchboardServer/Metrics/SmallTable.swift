/// Values by a few keys, such as the reasons for which connections close: going through these takes less time than hashing one.
struct SmallTable<Key: Equatable, Value> {
    private(set) var entries: [(key: Key, value: Value)] = []

    var isEmpty: Bool { entries.isEmpty }

    /// The value of a key; `initial` as long as it has none.
    subscript(key: Key, default initial: Value) -> Value {
        get { entries.first { $0.key == key }?.value ?? initial }
        _modify {
            let known = entries.firstIndex { $0.key == key }
            if known == nil { entries.append((key, initial)) }
            yield &entries[known ?? entries.count - 1].value
        }
    }

    /// Removes all values, and keeps the memory.
    mutating func removeAll() { entries.removeAll(keepingCapacity: true) }
}
