public import SwitchboardRouter

// Other peers, for code outside handlers. Any thread and any task may call these methods. While the server does not run, there are no
// peers: the methods then do nothing.

extension Server {
    /// The identity of this server: a random number, which no other server has.
    public var id: ServerID { core.serverID }

    /// Sends a message to the connections of a destination.
    ///
    /// What one thread or task sends arrives at each receiver in the order in which it was sent. A destination without connections is
    /// no error.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - destination: A user, a session, a connection, a room, or all connections.
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    public func send(_ message: some Message, to destination: Destination) throws(PayloadError) {
        let frame = try core.encoder.encode(message)
        workers?.send(frame, of: type(of: message).code, to: destination)
    }

    /// Sends a message to every peer: ``send(_:to:)`` with `Destination.all`.
    ///
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    public func broadcast(_ message: some Message) throws(PayloadError) {
        try send(message, to: .all)
    }

    /// Every connected peer, of all servers that a backplane over Redis joins.
    public var peers: Peers { peers(of: .all) }

    /// Returns the peers of a destination.
    ///
    /// If the engine of the backplane has a store, as Redis has, these are the peers of all servers, except for `.connection`.
    public func peers(of destination: Destination) -> Peers {
        workers?.peers(of: destination) ?? Peers([])
    }

    /// Disconnects the connections of a destination.
    ///
    /// Each peer receives what was sent to it before, then the error message. The server then closes the connection, and cancels its
    /// suspended handlers.
    ///
    /// - Parameters:
    ///   - destination: The connections to close.
    ///   - error: The last message to their peers.
    /// - Throws: A `PayloadError` when a value does not fit the layout of the error message.
    public func disconnect(_ destination: Destination, because error: some ErrorMessage) throws(PayloadError) {
        let frame = try core.encoder.encode(error)
        workers?.disconnect(destination, last: (type(of: error).code, frame))
    }

    /// Disconnects the connections of a destination, without a last message.
    public func disconnect(_ destination: Destination) {
        workers?.disconnect(destination, last: nil)
    }

    /// Disconnects the connections of a destination on this server, without a last message, and returns their number.
    ///
    /// The method takes at most ``observationTimeout``. An event loop that is busy for longer disconnects its connections later;
    /// they are not in the number.
    package func close(_ destination: Destination) async -> Int {
        await ask { $0.close(destination) }.reduce(0, +)
    }
}
