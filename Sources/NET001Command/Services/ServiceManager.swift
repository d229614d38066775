import Glibc
import ServiceLifecycle
import Switchboard

/// Tells the service manager when the server is ready and when it stops: sd_notify(3).
struct ServiceManager: Service {
    let server: Server

    func run() async throws {
        // A server that is stopped before it listens does not wait for this.
        do { _ = try await cancelWhenGracefulShutdown { try await self.server.listeningAddress } } catch { return }
        Self.notify("READY=1")
        try? await gracefulShutdown()
        Self.notify("STOPPING=1")
    }

    /// Sends `state` to the socket that the environment names, if it names one.
    ///
    /// A manager that does not listen is no reason not to serve.
    private static func notify(_ state: String) {
        guard let path = EnvironmentVariable.text("NOTIFY_SOCKET") else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // A name that begins with @ is none of a file.
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
