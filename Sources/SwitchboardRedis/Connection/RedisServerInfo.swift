/// What the command `INFO` tells about a server.
package struct RedisServerInfo: Sendable {
    /// A random number for this run of the server; `nil` when it is not told.
    package var runID: String?
    /// Whether the server is a replica.
    package var isReplica = false
    /// Whether the server is still loading its data.
    package var isLoading = false
    /// What the server evicts when its memory is full, as in `noeviction`; empty when it is not told.
    package var evictionPolicy = ""
    /// The most memory that the server uses, in bytes; 0 for no limit.
    package var maximumMemory: UInt64 = 0

    /// The major and the minor version of the server; `nil` when they are not told.
    package var version: (major: Int, minor: Int)?

    /// Nothing is known.
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
            case "redis_version": version = Self.version(value)
            case "maxmemory": maximumMemory = UInt64(value) ?? 0
            default: break
            }
        }
    }

    private static func version(_ text: Substring) -> (major: Int, minor: Int)? {
        let parts = text.split(separator: ".").prefix(2).compactMap { Int($0) }
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }

    /// Whether the server is too old to trim the log by position: older than Redis 6.2.
    package var isTooOld: Bool { version.map { $0 < (6, 2) } ?? false }

    /// Whether the server may evict the log, which has no lifetime, when its memory is full.
    package var mayEvictLog: Bool { maximumMemory > 0 && evictionPolicy.hasPrefix("allkeys-") }
}
