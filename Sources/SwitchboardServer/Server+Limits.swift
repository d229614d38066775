internal import SwitchboardTransport
internal import Synchronization

extension Server {
    /// Changes limits of the server while it runs.
    ///
    /// These limits of `configuration` take effect; all others keep their values:
    ///
    /// - ``ServerConfiguration/maximumConnections`` and ``ServerConfiguration/maximumConnectionsPerAddress``, for later connections:
    ///   open connections above a lower limit stay. The process may have no more connections than descriptors, whose limit a program
    ///   raises with `DescriptorLimit.raise(to:)`.
    /// - ``ServerConfiguration/rateLimit``, ``ServerConfiguration/globalRateLimit`` and
    ///   ``ServerConfiguration/maximumChecksumFaultsInARow``, for all connections.
    /// - ``ServerConfiguration/authenticationTimeout`` and ``ServerConfiguration/maximumUnauthenticatedPayload``, for all peers
    ///   that are not authenticated yet; a timeout of these peers starts again.
    /// - ``ServerConfiguration/idleTimeout``, for later connections.
    /// - ``ServerConfiguration/frameTimeout``, for later frames.
    /// - ``ServerConfiguration/drainTimeout``, for a shutdown that has not begun.
    ///
    /// The method may be called on any thread, also before the server runs. It changes limits of a running server without waiting for
    /// its event loops, each of which uses the limits from its next iteration on.
    ///
    /// - Parameter configuration: A configuration with the limits.
    /// - Throws: A ``ConfigurationError`` when a value is not allowed; then nothing changes.
    public func updateLimits(_ configuration: ServerConfiguration) throws(ConfigurationError) {
        try core.updateLimits(configuration)
        if workers != nil { DescriptorLimit.makeRoom(for: self.configuration.neededDescriptors) }
        reportReadiness()
        workers?.updateLimits()
    }
}

extension ServerCore {
    /// Changes the limits that are not those of an event loop.
    func updateLimits(_ configuration: ServerConfiguration) throws(ConfigurationError) {
        // Under the lock, so that all limits are those of one call.
        try current.withLock { (current) throws(ConfigurationError) in
            let merged = current.withLimits(of: configuration)
            try merged.validate()
            current = merged
            slots.update(
                limit: merged.affordableConnections,
                limitPerAddress: merged.maximumConnectionsPerAddress
            )
            rates.update(perConnection: merged.rateLimit, shared: merged.globalRateLimit)
        }
    }
}

extension WorkerGroup {
    /// Gives every event loop the limits of the current configuration.
    func updateLimits() {
        forEach { $0.updateLimits() }
    }
}

extension ServerConfiguration {
    /// A limit that ``Server/updateLimits(_:)`` changes.
    private struct ChangeableLimit: Sendable {
        let path: any PartialKeyPath<ServerConfiguration> & Sendable
        let copy: @Sendable (ServerConfiguration, inout ServerConfiguration) -> Void

        init<Value>(_ path: any WritableKeyPath<ServerConfiguration, Value> & Sendable) {
            self.path = path
            copy = { $1[keyPath: path] = $0[keyPath: path] }
        }
    }

    private static let changeableLimits = [
        ChangeableLimit(\.maximumConnections),
        ChangeableLimit(\.maximumConnectionsPerAddress),
        ChangeableLimit(\.rateLimit),
        ChangeableLimit(\.globalRateLimit),
        ChangeableLimit(\.maximumChecksumFaultsInARow),
        ChangeableLimit(\.authenticationTimeout),
        ChangeableLimit(\.maximumUnauthenticatedPayload),
        ChangeableLimit(\.idleTimeout),
        ChangeableLimit(\.frameTimeout),
        ChangeableLimit(\.drainTimeout),
    ]

    /// Returns whether ``Server/updateLimits(_:)`` changes a property.
    package static func isChangeable(_ path: PartialKeyPath<ServerConfiguration>) -> Bool {
        changeableLimits.contains { $0.path == path }
    }

    /// Returns this configuration with the limits of `other` that a running server changes.
    fileprivate func withLimits(of other: ServerConfiguration) -> ServerConfiguration {
        var result = self
        for limit in Self.changeableLimits { limit.copy(other, &result) }
        return result
    }
}
