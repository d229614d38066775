public import SwitchboardWire

extension NET001 {
    /// PING, which is allowed before AUTH, too.
    public static var heartbeat: (any Request)? { Ping(timestamp: 0) }
}
