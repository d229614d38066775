/// The reason why a backplane cannot be used.
public struct BackplaneError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of errors.
    public enum Code: Sendable, Hashable {
        /// A setting of the backplane is invalid: a URL, a limit, a file.
        case invalidConfiguration
        /// The engine is unreachable, or has not answered in time.
        case unreachable
        /// The engine rejects this server, because of a wrong password, a missing permission or a setting of the engine.
        case rejected
        /// The backplane was started before.
        case alreadyStarted
        /// The backplane has been stopped.
        case stopped
    }

    /// The kind of the error.
    public let code: Code

    /// What is wrong and what to do, in one line.
    public let description: String

    /// An error.
    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}

extension BackplaneError {
    /// A backplane that runs is started again.
    package static let alreadyStarted = BackplaneError(
        .alreadyStarted,
        "a backplane can be started only once: create one for each server"
    )

    /// A backplane that has been stopped is started again.
    package static let stopped = BackplaneError(.stopped, "the backplane has been stopped: create another one")
}
