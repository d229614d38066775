internal import ArgumentParser

/// A host and a port to listen at: `localhost:6001`, `[::1]:0`; port 0 stands for a free port.
struct ListeningAddress {
    let host: String
    let port: Int

    /// Returns the address that the value of an option says.
    ///
    /// - Throws: A `ValidationError` that explains the form.
    static func value(_ text: String) throws -> ListeningAddress {
        guard let (host, port) = ServerAddress.parts(of: text), 0...65_535 ~= port else {
            throw ServerAddress.problem(in: text, lowestPort: 0)
        }
        return ListeningAddress(host: host, port: port)
    }
}

/// The address that a verb listens at, and how it prints what passes.
struct ListenOptions: ParsableArguments {
    @Option(
        help: .init(
            "The address to listen at; port 0 stands for a free port, which is printed.",
            valueName: "HOST:PORT"
        ),
        transform: ListeningAddress.value
    )
    var listen: ListeningAddress

    @Flag(help: "Print JSON objects, each on a line of its own.")
    var json = false

    @Flag(help: "Print no frames.")
    var quiet = false

    @Flag(help: "Show the values of fields with `secret`.")
    var showSecrets = false

    func validate() throws {
        if quiet, json || showSecrets {
            throw ValidationError("--quiet prints no frames: remove --json and --show-secrets")
        }
    }
}
