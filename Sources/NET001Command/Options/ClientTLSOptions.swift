import ArgumentParser
import Switchboard

/// Whether, and how, a client speaks TLS.
struct ClientTLSOptions: ParsableArguments {
    @Flag(help: "Speak TLS. (environment: TLS)")
    var tls = false

    @Option(help: "A file with the authorities to believe, in PEM; without it, those of the system. (environment: CA)")
    var ca: String?

    @Option(help: "A file with a certificate for servers that want one, in PEM. (environment: CERT)")
    var cert: String?

    @Option(help: "A file with its private key, in PEM. (environment: KEY)")
    var key: String?

    @Flag(help: "Believe any server: anybody on the way can read and change what is sent.")
    var insecure = false

    func resolve() throws -> ClientTLSConfiguration? {
        let isGiven = ca != nil || cert != nil || key != nil || insecure
        guard try tls || EnvironmentVariable.flag("TLS") else {
            if !isGiven { return nil }
            throw ValidationError("--ca, --cert, --key and --insecure are for --tls (TLS): add it, or leave them out.")
        }
        var configuration = ClientTLSConfiguration(authoritiesPath: try ca ?? EnvironmentVariable.value("CA"))
        configuration.certificateChainPath = try cert ?? EnvironmentVariable.value("CERT")
        configuration.privateKeyPath = try key ?? EnvironmentVariable.value("KEY")
        if insecure { configuration.verification = .insecureNone }
        return configuration
    }
}
