public import Logging

/// Middleware that logs each message when its handler has returned or thrown.
///
/// ```swift
/// router.use(.logging(level: .info))
/// ```
///
/// A line has the metadata `connection`, `message` (the name of the message) and `duration` (in milliseconds, with the time that the
/// handler was suspended). If the handler or inner middleware has thrown, the line has `error`, too.
public struct LoggingMiddleware: Middleware {
    /// The highest number of Unicode scalars of `fields` and of `error` in a line; the rest is replaced by `…`.
    public static let maximumTextLength = 500

    /// The level of the lines.
    public let level: Logger.Level

    /// Whether a line has the metadata `fields`: the values of the message, on one line.
    ///
    /// Fields with `secret: true` in the spec appear as `<secret>`.
    public let includesFields: Bool

    /// Middleware that logs messages.
    ///
    /// - Parameters:
    ///   - level: See ``level``.
    ///   - includesFields: See ``includesFields``.
    public init(level: Logger.Level = .debug, includesFields: Bool = false) {
        self.level = level
        self.includesFields = includesFields
    }

    /// Calls `next`, and logs the message; if the logger of the connection ignores the level, no text of the message is made.
    public func intercept<Input: Message, Output: Sendable>(
        _ message: Input,
        context: Context,
        next: Next<Input, Output>
    ) async throws -> Output {
        let logger = context.logger
        guard logger.logLevel <= level else { return try await next(message, context: context) }
        let start = ContinuousClock.now
        do {
            let output = try await next(message, context: context)
            log("message handled", message, nil, since: start, logger)
            return output
        } catch {
            log("message failed", message, error, since: start, logger)
            throw error
        }
    }

    private func log(
        _ event: Logger.Message,
        _ message: some Message,
        _ error: (any Error)?,
        since start: ContinuousClock.Instant,
        _ logger: Logger
    ) {
        var metadata: Logger.Metadata = [
            "message": "\(type(of: message).name)",
            "duration": "\(start.duration(to: .now).inMilliseconds)",
        ]
        if includesFields { metadata["fields"] = "\("\(message)".visible(maximumLength: Self.maximumTextLength))" }
        if let error { metadata["error"] = "\("\(error)".visible(maximumLength: Self.maximumTextLength))" }
        logger.log(level: level, event, metadata: metadata)
    }
}

extension Middleware where Self == LoggingMiddleware {
    /// Middleware that logs each message when its handler has returned or thrown.
    ///
    /// - Parameters:
    ///   - level: The level of the lines.
    ///   - includesFields: Whether a line has the values of the message, without those of secret fields.
    public static func logging(level: Logger.Level = .debug, includesFields: Bool = false) -> LoggingMiddleware {
        LoggingMiddleware(level: level, includesFields: includesFields)
    }
}

extension Duration {
    /// The duration in milliseconds with three decimals.
    fileprivate var inMilliseconds: String {
        let (seconds, attoseconds) = components
        let microseconds = max(seconds, 0) &* 1_000_000 &+ max(attoseconds, 0) / 1_000_000_000_000
        let fraction = String(microseconds % 1000)
        return "\(microseconds / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
    }
}
