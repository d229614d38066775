/// What a test expected of the server and did not get.
public struct TestError: Error, Hashable, CustomStringConvertible {
    /// What happened instead.
    public enum Code: Sendable, Hashable {
        /// Nothing, within ``TestServer/patience``.
        case nothingCame
        /// The server closed the connection.
        case connectionEnded
        /// Another message came, or a frame where the end of the connection was expected.
        case unexpectedMessage
        /// The server sent what no decoder of its protocol takes.
        case brokenFrame
        /// A stream means something else when it is cut in other places.
        case dependsOnSplit
    }

    /// What happened instead.
    public let code: Code

    /// The same for people, in one line.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
