internal import CLinux

extension PollEvents {
    /// There may be input, or a connection to accept.
    static let readable = PollEvents(rawValue: UInt32(linux_event_readable))
    /// The peer has marked a place in its output as urgent: a read ends there, whatever follows.
    static let urgent = PollEvents(rawValue: UInt32(linux_event_urgent))
    /// There is room for output.
    static let writable = PollEvents(rawValue: UInt32(linux_event_writable))
    /// The peer will send no more, or the connection is gone.
    static let ended = PollEvents(rawValue: UInt32(linux_event_ended))
    /// There is an error to take from the descriptor.
    static let failed = PollEvents(rawValue: UInt32(linux_event_failed))
}
