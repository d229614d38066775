import Switchboard

/// What a device counts on a line: each connection is a line of its own.
public struct Line: Sendable {
    /// The events in the log of a line: a byte each.
    private enum Event {
        static let restart: UInt8 = 0x00
        static let listenOnly: UInt8 = 0x04
        static let received: UInt8 = 0x80
        static let receivedBroadcast: UInt8 = 0xC0
        static let sent: UInt8 = 0x40
        static let sentException: UInt8 = 0x41
    }

    /// The messages on the line, for this device or not.
    public private(set) var busMessages: UInt16 = 0
    /// The messages for this device.
    public private(set) var deviceMessages: UInt16 = 0
    /// The messages that the device has refused.
    public private(set) var exceptions: UInt16 = 0
    /// The messages to which the device has sent nothing.
    public private(set) var unanswered: UInt16 = 0
    /// The messages that the device has carried out, without those of the functions that read this number.
    public private(set) var completed: UInt16 = 0
    /// The last events, the newest first.
    public private(set) var events: [UInt8] = []
    /// Whether the device neither carries out nor answers messages, until a message restarts the line.
    public private(set) var isListenOnly = false

    /// A line without messages.
    public init() {}

    /// A message has arrived.
    public mutating func received(isForDevice: Bool, isBroadcast: Bool) {
        busMessages &+= 1
        guard isForDevice else { return }
        deviceMessages &+= 1
        add(isBroadcast ? Event.receivedBroadcast : Event.received)
    }

    /// The device has refused a message.
    public mutating func refused() {
        exceptions &+= 1
        add(Event.sentException)
    }

    /// The device has carried out a message.
    public mutating func carriedOut(isCounted: Bool) {
        if isCounted { completed &+= 1 }
        add(Event.sent)
    }

    /// The device sends nothing in reply to a message.
    public mutating func remainedSilent() { unanswered &+= 1 }

    /// From now on, the device only listens.
    public mutating func listenOnly() {
        isListenOnly = true
        add(Event.listenOnly)
    }

    /// Sets the counters to 0, and lets the device answer again.
    ///
    /// - Parameter clearsLog: Whether the events are removed, too.
    public mutating func restart(clearsLog: Bool) {
        let log = clearsLog ? [] : events
        self = Line()
        events = log
        add(Event.restart)
    }

    /// Sets the counters to 0.
    public mutating func clearCounters() {
        let log = events
        self = Line()
        events = log
    }

    private mutating func add(_ event: UInt8) {
        events = [event] + events.prefix(DeviceLimits.events - 1)
    }
}

extension Line {
    /// The key of the line in the session of a connection.
    public enum Key: SessionKey {
        /// The line.
        public typealias Value = Line
    }
}
