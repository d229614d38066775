internal import ArgumentParser
internal import SwitchboardFiles
internal import SwitchboardTLS

/// How a verb serves its clients with TLS.
struct ListenTLSOptions: ParsableArguments {
    @Option(
        help: .init("Certificate chain with which to serve clients over TLS, PEM file.", valueName: "FILE"),
        completion: .file()
    )
    var listenCert: String?

    @Option(help: .init("Private key of that certificate, PEM file.", valueName: "FILE"), completion: .file())
    var listenKey: String?

    @Option(
        help: .init(
            "CA certificates, PEM file. Clients must present a certificate from one of these CAs.",
            valueName: "FILE"
        ),
        completion: .file()
    )
    var listenClientCa: String?

    func validate() throws {
        if (listenCert == nil) != (listenKey == nil) {
            throw ValidationError("--listen-cert and --listen-key require each other")
        }
        if listenClientCa != nil, listenCert == nil {
            throw ValidationError("--listen-client-ca requires --listen-cert and --listen-key")
        }
    }

    /// Returns the settings of the connections; `nil` without TLS.
    ///
    /// - Throws: A `FileError` when a file cannot be read.
    func configuration() throws(FileError) -> ServerTLSConfiguration? {
        guard let listenCert, let listenKey else { return nil }
        for case let path? in [listenCert, listenKey, listenClientCa] { try FileInput.check(path) }
        return ServerTLSConfiguration(
            certificateChainPath: listenCert,
            privateKeyPath: listenKey,
            clientAuthoritiesPath: listenClientCa
        )
    }
}
