import ArgumentParser

/// A time on the command line, in seconds: `10`, `0.5`.
struct Seconds: ExpressibleByArgument {
    /// The longest that is taken: a year.
    private static let maximum = 31_536_000.0

    let duration: Duration

    init?(argument: String) {
        guard let seconds = Double(argument), seconds >= 0, seconds <= Self.maximum else { return nil }
        duration = .seconds(seconds)
    }
}
