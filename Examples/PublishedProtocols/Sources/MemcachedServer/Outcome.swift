import Switchboard

/// The result of a request, from which its reply is made.
struct Outcome: Sendable, Hashable {
    var status = Memcached.Status.success

    /// The version of the value (`cas`).
    var version: UInt64 = 0

    /// The key of a request that reads a value.
    var key = Bytes()

    /// What the client keeps with the value.
    var flags: UInt32 = 0

    var value = Bytes()

    /// The result of Increment and Decrement.
    var number: UInt64 = 0

    /// A success.
    init() {}

    /// A failure.
    init(_ status: Memcached.Status, key: Bytes = Bytes()) {
        self.status = status
        self.key = key
    }

    /// A success with the value of an entry.
    init(_ entry: Entry, key: Bytes) {
        self.key = key
        version = entry.version
        flags = entry.flags
        value = entry.value
    }

    /// The extras of a reply with a value; `nil` if there is no value.
    var extras: Memcached.ValueExtras? { status == .success ? .init(flags: flags) : nil }

    /// The text of the error; empty for a success.
    var error: String {
        switch status {
        case .success: ""
        case .keyNotFound: "Not found"
        case .keyExists: "Data exists for key."
        case .valueTooLarge: "Too large."
        case .notStored: "Not stored."
        case .nonNumericValue: "Non-numeric server-side value for incr or decr"
        case .unknownCommand: "Unknown command"
        case .outOfMemory: "Out of memory"
        default: "Error \(status.rawValue)"
        }
    }
}
