import Serving
import Switchboard

/// A value of the cache.
struct Entry: Sendable {
    /// The value, in memory of its own.
    var value: Bytes

    /// What the client keeps with the value.
    var flags: UInt32

    /// The time at which the entry expires; `nil` for never.
    var deadline: Moment?

    /// The version of the value (`cas`), which no other entry has.
    var version: UInt64
}

/// Entries by their keys, in the order of their use.
///
/// Each entry has the keys of its neighbours in that order, so that every method takes the same time for any number of entries.
struct Entries: Sendable {
    private struct Node: Sendable {
        var entry: Entry
        let bytes: Int
        var newer: Bytes?
        var older: Bytes?
    }

    private var nodes: [Bytes: Node] = [:]
    private var newest: Bytes?
    private let entryBytes: Int

    /// The key of the entry that was used least recently.
    private(set) var oldest: Bytes?

    /// The number of bytes of all entries.
    private(set) var bytes = 0

    /// The number of entries.
    var count: Int { nodes.count }

    /// No entries.
    ///
    /// - Parameter entryBytes: The number of bytes that an entry takes beside its key and its value.
    init(entryBytes: Int) { self.entryBytes = entryBytes }

    /// Returns the number of bytes of an entry.
    func size(_ key: Bytes, _ value: Bytes) -> Int { key.count + value.count + entryBytes }

    /// The entry of a key; to read it is no use of it.
    subscript(key: Bytes) -> Entry? { nodes[key]?.entry }

    /// Makes the entry of a key the one that was used last; does nothing if there is none.
    mutating func use(_ key: Bytes) {
        guard let node = nodes[key], node.newer != nil else { return }
        unlink(node)
        link(node.entry, key, node.bytes)
    }

    /// Adds the entry of a key, or replaces it; it is the one that was used last.
    mutating func set(_ key: Bytes, to entry: Entry) {
        remove(key)
        let size = size(key, entry.value)
        bytes += size
        link(entry, key.copied(), size)
    }

    /// Removes the entry of a key, if there is one.
    mutating func remove(_ key: Bytes) {
        guard let node = nodes.removeValue(forKey: key) else { return }
        bytes -= node.bytes
        unlink(node)
    }

    /// Removes all entries.
    mutating func removeAll() { self = Entries(entryBytes: entryBytes) }

    private mutating func link(_ entry: Entry, _ key: Bytes, _ bytes: Int) {
        nodes[key] = Node(entry: entry, bytes: bytes, newer: nil, older: newest)
        if let newest { nodes[newest]?.newer = key } else { oldest = key }
        newest = key
    }

    private mutating func unlink(_ node: Node) {
        if let newer = node.newer { nodes[newer]?.older = node.older } else { newest = node.older }
        if let older = node.older { nodes[older]?.newer = node.newer } else { oldest = node.newer }
    }
}
