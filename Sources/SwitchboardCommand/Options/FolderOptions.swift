internal import ArgumentParser
internal import SwitchboardFiles

/// The folder that a verb writes its files to.
struct FolderOptions: ParsableArguments {
    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: .init("The folder to write to; it is created if it does not exist.", valueName: "FOLDER"),
        completion: .directory
    )
    var output = "."

    func validate() throws {
        // The files would go to the root of the file system.
        if output.isEmpty { throw ValidationError("--output must be the path of a folder, and is empty") }
    }

    /// Writes `files`, and prints the path of each.
    ///
    /// A file whose content is up to date is not written.
    ///
    /// - Parameter inputs: Files that must not be overwritten.
    /// - Throws: A `FileError` when a file cannot be written, or would overwrite an input.
    func write(_ files: [OutputFile], inputs: [String]) throws {
        try OutputFolder(output).write(files, inputs: inputs)
        for file in files { try StandardOutput.write("\(output)/\(file.path)") }
    }
}
