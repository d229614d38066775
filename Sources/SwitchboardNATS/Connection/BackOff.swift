#if NATS
/// How long to wait before the next attempt to connect: twice as long each time, and a random part less, so that servers do not all
/// come back at the same moment.
struct BackOff {
    /// The wait before the second attempt, at most.
    private static let initialDelay = Duration.milliseconds(50)

    /// The wait before any attempt, at most.
    private static let maximumDelay = Duration.seconds(2)

    private var next = initialDelay

    /// The next wait: between half of the limit and the limit.
    mutating func delay() -> Duration {
        defer { next = min(next * 2, Self.maximumDelay) }
        return next * Double.random(in: 0.5...1)
    }
}
#endif
