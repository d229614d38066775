/// An output of one file, or of standard output.
package enum OutputText {
    /// The path that stands for standard output.
    package static let standardOutput = "-"

    /// Writes `text` to the file at `path`, unless the file has this content already; `-` is standard output.
    ///
    /// An unchanged file saves a build of everything that depends on it.
    ///
    /// - Throws: A ``FileError`` when `path` is not a regular file, or cannot be written.
    package static func write(_ text: String, to path: String) throws(FileError) {
        let bytes = Array(text.utf8)
        guard path != standardOutput else { return try StandardOutput.write(bytes) }
        // Before it is read, because reading a pipe may never end.
        _ = try FileDestination(path)
        if (try? File.read(path, atMost: bytes.count + 1)) == bytes { return }
        try File.write(bytes, to: path)
    }
}
