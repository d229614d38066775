/// Which run of which server a connection leads to.
package struct ServerRun {
    private var hasConnected = false
    private var identifier: String?

    /// No connection yet.
    package init() {}

    /// Takes note of a new connection.
    ///
    /// - Parameter identifier: The server's `run_id`, or `nil` when the server does not tell.
    /// - Returns: Whether the server may be another than before, or may have been restarted: it may lack entries then. The
    ///   first one is none other.
    package mutating func connect(to identifier: String?) -> Bool {
        defer {
            hasConnected = true
            self.identifier = identifier
        }
        return hasConnected && (identifier == nil || identifier != self.identifier)
    }
}
