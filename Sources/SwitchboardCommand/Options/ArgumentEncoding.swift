internal import ArgumentParser

/// The check that the command line is UTF-8.
///
/// Swift replaces other bytes in arguments, so that a verb would encode another text than the user gave.
enum ArgumentEncoding {
    /// - Throws: A `ValidationError` when an argument is not UTF-8.
    static func check() throws {
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let argument = unsafe CommandLine.unsafeArgv[index] else { return }
            guard unsafe String(validatingCString: argument) == nil else { continue }
            let text = CommandLine.arguments[index]
            throw ValidationError("the argument \(text) is not UTF-8: write bytes as 0xff00, or as @FILE")
        }
    }
}
