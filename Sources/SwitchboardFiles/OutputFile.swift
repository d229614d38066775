internal import SwitchboardSpec

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// A file that a command makes from a spec.
package struct OutputFile: Sendable {
    /// The path, relative to the folder of the output, with `/` between its parts; no part is empty, `.` or `..`.
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

    /// The folder at `path`, which need not exist, and is not empty.
    package init(_ path: String) {
        self.path = path
    }

    /// Writes `files`, and creates the folders that they need.
    ///
    /// A file whose content is up to date is not written.
    ///
    /// - Parameter inputs: Files that must not be overwritten.
    /// - Throws: A ``FileError`` when a folder cannot be created or a file cannot be written, a file would overwrite an input, or
    ///   the path of a file leads out of the folder. Nothing is written when one of `files` would overwrite an input, or something that is
    ///   not a regular file, or lead out of the folder.
    package func write(_ files: [OutputFile], inputs: [String]) throws(FileError) {
        for file in files where !Self.isInside(file.path) {
            let rule = "the parts of its name must not be empty, `.` or `..`, nor have control characters"
            throw FileError("cannot write \(file.path.visible) into \(path): \(rule)")
        }
        try FileDestination.check(outputs: files.map { "\(path)/\($0.path)" }, inputs: inputs)
        for file in files {
            let destination = "\(path)/\(file.path)"
            try createFolders(above: destination)
            let bytes = Array(file.text.utf8)
            if (try? File.read(destination, atMost: bytes.count + 1)) == bytes { continue }
            try File.write(bytes, to: destination)
        }
    }

    /// Returns whether the file at the relative path `path` is in the folder.
    private static func isInside(_ path: String) -> Bool {
        path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { part in
            !["", ".", ".."].contains { part.elementsEqual($0.utf8) } && part.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
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
