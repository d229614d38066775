package import SwitchboardServer

extension ServerConfiguration {
    /// Sets no limits of rates, and none of times that a test may reach on a busy machine only because it waits.
    package mutating func removeLimits() {
        rateLimit = 0
        globalRateLimit = 0
        authenticationTimeout = .zero
        idleTimeout = .zero
        frameTimeout = .zero
        writeTimeout = .seconds(Patience.seconds)
    }
}
