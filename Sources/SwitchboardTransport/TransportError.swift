internal import CLinux

/// An error that prevents a connection or a listener.
public struct TransportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of the error.
    public struct Code: Sendable, Hashable {
        private enum Value: Sendable, Hashable {
            case cannotResolve, cannotListen, cannotAccept, cannotConnect, timedOut, cancelled, cannotMakeEventLoop
        }

        private let value: Value

        private init(_ value: Value) {
            self.value = value
        }

        /// A host has no address, or a port is out of range.
        public static let cannotResolve = Code(.cannotResolve)
        /// A listener could not be opened.
        public static let cannotListen = Code(.cannotListen)
        /// A listener could not accept connections.
        public static let cannotAccept = Code(.cannotAccept)
        /// A connection was refused, or its peer cannot be reached.
        public static let cannotConnect = Code(.cannotConnect)
        /// A connection was not established in time.
        public static let timedOut = Code(.timedOut)
        /// The attempt to connect was cancelled.
        public static let cancelled = Code(.cancelled)
        /// The system has no descriptors left for an event loop.
        public static let cannotMakeEventLoop = Code(.cannotMakeEventLoop)
    }

    /// The kind of the error.
    public let code: Code

    /// The error number of the system; 0 for an error that is not from the system.
    public let errno: Int32

    /// The error in one line.
    public let description: String

    /// An error of the system: `action` failed with `errno`.
    package init(_ code: Code, _ action: String, errno: Int32) {
        self.code = code
        self.errno = errno
        description = "\(action): \(Self.text(for: errno))"
    }

    /// An error with a text of its own.
    package init(_ code: Code, errno: Int32 = 0, description: String) {
        self.code = code
        self.errno = errno
        self.description = description
    }
}

extension TransportError {
    /// The largest size of a text of the system for an error, in bytes.
    private static let maximumTextBytes = 128

    /// Returns the text of the system for an error number, in lower case so that it fits into a
    /// sentence.
    package static func text(for errno: Int32) -> String {
        let text = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: maximumTextBytes) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            unsafe linux_error_text(errno, start, buffer.count)
            return unsafe String(cString: start)
        }
        // An abbreviation at the start, such as "RPC", stays in capital letters.
        guard let first = text.first, text.dropFirst().first?.isLowercase == true else { return text }
        return first.lowercased() + text.dropFirst()
    }
}
