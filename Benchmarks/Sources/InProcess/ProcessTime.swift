import Glibc

/// The CPU time of this process.
package enum ProcessTime {
    /// All threads, in user and system mode, in nanoseconds.
    package static var nanoseconds: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}
