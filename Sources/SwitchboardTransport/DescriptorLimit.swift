internal import CLinux
internal import Glibc

/// The limit of open descriptors of the process (`ulimit -n`), which limits the number of
/// connections.
public enum DescriptorLimit {
    /// The current limit.
    public static var current: Int { Int(clamping: get().rlim_cur) }

    /// Raises the limit to `count` if it is lower, but not above the hard limit, which the
    /// administrator sets.
    ///
    /// - Returns: The limit after the call.
    @discardableResult
    public static func raise(to count: Int) -> Int {
        var limit = get()
        let wanted = min(rlim_t(clamping: count), limit.rlim_max)
        if limit.rlim_cur < wanted {
            limit.rlim_cur = wanted
            _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        return current
    }

    /// Makes the table of descriptors of the process large enough for `count` of them, or for as many as the limit allows.
    ///
    /// Otherwise the system enlarges the table when it is full. A thread that opens a descriptor then waits, often for more than 10 ms.
    /// If it is the thread of an event loop, all connections of the loop wait, too.
    package static func makeRoom(for count: Int) {
        linux_make_room_for_descriptors(Int32(clamping: max(min(count, current), 1)))
    }

    private static func get() -> rlimit {
        var limit = rlimit()
        let result = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return result == 0 ? limit : rlimit(rlim_cur: .max, rlim_max: .max)
    }
}
