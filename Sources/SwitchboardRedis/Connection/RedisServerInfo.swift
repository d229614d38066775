/// The reply of a server to the command `INFO`.
package struct RedisServerInfo: Sendable, Equatable {
    /// A random number for this run of the server; `nil` when the server does not report it.
    package var runID: String?
    /// Whether the server is a replica.
    package var isReplica = false
    /// Whether the server is still loading its data.
    package var isLoading = false
    /// The setting `maxmemory-policy`, such as `noeviction`; empty when the server does not report it.
    package var evictionPolicy = ""
    /// The most memory that the server uses, in bytes; 0 for no limit.
    package var maximumMemory: UInt64 = 0

    /// Whether the server reports a version before 6.2, which cannot remove entries of a stream by their position.
    package var isTooOld = false

    /// An empty reply.
    package init() {}

    /// Reads a reply, which has a line `name:value` for each fact.
    package init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let name = line.prefix { $0 != ":" }
            let value = line.dropFirst(name.count + 1)
            switch name {
            case "run_id": runID = String(value)
            case "role": isReplica = value == "slave"
            case "loading": isLoading = value == "1"
            case "maxmemory_policy": evictionPolicy = String(value)
            case "redis_version": isTooOld = Self.isTooOld(value)
            case "maxmemory": maximumMemory = UInt64(value) ?? 0
            default: break
            }
        }
    }

    private static func isTooOld(_ version: Substring) -> Bool {
        let parts = version.split(separator: ".").prefix(2).compactMap { Int($0) }
        return parts.count == 2 && (parts[0], parts[1]) < (6, 2)
    }

    /// Whether the server may evict the log, which has no lifetime, when its memory is full.
    package var mayEvictLog: Bool { maximumMemory > 0 && evictionPolicy.hasPrefix("allkeys-") }
}
