import Glibc

/// The usual effects of signals.
package enum Signals {
    /// Gives `signal` its effect in this process: it ends the program, or stops it until it is continued.
    ///
    /// Dispatch blocks signals in its threads. The signal must take effect before this thread continues.
    package static func raise(_ signal: Int32) {
        var (set, usual) = (sigset_t(), sigset_t())
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, signal)
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, &usual)
        _ = Glibc.raise(signal)
        unsafe pthread_sigmask(SIG_SETMASK, &usual, nil)
    }
}
