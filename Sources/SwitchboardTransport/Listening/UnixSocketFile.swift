internal import CLinux
internal import Glibc

/// The file of a listening Unix-domain socket.
struct UnixSocketFile {
    private let path: String
    private let device: UInt64
    private let file: UInt64

    /// The socket file at `path`; `nil` when the path has no socket file.
    init?(at path: String) {
        var device: UInt64 = 0
        var file: UInt64 = 0
        guard unsafe linux_socket_file_identity(path, &device, &file) else { return nil }
        self.path = path
        self.device = device
        self.file = file
    }

    /// Removes the file, unless the path has another file by now.
    func remove() {
        guard let found = UnixSocketFile(at: path), found.device == device, found.file == file else { return }
        _ = unsafe linux_remove_file(path)
    }

    /// The longest time to wait for another process that replaces a socket in the same directory, in milliseconds.
    private static let maximumLockWait = 2000

    /// Binds a socket to the path of `address`.
    ///
    /// The method replaces a socket file only if no process has the socket open. It never replaces a file that is not a
    /// socket file.
    ///
    /// - Returns: 0, or a negated error number.
    static func bind(_ descriptor: Int32, to address: SocketAddress, at path: String) -> Int32 {
        func bind() -> Int32 {
            unsafe address.withSystemAddress { unsafe linux_bind(descriptor, $0, $1) }
        }
        let result = bind()
        guard result == -EADDRINUSE, UnixSocketFile(at: path) != nil else { return result }
        // A lock on the directory, for several servers that find the same abandoned file. The first one replaces the
        // file, and the others then find a socket that is in use.
        let directory = lockDirectory(of: path)
        guard directory >= 0 else { return directory }
        defer { linux_close(directory) }
        guard let found = UnixSocketFile(at: path) else { return bind() }
        let isAlive = unsafe address.withSystemAddress { unsafe linux_socket_file_is_alive($0, $1) }
        guard isAlive == 0 else { return isAlive < 0 ? isAlive : -EADDRINUSE }
        found.remove()
        return bind()
    }

    private static func lockDirectory(of path: String) -> Int32 {
        for _ in 0..<maximumLockWait {
            let directory = unsafe linux_lock_directory(path)
            if directory != -EWOULDBLOCK { return directory }
            usleep(1000)
        }
        return -EWOULDBLOCK
    }
}
