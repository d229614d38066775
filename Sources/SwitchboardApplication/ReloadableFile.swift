/// A file, or several, that a program reads again on SIGHUP: see ``ServerApplication/run(_:credentials:services:reloading:whenListening:)``.
public struct ReloadableFile: Sendable {
    /// What the files have, for the log: `certificates`.
    let name: String
    /// The option that names the file, for the log.
    let option: String
    /// Reads the file again, and keeps the previous version when that fails; `nil` when there is no such file.
    let reload: (@Sendable () throws -> Void)?

    /// A file that is read again on SIGHUP.
    ///
    /// - Parameters:
    ///   - name: What the file has, for the log: `prices`.
    ///   - option: The option that names the file, for the log: `--prices`.
    ///   - reload: Reads the file. When it throws, the program logs the error, and uses the previous version; `nil` when the program
    ///     was started without the file.
    public init(_ name: String, option: String, reload: (@Sendable () throws -> Void)?) {
        self.name = name
        self.option = option
        self.reload = reload
    }
}
