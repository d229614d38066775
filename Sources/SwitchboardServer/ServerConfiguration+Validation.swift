internal import SwitchboardTLS

/// A value that makes no sense in a server's configuration.
public struct ConfigurationError: Error, Hashable, CustomStringConvertible {
    /// The name of the property.
    public let property: String

    /// What it must be.
    public let requirement: String

    /// One line that says what is wrong.
    public var description: String { "\(property) must be \(requirement)" }
}

extension ServerConfiguration {
    /// The most event loops that a server may have.
    public static let maximumEventLoops = 1024

    /// The highest that ``maximumChecksumFaultsInARow`` may be.
    public static let maximumChecksumFaultLimit = 10_000

    /// The highest that ``maximumConcurrentHandlers`` may be.
    public static let maximumConcurrentHandlerLimit = 65_535

    /// Checks that every value makes sense.
    ///
    /// - Throws: A ``ConfigurationError`` that names the first that does not.
    public func validate() throws(ConfigurationError) {
        try check(!host.isEmpty, "host", "an address or a name")
        try check((0...65_535).contains(port), "port", "between 0 and 65535")
        try check(unixSocketPath?.isEmpty != true, "unixSocketPath", "a path")
        try check(unixSocketMode <= 0o777, "unixSocketMode", "between 0 and 0777")
        let loops = 1...Self.maximumEventLoops
        try check(loops.contains(eventLoops), "eventLoops", "between 1 and \(Self.maximumEventLoops)")
        try check(maximumConnections >= 1, "maximumConnections", "at least 1")
        try check((1...65_535).contains(backlog), "backlog", "between 1 and 65535")
        try check(maximumConnectionsPerAddress >= 0, "maximumConnectionsPerAddress", "at least 0")
        let rates = 0...MessageRate.maximum
        try check(rates.contains(rateLimit), "rateLimit", "between 0 and \(MessageRate.maximum)")
        try check(rates.contains(globalRateLimit), "globalRateLimit", "between 0 and \(MessageRate.maximum)")
        let handshakeTimeout = tls?.handshakeTimeout ?? .seconds(1)
        try check(handshakeTimeout > .zero, "tls.handshakeTimeout", "longer than 0 s")
        try check(authenticationTimeout >= .zero, "authenticationTimeout", "0 s or longer")
        try check(maximumUnauthenticatedPayload >= 0, "maximumUnauthenticatedPayload", "at least 0")
        try check(idleTimeout >= .zero, "idleTimeout", "0 s or longer")
        try check(frameTimeout >= .zero, "frameTimeout", "0 s or longer")
        let faults = 0...Self.maximumChecksumFaultLimit
        try check(
            faults.contains(maximumChecksumFaultsInARow),
            "maximumChecksumFaultsInARow",
            "between 0 and \(Self.maximumChecksumFaultLimit)"
        )
        try check(
            (1...Self.maximumConcurrentHandlerLimit).contains(maximumConcurrentHandlers),
            "maximumConcurrentHandlers",
            "between 1 and \(Self.maximumConcurrentHandlerLimit)"
        )
        try check(outputHighWaterMark >= 1, "outputHighWaterMark", "at least 1")
        try check(
            maximumPendingOutput >= outputHighWaterMark,
            "maximumPendingOutput",
            "at least outputHighWaterMark (\(outputHighWaterMark))"
        )
        try check(writeTimeout > .zero, "writeTimeout", "longer than 0 s")
        try check(drainTimeout >= .zero, "drainTimeout", "0 s or longer")
    }

    private func check(_ holds: Bool, _ property: String, _ requirement: String) throws(ConfigurationError) {
        if !holds { throw ConfigurationError(property: property, requirement: requirement) }
    }
}
