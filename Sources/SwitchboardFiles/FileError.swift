/// The error for a file that cannot be read or written.
package struct FileError: Error, CustomStringConvertible {
    /// The problem, with the path and the reason.
    package let description: String

    /// An error with `description`.
    package init(_ description: String) {
        self.description = description
    }
}
