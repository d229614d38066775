internal import SwitchboardSpec

/// The error for a file that cannot be read or written.
package struct FileError: Error, CustomStringConvertible {
    /// The problem, with the path and the reason, in one line.
    package let description: String

    /// An error with `description`, in which characters that could control a terminal are escaped.
    package init(_ description: String) {
        self.description = description.visible
    }
}
