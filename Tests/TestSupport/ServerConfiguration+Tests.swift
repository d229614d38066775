package import SwitchboardServer

extension ServerConfiguration {
    /// Removes the rate limits, and the time limits that a test exceeds when it is slow on a busy machine.
    package mutating func removeLimits() {
        rateLimit = 0
        globalRateLimit = 0
        authenticationTimeout = .zero
        idleTimeout = .zero
        frameTimeout = .zero
        writeTimeout = .seconds(Patience.seconds)
    }
}
