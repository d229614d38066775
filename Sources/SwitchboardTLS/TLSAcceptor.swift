package import SwitchboardTransport
internal import Synchronization

/// Puts TLS on the connections of a server, with certificates that can be replaced while it runs.
package final class TLSAcceptor: Sendable {
    /// The limits of the sockets below its streams.
    package let socketLimits: SharedStreamLimits

    private let configuration: ServerTLSConfiguration
    private let limits: TLSLimits
    private let context: Mutex<TLSContext>

    /// Reads the certificates.
    ///
    /// - Parameters:
    ///   - configuration: The paths of their files.
    ///   - streamLimits: How much its streams keep for a peer, and for how long.
    /// - Throws: A ``TLSError`` when a file cannot be used, or this program was built without TLS.
    package init(_ configuration: ServerTLSConfiguration, streamLimits: StreamLimits) throws(TLSError) {
        self.configuration = configuration
        context = Mutex(try TLSContext(configuration))
        socketLimits = SharedStreamLimits(TLSLimits.below(streamLimits))
        limits = TLSLimits(handshakeTimeout: configuration.handshakeTimeout, streamLimits, speaksFirst: false)
    }

    /// Reads the certificates again, for connections that come later.
    ///
    /// - Throws: A ``TLSError`` when a file cannot be used; the certificates that were read before stay in use then.
    package func reload() throws(TLSError) {
        let new = try TLSContext(configuration)
        context.withLock { $0 = new }
    }

    /// A stream of TLS over `base`; `nil` when there is no memory for it.
    ///
    /// - Parameter base: A connection of a client that is not started, with ``socketLimits``.
    package func stream(over base: any ByteStream) -> (any ByteStream)? {
        #if TLS
        guard let session = context.withLock({ $0 }).makeSession(isServer: true) else { return nil }
        return TLSStream(over: base, session, limits, whenSecure: nil)
        #else
        return nil
        #endif
    }
}
