import Switchboard

extension ServerConfiguration {
    /// The address and the limits of this server.
    static var relay: ServerConfiguration {
        var configuration = ServerConfiguration(host: "0.0.0.0", port: 5000, maximumConnections: 10_000)
        configuration.maximumConnectionsPerAddress = 100
        configuration.rateLimit = 500
        configuration.globalRateLimit = 100_000
        configuration.idleTimeout = .seconds(120)
        configuration.maximumPendingOutput = 1 << 20
        configuration.drainTimeout = .seconds(25)
        configuration.tls = ServerTLSConfiguration(
            certificateChainPath: "/etc/relay/cert.pem",
            privateKeyPath: "/etc/relay/key.pem"
        )
        configuration.requiresAuthentication = true
        return configuration
    }
}
