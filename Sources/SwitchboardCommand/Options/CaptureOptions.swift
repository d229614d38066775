internal import ArgumentParser

/// The connections of a capture that a verb reads.
struct CaptureOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: .init("The TCP port of the server, to select connections of a capture.", valueName: "PORT")
    )
    var port: Int?

    func validate() throws {
        if let port, !(1...65_535).contains(port) { throw ValidationError("--port must be from 1 to 65535") }
    }
}
