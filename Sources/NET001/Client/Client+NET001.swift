public import SwitchboardClient
public import SwitchboardWire

/// The requests of NET-001, in short.
extension Client {
    /// Sends PING, and waits for PONG.
    ///
    /// - Returns: How long that took.
    /// - Throws: What `Client.request(_:)` throws, or a ``NET001/WrongTimestamp``.
    public func ping() async throws -> Duration {
        let start = ContinuousClock.now
        let timestamp = nanoseconds(from: clockStart, to: start)
        let reply = try await request(NET001.Ping(timestamp: timestamp))
        let latency = start.duration(to: .now)
        guard reply.timestamp == timestamp else { throw NET001.WrongTimestamp() }
        return latency
    }

    /// Sends ECHO, and waits for the bytes to come back.
    ///
    /// - Throws: What `Client.request(_:)` throws.
    public func echo(_ data: Bytes) async throws -> Bytes {
        try await request(NET001.Echo(data: data)).data
    }

    /// Sends BROADCAST: the server passes `message` on to all other clients.
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

    /// Sends AUTH, and waits for the answer.
    ///
    /// - Parameters:
    ///   - username: At most 255 bytes of UTF-8.
    ///   - token: What proves that the client may use this name.
    /// - Returns: The ID of the session, or `nil` when the server refused.
    /// - Throws: What `Client.request(_:)` throws.
    public func authenticate(username: String, token: String) async throws -> String? {
        let reply = try await request(NET001.Auth(username: username, token: token))
        return reply.success ? reply.sessionID : nil
    }
}

extension NET001 {
    /// The server answered PING with another timestamp than it was sent.
    public struct WrongTimestamp: Swift.Error, CustomStringConvertible {
        /// One line that says so.
        public var description: String { "the server answered PING with another timestamp" }
    }
}

/// The clock of PING counts from here.
private let clockStart = ContinuousClock.now

private func nanoseconds(from start: ContinuousClock.Instant, to end: ContinuousClock.Instant) -> UInt64 {
    let (seconds, attoseconds) = start.duration(to: end).components
    return UInt64(clamping: seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000)
}
