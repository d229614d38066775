internal import Glibc

extension ServerConfiguration {
    /// How many processor cores the machine has, as far as a server can use them.
    public static var coreCount: Int {
        min(max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1), maximumEventLoops)
    }
}
