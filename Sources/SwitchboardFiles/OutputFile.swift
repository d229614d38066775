#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// A file that a command makes from a spec.
package struct OutputFile: Sendable {
    /// The path, relative to the folder of the output, with `/` between its parts; no part is `..`.
    package let path: String
    /// The content.
    package let text: String

    /// A file at `path` with the content `text`.
    package init(path: String, text: String) {
        self.path = path
        self.text = text
    }
}

/// The folder of an output of several files.
package struct OutputFolder {
    private let path: String

    /// The folder at `path`, which need not exist.
    package init(_ path: String) {
        self.path = path
    }

    /// Writes `files`, and creates the folders that they need.
    ///
    /// A file whose content is up to date is not written.
    ///
    /// - Parameter inputs: Files that must not be overwritten.
    /// - Throws: A ``FileError`` when a folder cannot be created or a file cannot be written, or a file would overwrite an input.
    ///   Nothing is written when one of `files` would overwrite an input, or something that is not a regular file.
    package func write(_ files: [OutputFile], inputs: [String]) throws(FileError) {
        try FileDestination.check(outputs: files.map { "\(path)/\($0.path)" }, inputs: inputs)
        for file in files {
            let destination = "\(path)/\(file.path)"
            try createFolders(above: destination)
            let bytes = Array(file.text.utf8)
            if (try? File.read(destination, atMost: bytes.count + 1)) == bytes { continue }
            try File.write(bytes, to: destination)
        }
    }

    private func createFolders(above file: String) throws(FileError) {
        var folder = ""
        for part in file.split(separator: "/", omittingEmptySubsequences: false).dropLast() {
            folder += part.isEmpty ? "/" : folder.isEmpty || folder.hasSuffix("/") ? String(part) : "/\(part)"
            guard unsafe mkdir(folder, 0o777) != 0, errno != EEXIST else { continue }
            let reason = File.reason
            var status = stat()
            guard unsafe stat(folder, &status) != 0 else { continue }
            throw FileError("cannot create the folder \(folder): \(reason)")
        }
    }
}
