import Switchboard

extension ServerConfiguration {
    /// The limits of the connections of a broker.
    static func mqtt(host: String, port: Int) -> ServerConfiguration {
        var configuration = ServerConfiguration(host: host, port: port)
        // A client is authenticated by its Connect, which it must send within this time, and which is much smaller than a Publish
        // may be.
        configuration.requiresAuthentication = true
        configuration.authenticationTimeout = .seconds(10)
        configuration.maximumUnauthenticatedPayload = 128 * 1024
        // The Connect of a client sets the timeout of its connection.
        configuration.idleTimeout = .zero
        configuration.closesOnMalformedPayload = true
        // Above a rate, the server drops messages, and the client gets no acknowledgement of a dropped message with QoS 1.
        configuration.rateLimit = 0
        configuration.globalRateLimit = 0
        return configuration
    }
}
