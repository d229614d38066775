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

        /// A host has no address, or there is no such port.
        public static let cannotResolve = Code(.cannotResolve)
        /// A listener could not be opened.
        public static let cannotListen = Code(.cannotListen)
        /// A listener could not accept connections.
        public static let cannotAccept = Code(.cannotAccept)
        /// A connection was refused, or its peer cannot be reached.
        public static let cannotConnect = Code(.cannotConnect)
        /// A connection was not made in time.
        public static let timedOut = Code(.timedOut)
        /// The attempt to connect was cancelled.
        public static let cancelled = Code(.cancelled)
        /// The system has no descriptors left for an event loop.
        public static let cannotMakeEventLoop = Code(.cannotMakeEventLoop)
    }

    /// The kind of the error.
    public let code: Code

    /// The system's error number; 0 when the error is not the system's.
    public let errno: Int32

    /// The error in one line.
    public let description: String

    /// `action` failed with `errno`.
    package init(_ code: Code, _ action: String, errno: Int32) {
        self.code = code
        self.errno = errno
        description = "\(action): \(Self.text(for: errno))"
    }

    /// An error that is not the system's, or has a text of its own.
    package init(_ code: Code, errno: Int32 = 0, description: String) {
        self.code = code
        self.errno = errno
        self.description = description
    }
}

extension TransportError {
    /// The largest size of the system's text for an error, in bytes.
    private static let maximumTextBytes = 128

    /// The system's text for an error number, as it stands within a sentence.
    package static func text(for errno: Int32) -> String {
        let text = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: maximumTextBytes) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            unsafe linux_error_text(errno, start, buffer.count)
            return unsafe String(cString: start)
        }
        // An abbreviation in front, as in "RPC", stays as it is.
        guard let first = text.first, text.dropFirst().first?.isLowercase == true else { return text }
        return first.lowercased() + text.dropFirst()
    }
}
