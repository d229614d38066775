import Glibc

/// What stands at the path of a Unix-domain socket.
enum SocketPath {
    /// Returns why no server can listen at `path`: `the path is a directory`; `nil` when a socket or nothing is there.
    ///
    /// The system reports any file as an address in use.
    static func obstacle(at path: String) -> String? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFSOCK: return nil
        case S_IFDIR: return "the path is a directory"
        case S_IFLNK: return "the path is a symbolic link"
        default: return "the path is a file that is not a socket"
        }
    }
}
