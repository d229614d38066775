/// The run of the server to which a connection leads.
package struct ServerRun {
    private var hasConnected = false
    private var identifier: String?

    /// No connection yet.
    package init() {}

    /// Notes a new connection.
    ///
    /// - Parameter identifier: The server's `run_id`; `nil` when the server does not report it.
    /// - Returns: Whether the server may be another one than before, or may have been restarted, so that it may lack entries; `false`
    ///   for the first connection.
    package mutating func connect(to identifier: String?) -> Bool {
        defer {
            hasConnected = true
            self.identifier = identifier
        }
        return hasConnected && (identifier == nil || identifier != self.identifier)
    }
}
