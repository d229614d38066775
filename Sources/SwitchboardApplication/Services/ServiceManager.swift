import ArgumentParser
import Glibc
import ServiceLifecycle
import Switchboard

/// Tells the service manager when the server is ready and when it stops: sd_notify(3).
struct ServiceManager: Service {
    let server: Server

    func run() async throws {
        // When the server is stopped before it listens, there is nothing to report.
        do { _ = try await cancelWhenGracefulShutdown { try await self.server.listeningAddress } } catch { return }
        Self.notify("READY=1")
        try? await gracefulShutdown()
        Self.notify("STOPPING=1")
    }

    /// Sends `state` to the socket in NOTIFY_SOCKET, if it is set.
    ///
    /// Errors are ignored: the server works without a service manager.
    private static func notify(_ state: String) {
        guard let path = EnvironmentVariable.text("NOTIFY_SOCKET") else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // A name that begins with @ is an abstract one, which has no file.
        let name = path.hasPrefix("@") ? [0] + Array(path.utf8.dropFirst()) : Array(path.utf8)
        let fits = unsafe withUnsafeMutableBytes(of: &address.sun_path) { field in
            guard name.count < field.count else { return false }
            unsafe field.copyBytes(from: name)
            return true
        }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard fits, descriptor >= 0 else { return }
        defer { close(descriptor) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let text = Array(state.utf8)
        unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = unsafe sendto(descriptor, text, text.count, Int32(MSG_NOSIGNAL), address, length)
            }
        }
    }
}

/// The sockets that the service manager passes to the process: sd_listen_fds(3).
enum SocketActivation {
    /// The number of the first descriptor that is passed.
    private static let firstDescriptor: Int32 = 3

    /// Returns the descriptor of the socket that was passed to this process; `nil` when none was.
    ///
    /// Removes the variables from the environment, so that no child process uses the descriptor.
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
