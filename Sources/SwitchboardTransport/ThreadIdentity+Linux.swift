internal import CLinux

/// What tells threads apart.
enum ThreadIdentity {
    /// That of the calling thread, which no other thread that runs has.
    ///
    /// Never 0.
    static var current: UInt { linux_thread_identity() }
}
