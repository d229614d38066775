internal import Glibc

/// Why no connection was accepted.
struct AcceptFailure: Error {
    /// What to do about it.
    enum Kind {
        /// No connection is waiting.
        case nothingToAccept
        /// The one that was waiting has gone.
        case connectionIsGone
        /// There are as many descriptors as the process, or the system, may have.
        case noDescriptors
        /// Something else, which may pass.
        case other
    }

    /// The system's error number.
    let errno: Int32

    var kind: Kind {
        switch errno {
        case EAGAIN: .nothingToAccept
        case EMFILE, ENFILE: .noDescriptors
        // Errors of the connection, not of the listener: see accept(2).
        case ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP, ENETUNREACH,
            EPERM:
            .connectionIsGone
        default: .other
        }
    }
}
