package import SwitchboardTransport

/// Puts TLS on the connections of a client.
package final class TLSConnector: Sendable {
    private let configuration: ClientTLSConfiguration
    private let context: TLSContext

    /// The limits of the socket below a stream with `limits`.
    package static func socketLimits(_ limits: StreamLimits) -> StreamLimits { TLSLimits.below(limits) }

    /// Reads the CA certificates, and the client's certificate if there is one.
    ///
    /// - Throws: A ``TLSError`` when a file cannot be used, or this program was built without TLS.
    package init(_ configuration: ClientTLSConfiguration) throws(TLSError) {
        self.configuration = configuration
        context = try TLSContext(configuration)
    }

    /// A stream of TLS over `base`.
    ///
    /// - Parameters:
    ///   - base: A connection to the server that is not started.
    ///   - limits: How much the stream keeps for the server, and for how long.
    ///   - host: The host name or address that the client has connected to.
    ///   - timeout: The longest time that the handshake may take.
    ///   - whenSecure: Called once, on the loop: without an error when the handshake has succeeded.
    /// - Throws: A ``TLSError`` when no certificate can have the name of the host, or there is no memory.
    package func stream(
        over base: any ByteStream,
        limits: StreamLimits,
        to host: String,
        timeout: Duration,
        whenSecure: @escaping (TLSError?) -> Void
    ) throws(TLSError) -> any ByteStream {
        #if TLS
        guard let session = context.makeSession(isServer: false) else {
            throw TLSError("not enough memory for a TLS session")
        }
        let name = configuration.serverName ?? host
        let verifies = configuration.verification == .full
        guard let expected = try? HostName(name),
            session.expect(
                host: expected.certificateName,
                isAddress: expected.address != nil,
                verifies: verifies
            )
        else {
            let text = "is not a host name or IP address that a certificate can contain: set serverName"
            throw TLSError("\"\(name)\" \(text)")
        }
        let limits = TLSLimits(handshakeTimeout: timeout, limits, speaksFirst: true)
        return TLSStream(over: base, session, limits, whenSecure: whenSecure)
        #else
        throw .notBuilt
        #endif
    }
}
