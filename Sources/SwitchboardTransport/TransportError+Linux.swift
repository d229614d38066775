internal import CLinux

extension TransportError {
    /// The most bytes that the system's words for an error may have.
    private static let maximumTextBytes = 128

    /// The system's words for an error number, as they stand within a sentence.
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
