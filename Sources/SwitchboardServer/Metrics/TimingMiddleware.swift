internal import CoreMetrics
public import SwitchboardRouter
internal import Synchronization

/// Middleware that reports the duration of each handler call to swift-metrics.
///
/// ```swift
/// router.use(.timing())
/// ```
///
/// The timer has the dimensions `message` (the name of the message) and `outcome` (`ok`, or `error` if the handler or inner middleware
/// has thrown). The duration includes the time that the handler was suspended.
///
/// Without this middleware, the server already reports samples of successful calls: see ``ServerMetric/handlerDuration``. The middleware
/// reports every call, also those that throw.
public final class TimingMiddleware: Middleware {
    /// The name of the timer.
    public let label: String

    private struct Series: Hashable {
        let message: String
        let hasFailed: Bool
    }

    private let factoryAtStart = MetricsSystem.factory
    private let timers = Mutex<[Series: Timer]>([:])

    /// Middleware that reports to the metrics backend of the program.
    ///
    /// The program may bootstrap the backend later, but before the first message, as `ServerApplication` does.
    ///
    /// - Parameter label: See ``label``.
    public init(label: String = "switchboard_message_duration_seconds") {
        self.label = label
    }

    /// Calls `next`, and reports its duration.
    public func intercept<Input: Message, Output: Sendable>(
        _ message: Input,
        context: Context,
        next: Next<Input, Output>
    ) async throws -> Output {
        let start = ContinuousClock.now
        do {
            let output = try await next(message, context: context)
            report(start.duration(to: .now), of: Series(message: Input.name, hasFailed: false))
            return output
        } catch {
            report(start.duration(to: .now), of: Series(message: Input.name, hasFailed: true))
            throw error
        }
    }

    /// The backend at the initialization or, if the program had none yet, the current one.
    private var factory: any MetricsFactory {
        factoryAtStart is NOOPMetricsHandler ? MetricsSystem.factory : factoryAtStart
    }

    private func report(_ duration: Duration, of series: Series) {
        let timer = timers.withLock { timers in
            if let known = timers[series] { return known }
            let outcome = series.hasFailed ? "error" : "ok"
            let timer = Timer(
                label: label,
                dimensions: [("message", series.message), ("outcome", outcome)],
                factory: factory
            )
            timers[series] = timer
            return timer
        }
        let (seconds, attoseconds) = duration.components
        timer.recordNanoseconds(seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000)
    }
}

extension Middleware where Self == TimingMiddleware {
    /// Middleware that reports the duration of each handler call to swift-metrics.
    ///
    /// - Parameter label: The name of the timer.
    public static func timing(label: String = "switchboard_message_duration_seconds") -> TimingMiddleware {
        TimingMiddleware(label: label)
    }
}
