package import SwitchboardSpec

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

extension Timestamp {
    /// The time on the clock of the system.
    package static var now: Timestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(nanoseconds: Int128(time.tv_sec) * nanosecondsPerSecond + Int128(time.tv_nsec))
    }
}
