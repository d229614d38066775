internal import CLinux
internal import Glibc

/// The file of a Unix-domain socket that listens.
struct UnixSocketFile {
    private let path: String
    private let device: UInt64
    private let file: UInt64

    /// The socket at `path`, if there is one.
    init?(at path: String) {
        var device: UInt64 = 0
        var file: UInt64 = 0
        guard unsafe linux_socket_file_identity(path, &device, &file) else { return nil }
        self.path = path
        self.device = device
        self.file = file
    }

    /// Removes the file, unless another has taken its place.
    func remove() {
        guard let found = UnixSocketFile(at: path), found.device == device, found.file == file else { return }
        _ = unsafe linux_remove_file(path)
    }

    /// Removes the socket of a server that is no more; any other file stays, and so does a socket that somebody serves.
    static func makeWay(for path: String, _ address: SocketAddress) throws(TransportError) {
        guard let found = UnixSocketFile(at: path) else { return }
        let descriptor = linux_stream_socket(AF_UNIX)
        guard descriptor >= 0 else { return }
        defer { linux_close(descriptor) }
        if unsafe address.withSystemAddress({ unsafe linux_connect(descriptor, $0, $1) }) == -ECONNREFUSED {
            found.remove()
        }
    }
}
