/// An expectation of a test that the server did not meet.
public struct TestError: Error, Hashable, CustomStringConvertible {
    /// The kinds of errors.
    public enum Code: Sendable, Hashable {
        /// Nothing came within ``TestServer/patience``.
        case nothingCame
        /// The server closed the connection.
        case connectionEnded
        /// Another message came, or a frame where the end of the connection was expected.
        case unexpectedMessage
        /// The server sent a broken frame.
        case brokenFrame
        /// A stream decodes to other frames when it is split at other positions.
        case dependsOnSplit
    }

    /// The kind of the error.
    public let code: Code

    /// The error in one line.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
