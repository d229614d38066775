internal import CLinux
internal import Glibc

/// The file of a Unix-domain socket that listens.
struct UnixSocketFile {
    private let path: String
    private let device: UInt64
    private let file: UInt64

    /// The file of a socket at `path`; `nil` when there is none.
    init?(at path: String) {
        var device: UInt64 = 0
        var file: UInt64 = 0
        guard unsafe linux_socket_file_identity(path, &device, &file) else { return nil }
        self.path = path
        self.device = device
        self.file = file
    }

    /// Removes the file, unless another file has replaced it.
    func remove() {
        guard let found = UnixSocketFile(at: path), found.device == device, found.file == file else { return }
        _ = unsafe linux_remove_file(path)
    }

    /// The longest time to wait for another process that replaces a socket in the same directory, in milliseconds.
    private static let maximumLockWait = 2000

    /// Binds a socket to the path of `address`.
    ///
    /// Replaces the file of a server that has ended. Every other file stays, and so does the file of a socket that a process
    /// has bound, whether or not that process listens yet.
    ///
    /// - Returns: 0, or a negated error number.
    static func bind(_ descriptor: Int32, to address: SocketAddress, at path: String) -> Int32 {
        func bind() -> Int32 {
            unsafe address.withSystemAddress { unsafe linux_bind(descriptor, $0, $1) }
        }
        let result = bind()
        guard result == -EADDRINUSE, UnixSocketFile(at: path) != nil else { return result }
        // When several servers find the same abandoned file, one replaces it, and the others find a socket in use.
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
