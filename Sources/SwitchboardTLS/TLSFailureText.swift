internal import CTLS

#if TLS
/// The text that OpenSSL has for what went wrong.
enum TLSFailureText {
    /// Calls `body` with room for a text, and puts what was written there into `text`.
    @unsafe
    static func read<Result>(into text: inout String, _ body: (UnsafeMutablePointer<CChar>) -> Result) -> Result {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(tls_error_size)) { buffer in
            unsafe buffer.initialize(repeating: 0)
            // The buffer is never empty, so that it begins somewhere.
            let start = unsafe buffer.baseAddress.unsafelyUnwrapped
            let result = unsafe body(start)
            text = unsafe String(cString: start)
            return result
        }
    }
}
#endif
