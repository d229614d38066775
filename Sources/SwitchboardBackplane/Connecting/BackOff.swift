/// The wait before the next attempt to connect to an engine.
///
/// The wait doubles with each attempt. A random part is subtracted, so that servers do not all connect at the same moment.
package struct BackOff {
    /// The longest wait before the second attempt.
    package static let initialDelay = Duration.milliseconds(50)

    /// The longest wait before any attempt.
    package static let maximumDelay = Duration.seconds(2)

    private var next = initialDelay

    /// The state before the first failed attempt.
    package init() {}

    /// The next wait: between half of the limit and the limit.
    package mutating func delay() -> Duration {
        defer { next = min(next * 2, Self.maximumDelay) }
        return next * Double.random(in: 0.5...1)
    }
}
