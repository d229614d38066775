import ArgumentParser
import Glibc

/// Sockets that the service manager has opened: sd_listen_fds(3).
enum SocketActivation {
    /// The number of the first descriptor that is passed.
    private static let firstDescriptor: Int32 = 3

    /// The descriptor of a socket that was passed to this process, if one was.
    ///
    /// It is taken out of the environment, so that no child takes it for its own.
    static func takeDescriptor() throws -> Int32? {
        defer {
            for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { _ = unsafe unsetenv(name) }
        }
        guard
            let process = try EnvironmentVariable.integer("LISTEN_PID"), process == Int(getpid()),
            let count = try EnvironmentVariable.integer("LISTEN_FDS"), count > 0
        else { return nil }
        guard count == 1 else {
            throw ValidationError("LISTEN_FDS=\"\(count)\" must be 1: the server accepts one socket.")
        }
        return firstDescriptor
    }
}
