internal import Glibc

/// Reads a file that only its owner, the user of this process and the groups of this process may read.
package enum PrivateFile {
    /// Returns the text of the file at `path`.
    ///
    /// - Parameters:
    ///   - maximumBytes: The maximum size of the file in bytes.
    ///   - isForAdministrator: Whether a process of root may read the file of any user.
    /// - Throws: A ``CredentialFileError`` when the file cannot be read, is too large or not UTF-8, or others have access to it.
    package static func text(
        at path: String,
        maximumBytes: Int,
        isForAdministrator: Bool = false
    ) throws(CredentialFileError) -> String {
        func failure(_ reason: String) -> CredentialFileError {
            CredentialFileError(path: path, line: nil, reason: reason)
        }
        func systemFailure(_ action: String) -> CredentialFileError {
            let text = unsafe String(cString: strerror(errno))
            return failure("\(action): \(text.lowercased())")
        }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw systemFailure("cannot be opened") }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw systemFailure("cannot be examined") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw failure("is not a regular file") }
        // An administrator may read every file.
        guard status.st_uid == geteuid() || status.st_uid == 0 || geteuid() == 0 && isForAdministrator else {
            throw failure("belongs to another user")
        }
        if let stranger = FileAccess(descriptor, status).stranger {
            throw failure("\(stranger): chmod 600 \(path)")
        }
        guard status.st_size <= maximumBytes else {
            throw failure("has \(status.st_size) bytes: at most \(maximumBytes) bytes are allowed")
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var count = 0
        while count < bytes.count {
            let read = unsafe bytes.withUnsafeMutableBytes { buffer in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
                return unsafe Glibc.read(descriptor, rest.baseAddress, rest.count)
            }
            if read < 0 { throw systemFailure("cannot be read") }
            if read == 0 { break }
            count += read
        }
        guard let text = String(validating: bytes[..<count], as: UTF8.self) else { throw failure("is not UTF-8") }
        return text
    }
}
