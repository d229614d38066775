/// Something with a descriptor that an event loop watches.
protocol Pollable: AnyObject {
    /// Whether it stands in the loop's list of those that want a turn. The loop's to change.
    var awaitsTurn: Bool { get set }

    /// The descriptor has become ready.
    func becameReady(_ events: PollEvents)

    /// It asked for a turn, and this is it.
    func takeTurn()

    /// The loop stops: closes at once.
    func loopStops()
}

/// What may happen to a descriptor.
struct PollEvents: OptionSet {
    let rawValue: UInt32
}
