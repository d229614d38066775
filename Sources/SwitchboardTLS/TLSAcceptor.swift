package import SwitchboardTransport
internal import Synchronization

/// Puts TLS on the connections of a server, with certificates that can be replaced while it runs.
package final class TLSAcceptor: Sendable {
    /// What the sockets below its streams are to keep to.
    package let socketLimits: SharedStreamLimits

    private let configuration: ServerTLSConfiguration
    private let limits: TLSLimits
    private let context: Mutex<TLSContext>

    /// Reads the certificates.
    ///
    /// - Parameters:
    ///   - configuration: Where they are.
    ///   - streamLimits: How much its streams keep for a peer, and for how long.
    /// - Throws: When a file cannot be used, or this program was built without TLS.
    package init(_ configuration: ServerTLSConfiguration, streamLimits: StreamLimits) throws(TLSError) {
        self.configuration = configuration
        context = Mutex(try TLSContext(configuration))
        socketLimits = SharedStreamLimits(TLSLimits.below(streamLimits))
        limits = TLSLimits(handshakeTimeout: configuration.handshakeTimeout, streamLimits, speaksFirst: false)
    }

    /// Reads the certificates again, for connections that come later.
    ///
    /// - Throws: When a file cannot be used; those that were read before are kept then.
    package func reload() throws(TLSError) {
        let new = try TLSContext(configuration)
        context.withLock { $0 = new }
    }

    /// A stream that speaks TLS over `base`, which has not been started and keeps to ``socketLimits``; `nil` when there is no memory for it.
    package func stream(over base: any ByteStream) -> (any ByteStream)? {
        #if TLS
        guard let session = context.withLock({ $0 }).makeSession(isServer: true) else { return nil }
        return TLSStream(over: base, session, limits, whenSecure: nil)
        #else
        return nil
        #endif
    }
}
