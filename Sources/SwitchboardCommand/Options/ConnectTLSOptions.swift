internal import ArgumentParser
internal import SwitchboardFiles
internal import SwitchboardTLS
internal import SwitchboardTransport
internal import SwitchboardVocabulary

/// How a verb connects to a server with TLS.
struct ConnectTLSOptions: ParsableArguments {
    @Flag(help: "Connect to the server with TLS.")
    var tls = false

    @Option(
        help: .init("CA certificates to trust, PEM file, in place of those of the system.", valueName: "FILE"),
        completion: .file()
    )
    var ca: String?

    @Option(
        help: .init("The name that the server's certificate must have, in place of the host.", valueName: "NAME")
    )
    var serverName: String?

    @Option(
        help: .init("Certificate of the client for servers that require one, PEM file.", valueName: "FILE"),
        completion: .file()
    )
    var cert: String?

    @Option(
        help: .init("Private key of the client's certificate, PEM file.", valueName: "FILE"),
        completion: .file()
    )
    var key: String?

    @Flag(help: "Skip certificate verification (testing only).")
    var insecure = false

    func validate() throws {
        let texts = [("--ca", ca), ("--server-name", serverName), ("--cert", cert), ("--key", key)]
        let given = texts.filter { $0.1 != nil }.map(\.0) + (insecure ? ["--insecure"] : [])
        if !tls, !given.isEmpty {
            throw ValidationError("\(given.joined(separator: ", ")): these options require --tls")
        }
        if (cert == nil) != (key == nil) { throw ValidationError("--cert and --key require each other") }
        if let serverName, (try? HostName(serverName)) == nil {
            throw ValidationError("--server-name \(serverName.visible) is neither a host name nor an address")
        }
    }

    /// Returns the settings of the connection; `nil` without TLS.
    ///
    /// - Throws: A `FileError` when a file cannot be read.
    func configuration() throws(FileError) -> ClientTLSConfiguration? {
        guard tls else { return nil }
        for case let path? in [ca, cert, key] { try FileInput.check(path) }
        var configuration = ClientTLSConfiguration(authoritiesPath: ca)
        configuration.serverName = serverName
        configuration.certificateChainPath = cert
        configuration.privateKeyPath = key
        if insecure { configuration.verification = .insecureNone }
        return configuration
    }
}
