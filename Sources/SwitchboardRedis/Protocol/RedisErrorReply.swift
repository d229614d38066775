/// An error reply of Redis.
package struct RedisErrorReply: Error, Sendable, Equatable, CustomStringConvertible {
    /// The most characters of the text that are kept.
    private static let maximumCharacters = 200

    /// The reaction to an error.
    package enum Remedy: Sendable, Equatable {
        /// The same command may succeed on this connection later.
        case retry
        /// This server no longer accepts the command; another one may.
        case reconnect
        /// A setting has to be changed.
        case none
    }

    /// The first word, in capitals: `NOAUTH`, `OOM`; `ERR` for most.
    package let code: String

    /// The whole text, without control characters, at most 200 characters.
    package let description: String

    /// An error with the text after the `-`, which any program may have written.
    package init(_ text: String) {
        let safe = text.unicodeScalars.prefix(Self.maximumCharacters).map { scalar in
            scalar.properties.generalCategory == .control ? "?" : Character(scalar)
        }
        description = String(safe)
        code = String(safe.prefix { $0 != " " })
    }

    /// The reaction to this error.
    package var remedy: Remedy {
        switch code {
        case "LOADING", "OOM", "MISCONF", "NOREPLICAS", "BUSY", "TRYAGAIN": .retry
        case "READONLY", "MASTERDOWN", "UNBLOCKED": .reconnect
        case "WRONGPASS", "NOAUTH", "NOPERM", "DENIED", "WRONGTYPE", "MOVED", "ASK", "CROSSSLOT", "CLUSTERDOWN": .none
        default: hasUnknownCommand || hasBadCredentials || hasBadDatabase ? .none : .retry
        }
    }

    private var hasUnknownCommand: Bool { description.hasPrefix("ERR unknown command") }

    /// Whether a server that is no Sentinel was asked for the primary.
    ///
    /// Versions write the command in different quotes.
    private var isNoSentinel: Bool {
        hasUnknownCommand && description.dropFirst("ERR unknown command ".count).dropFirst().hasPrefix("SENTINEL")
    }

    private var hasBadCredentials: Bool {
        description.hasPrefix("ERR invalid password") || hasNoPassword
            || description.hasPrefix("ERR wrong number of arguments for 'auth'")
    }

    private var hasNoPassword: Bool {
        description.hasPrefix("ERR AUTH <password> called without")
            || description.hasPrefix("ERR Client sent AUTH, but no password is set")
    }

    private var hasBadDatabase: Bool {
        description.hasPrefix("ERR DB index is out of range") || description.hasPrefix("ERR invalid DB index")
    }

    /// The meaning of the error, and what to do.
    package var advice: String {
        switch code {
        case "WRONGPASS": "Redis rejects the user name or the password in the URL"
        case "NOAUTH":
            "Redis requires a password: write redis://:PASSWORD@HOST, or redis://USER:PASSWORD@HOST for an ACL user"
        case "NOPERM":
            "the ACL user lacks a permission: Docs/Cluster.md lists the commands and keys that a server needs"
        case "DENIED": "Redis is in protected mode: set a password, or let it listen on the right addresses"
        case "READONLY": "Redis is a replica: use the address of the primary, list all addresses, or use Sentinel"
        case "MASTERDOWN": "Redis is a replica without its primary"
        case "LOADING": "Redis is loading its data"
        case "OOM": "Redis is out of memory: raise maxmemory or free memory"
        case "MISCONF": "Redis cannot save its data and takes no writes: see its log"
        case "NOREPLICAS": "Redis has too few replicas to take writes (min-replicas-to-write)"
        case "MOVED", "ASK", "CROSSSLOT", "CLUSTERDOWN":
            "Redis Cluster is not supported: use a single primary with replicas, or Sentinel"
        case "WRONGTYPE": "the key of the log holds something else: choose another key or delete it"
        case "UNBLOCKED": "Redis has changed its role"
        default:
            if hasNoPassword {
                "Redis has no password set, but the URL has one"
            } else if hasBadCredentials {
                "Redis rejects the password in the URL"
            } else if hasBadDatabase {
                "Redis has no database with the number in the URL"
            } else if isNoSentinel {
                "the address is not that of a Sentinel: use the port of a Sentinel (26379 by default), or redis://"
            } else if hasUnknownCommand {
                "Redis 6.2 or later is needed"
            } else if description.hasPrefix("ERR max number of clients") {
                "Redis has too many clients: raise maxclients"
            } else {
                "Redis replied with an error"
            }
        }
    }
}
