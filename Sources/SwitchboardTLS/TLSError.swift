internal import CTLS

/// An error of TLS: a file that cannot be used, a failed handshake, or a program that was built without TLS.
public struct TLSError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The error in one line.
    public let description: String

    /// The kind of a failed handshake.
    package let failure: TLSFailure

    init(_ description: String, _ failure: TLSFailure = .other) {
        self.description = description
        self.failure = failure
    }

    /// This program was built without TLS.
    static let notBuilt = TLSError(
        "this program was built without TLS: build it with `swift build --traits TLS`, or, in a package of your own, "
            + "depend on Switchboard with `traits: [\"TLS\"]`"
    )
}

#if TLS
/// The error texts of OpenSSL.
enum TLSFailureText {
    /// Calls `body` with a buffer for an error text, and sets `text` to the text that `body` wrote.
    @unsafe
    static func read<Result>(into text: inout String, _ body: (UnsafeMutablePointer<CChar>) -> Result) -> Result {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(tls_error_size)) { buffer in
            // The buffer is never empty, so it has a base address.
            let start = unsafe buffer.baseAddress.unsafelyUnwrapped
            unsafe start.initialize(to: 0)
            let result = unsafe body(start)
            // Most calls succeed, and write no text.
            if unsafe start.pointee != 0 { text = unsafe String(cString: start) }
            return result
        }
    }
}
#endif
