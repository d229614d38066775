internal import Glibc

/// How many descriptors, and so connections, the process may have: `ulimit -n`.
public enum DescriptorLimit {
    /// How many there may be now.
    public static var current: Int { Int(clamping: get().rlim_cur) }

    /// Raises the limit to `count` where it is lower, as far as the process may.
    ///
    /// It may up to the hard limit, which an administrator sets.
    ///
    /// - Returns: How many there may be now.
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

    private static func get() -> rlimit {
        var limit = rlimit()
        let result = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return result == 0 ? limit : rlimit(rlim_cur: .max, rlim_max: .max)
    }
}
