import ArgumentParser
import Switchboard

/// The options that all servers of this package have.
public struct ServingOptions: ParsableArguments {
    /// The address to listen on.
    @Option(help: "Address to listen on, or host name.")
    public var host = "127.0.0.1"

    /// The number of connections that may be open at once.
    @Option(help: "Number of connections that may be open at once, 1 or more; further connections are refused.")
    public var maxConnections = 1000

    /// The seconds without a message after which a connection is closed; 0 disables.
    @Option(help: "Seconds without a message after which a connection is closed, 0 to 86400; 0 disables.")
    public var idleTimeout = 0

    /// Options with their defaults.
    public init() {}

    /// Checks the timeout; the server checks the other options.
    public func validate() throws {
        guard (0...86_400).contains(idleTimeout) else { throw ValidationError("--idle-timeout must be 0 to 86400") }
    }

    /// Returns a configuration for a published protocol.
    public func configuration(port: Int) -> ServerConfiguration {
        var configuration = ServerConfiguration(host: host, port: port, maximumConnections: maxConnections)
        configuration.idleTimeout = .seconds(idleTimeout)
        // A client that gets no reply to a message would wait for it.
        configuration.closesOnMalformedPayload = true
        // Above a rate, the server would drop messages.
        configuration.rateLimit = 0
        configuration.globalRateLimit = 0
        return configuration
    }
}
