/// Why a backplane cannot be used.
public struct BackplaneError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of error it is.
    public enum Code: Sendable, Hashable {
        /// A setting is wrong: a URL, a limit, a file.
        case invalidConfiguration
        /// The engine could not be reached, or did not answer in time.
        case unreachable
        /// The engine rejects this server: a wrong password, a missing permission, a setting of the engine.
        case rejected
        /// The backplane was started before.
        case alreadyStarted
        /// The backplane has been stopped.
        case stopped
    }

    /// What kind of error it is.
    public let code: Code

    /// What is wrong and what to do, in one line.
    public let description: String

    /// An error.
    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
