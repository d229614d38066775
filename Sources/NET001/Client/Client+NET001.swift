public import SwitchboardClient
public import SwitchboardWire

/// Methods for the messages of NET-001.
extension Client {
    /// Sends PING, and returns the time until PONG arrived.
    ///
    /// - Throws: What `Client.request(_:)` throws, or a ``NET001/WrongTimestamp``.
    public func ping() async throws -> Duration {
        let start = ContinuousClock.now
        let timestamp = nanoseconds(from: clockStart, to: start)
        let reply = try await request(NET001.Ping(timestamp: timestamp))
        let latency = start.duration(to: .now)
        guard reply.timestamp == timestamp else { throw NET001.WrongTimestamp() }
        return latency
    }

    /// Sends ECHO, and returns the bytes of the reply.
    ///
    /// - Throws: What `Client.request(_:)` throws.
    public func echo(_ data: Bytes) async throws -> Bytes {
        try await request(NET001.Echo(data: data)).data
    }

    /// Sends BROADCAST: the server forwards `message` to all other clients.
    ///
    /// - Throws: What `Client.send(_:)` throws.
    public func broadcast(_ message: Bytes) async throws {
        try await send(NET001.Broadcast(message: message))
    }

    /// Sends DATA.
    ///
    /// - Throws: What `Client.send(_:)` throws.
    public func sendData(_ data: Bytes) async throws {
        try await send(NET001.Data(data: data))
    }

    /// Sends AUTH, and returns the session ID.
    ///
    /// - Parameters:
    ///   - username: At most 255 bytes of UTF-8.
    ///   - token: The secret of the user.
    /// - Returns: The session ID; `nil` when the server rejects the credentials.
    /// - Throws: What `Client.request(_:)` throws.
    public func authenticate(username: String, token: String) async throws -> String? {
        let reply = try await request(NET001.Auth(username: username, token: token))
        return reply.success ? reply.sessionID : nil
    }
}

extension NET001 {
    /// The server answered PING with another timestamp.
    public struct WrongTimestamp: Swift.Error, CustomStringConvertible {
        /// The error in one line.
        public var description: String { "the server answered PING with another timestamp" }
    }
}

/// The zero point of the timestamps in PING.
private let clockStart = ContinuousClock.now

private func nanoseconds(from start: ContinuousClock.Instant, to end: ContinuousClock.Instant) -> UInt64 {
    let (seconds, attoseconds) = start.duration(to: end).components
    return UInt64(clamping: seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000)
}
