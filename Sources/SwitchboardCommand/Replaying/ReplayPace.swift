internal import ArgumentParser
internal import SwitchboardSpec

/// How long a replay waits between messages.
enum ReplayPace: String, CaseIterable, ExpressibleByArgument {
    /// It waits for the messages of the server only.
    case fast
    /// Before each message of a client, it also waits as long as the capture did.
    case real
}

/// The pauses between the messages of a capture.
struct ReplayPauses {
    private let maximum: Duration
    private var last: Timestamp?

    /// The pauses of a capture; those that are longer than `maximum` are shortened.
    init(maximum: Duration) {
        self.maximum = maximum
    }

    /// Notes a message at `time`; returns the time since the message before.
    mutating func pause(before time: Timestamp?) -> Duration {
        guard let time else { return .zero }
        defer { last = time }
        guard let last, time.nanoseconds > last.nanoseconds else { return .zero }
        return min(maximum, .nanoseconds(Int64(clamping: time.nanoseconds - last.nanoseconds)))
    }
}
