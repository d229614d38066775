#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// Writes a file piece by piece, so that readers see what was written so far.
package final class FileOutput {
    private let name: String
    private let descriptor: Int32

    /// Creates the file at `path`, or empties the one that exists.
    ///
    /// - Parameter inputs: Files that must not be overwritten.
    /// - Throws: A ``FileError`` when the file is an input or not a regular file, or cannot be created.
    package init(_ path: String, inputs: [String]) throws(FileError) {
        try FileDestination.check(outputs: [path], inputs: inputs)
        (name, descriptor) = (path, unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666))
        guard descriptor >= 0 else { throw FileError("cannot write \(path): \(File.reason)") }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Appends `bytes`.
    package func write(_ bytes: [UInt8]) throws(FileError) {
        guard File.writeAll(bytes, to: descriptor) else { throw FileError("cannot write \(name): \(File.reason)") }
    }
}
