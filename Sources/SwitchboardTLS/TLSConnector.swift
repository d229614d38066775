package import SwitchboardTransport

/// Makes the TLS streams of a client.
package final class TLSConnector: Sendable {
    private let configuration: ClientTLSConfiguration
    private let context: TLSContext

    /// Returns the limits of the socket stream below a TLS stream with `limits`.
    package static func socketLimits(_ limits: StreamLimits) -> StreamLimits { TLSLimits.below(limits) }

    /// Reads the CA certificates, and the client's certificate if the configuration names one.
    ///
    /// - Throws: A ``TLSError`` when a file cannot be used, or this program was built without TLS.
    package init(_ configuration: ClientTLSConfiguration) throws(TLSError) {
        self.configuration = configuration
        context = try TLSContext(configuration)
    }

    /// Returns a TLS stream over `base`.
    ///
    /// - Parameters:
    ///   - base: The stream of a connection to the server. It must not be started.
    ///   - limits: The limits of the TLS stream.
    ///   - host: The host name or address that the client has connected to.
    ///   - timeout: The time limit for the handshake.
    ///   - whenSecure: Called once, on the loop: with `nil` when the handshake has succeeded, or with an
    ///     error.
    /// - Throws: A ``TLSError`` when no certificate can contain the name of the host, or the process has
    ///   no memory for the stream.
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
