/// The reason why a command failed, in one line.
///
/// A command ends with status 1 then. For a file that cannot be read or written, there is ``FileError``.
package struct VerbFailure: Error, CustomStringConvertible {
    /// The reason.
    package let description: String

    /// A failure for the reason `description`.
    package init(_ description: String) {
        self.description = description
    }
}
