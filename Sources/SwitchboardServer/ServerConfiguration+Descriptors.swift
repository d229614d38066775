extension ServerConfiguration {
    /// What the rest of a program, its logs and its endpoints may have open.
    private static let otherDescriptors = 64

    /// What an event loop has open beside its connections.
    private static let descriptorsPerLoop = 4

    /// How many descriptors the process needs to carry ``maximumConnections``.
    public var neededDescriptors: Int {
        let loops = (eventLoops + 1).multipliedReportingOverflow(by: Self.descriptorsPerLoop).partialValue
        let (sum, overflows) = maximumConnections.addingReportingOverflow(loops + Self.otherDescriptors)
        return overflows ? .max : sum
    }
}
