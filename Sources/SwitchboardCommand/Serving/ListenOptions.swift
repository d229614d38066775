internal import ArgumentParser

/// A host and a port to listen at: `localhost:6001`, `[::1]:0`; port 0 stands for a free port.
struct ListeningAddress: ExpressibleByArgument {
    let host: String
    let port: Int

    init?(argument: String) {
        guard let (host, port) = ServerAddress.parts(of: argument), 0...65_535 ~= port else { return nil }
        (self.host, self.port) = (host, port)
    }
}

/// The address that a verb listens at, and how it prints what passes.
struct ListenOptions: ParsableArguments {
    @Option(
        help: .init(
            "The address to listen at; port 0 stands for a free port, which is printed.",
            valueName: "HOST:PORT"
        )
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
