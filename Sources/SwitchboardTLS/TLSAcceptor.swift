package import SwitchboardTransport
internal import Synchronization

/// Makes the TLS streams of a server, whose certificates can be replaced while the server runs.
package final class TLSAcceptor: Sendable {
    /// The limits of the socket streams below the TLS streams.
    package let socketLimits: SharedStreamLimits

    private let configuration: ServerTLSConfiguration
    private let limits: TLSLimits
    private let context: Mutex<TLSContext>

    /// Reads the certificates.
    ///
    /// - Parameters:
    ///   - configuration: The settings, with the paths of the files.
    ///   - streamLimits: The limits of each TLS stream.
    /// - Throws: A ``TLSError`` when a file cannot be used, or this program was built without TLS.
    package init(_ configuration: ServerTLSConfiguration, streamLimits: StreamLimits) throws(TLSError) {
        self.configuration = configuration
        context = Mutex(try TLSContext(configuration))
        socketLimits = SharedStreamLimits(TLSLimits.below(streamLimits))
        limits = TLSLimits(handshakeTimeout: configuration.handshakeTimeout, streamLimits, speaksFirst: false)
    }

    /// Reads the certificates again, for later connections.
    ///
    /// - Throws: A ``TLSError`` when a file cannot be used; the former certificates stay in use in this case.
    package func reload() throws(TLSError) {
        let new = try TLSContext(configuration)
        context.withLock { $0 = new }
    }

    /// The earliest time at which a certificate of the chain expires, in seconds since 1970-01-01 UTC; `nil` if it is unknown.
    package var expiry: Int64? {
        #if TLS
        context.withLock { $0 }.expiry
        #else
        nil
        #endif
    }

    /// Returns a TLS stream over `base`; `nil` when the process has no memory for it.
    ///
    /// - Parameters:
    ///   - base: The stream of a client's connection, with ``socketLimits``. It must not be started.
    ///   - whenSecure: Called once, on the loop: with `nil` when the handshake has succeeded, or with an error.
    package func stream(over base: any ByteStream, whenSecure: @escaping (TLSError?) -> Void) -> (any ByteStream)? {
        #if TLS
        guard let session = context.withLock({ $0 }).makeSession(isServer: true) else { return nil }
        return TLSStream(over: base, session, limits, whenSecure: whenSecure)
        #else
        return nil
        #endif
    }
}
