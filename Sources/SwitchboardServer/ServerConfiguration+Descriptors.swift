internal import SwitchboardTransport

extension ServerConfiguration {
    /// What the rest of a program, its logs and its endpoints may have open, and those who are being told that there is no
    /// place for them.
    private static let otherDescriptors = 64

    /// What an event loop has open beside its connections.
    private static let descriptorsPerLoop = 4

    /// How many descriptors the process needs to carry ``maximumConnections``.
    public var neededDescriptors: Int {
        let (sum, overflows) = maximumConnections.addingReportingOverflow(reservedDescriptors)
        return overflows ? .max : sum
    }

    private var reservedDescriptors: Int {
        min(max(eventLoops, 1), Self.maximumEventLoops) * Self.descriptorsPerLoop + Self.otherDescriptors
    }

    /// How many connections the process can carry, up to ``maximumConnections``: the last descriptors are held back for
    /// everything else that it has to do.
    var affordableConnections: Int {
        min(maximumConnections, max(DescriptorLimit.current - reservedDescriptors, 1))
    }
}
