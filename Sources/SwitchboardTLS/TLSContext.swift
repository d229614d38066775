internal import CTLS
internal import Glibc
internal import SwitchboardTransport

/// The OpenSSL context that all TLS connections of a server, or of a client, share: certificates, CA certificates
/// and versions.
@safe
package final class TLSContext: @unchecked Sendable {
    #if TLS
    /// OpenSSL counts references to the context, and locks the context when it changes it.
    private let context: OpaquePointer

    private init(isServer: Bool) throws(TLSError) {
        unsafe context = try unsafe Self.checked { unsafe tls_context_create(isServer, $0) }
    }

    deinit {
        unsafe tls_context_free(context)
    }

    /// The context of a server.
    ///
    /// - Throws: When a file cannot be used.
    package convenience init(_ configuration: ServerTLSConfiguration) throws(TLSError) {
        try self.init(isServer: true)
        try Self.refuseFolders(
            configuration.certificateChainPath,
            configuration.privateKeyPath,
            configuration.clientAuthoritiesPath
        )
        try use(configuration.certificateChainPath, configuration.privateKeyPath)
        let (seconds, attoseconds) = configuration.sessionLifetime.components
        let lifetime = attoseconds > 0 ? seconds &+ 1 : seconds
        if lifetime > 0 { try unsafe require { unsafe tls_context_issue_tickets(context, lifetime, $0) } }
        guard let path = configuration.clientAuthoritiesPath else { return }
        try unsafe require { unsafe tls_context_trust_file(context, path, $0) }
        try unsafe require { unsafe tls_context_name_authorities(context, path, $0) }
        unsafe tls_context_verify_peer(context)
    }

    /// The context of a client.
    ///
    /// - Throws: When a file cannot be used.
    package convenience init(_ configuration: ClientTLSConfiguration) throws(TLSError) {
        try self.init(isServer: false)
        try Self.refuseFolders(
            configuration.authoritiesPath,
            configuration.certificateChainPath,
            configuration.privateKeyPath
        )
        if let path = configuration.authoritiesPath {
            try unsafe require { unsafe tls_context_trust_file(context, path, $0) }
        } else {
            try unsafe require { unsafe tls_context_trust_system(context, $0) }
        }
        if configuration.verification == .full { unsafe tls_context_verify_peer(context) }
        try unsafe require { unsafe tls_context_keep_sessions(context, $0) }
        switch (configuration.certificateChainPath, configuration.privateKeyPath) {
        case (let chain?, let key?): try use(chain, key)
        case (nil, nil): break
        default: throw TLSError("certificateChainPath and privateKeyPath must be set together")
        }
    }

    /// Throws for a path that is a directory.
    ///
    /// The error of OpenSSL would only say that the file has no certificate.
    private static func refuseFolders(_ paths: String?...) throws(TLSError) {
        for case let path? in paths {
            var status = stat()
            if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
                throw TLSError("cannot read \(path): \(TransportError.text(for: EISDIR))")
            }
        }
    }

    private func use(_ chain: String, _ key: String) throws(TLSError) {
        try unsafe require { unsafe tls_context_use_certificate(context, chain, key, $0) }
    }

    /// The earliest time at which a certificate of the chain expires, in seconds since 1970-01-01 UTC; `nil` if it is unknown.
    var expiry: Int64? {
        let seconds = unsafe tls_context_expiry(context)
        return seconds < 0 ? nil : seconds
    }

    /// Makes the session of a connection; `nil` when the process has no memory for it.
    func makeSession(isServer: Bool) -> TLSSession? {
        unsafe tls_session_create(context, isServer).map { unsafe TLSSession($0, of: self) }
    }

    @unsafe
    private static func checked(
        _ body: (UnsafeMutablePointer<CChar>) -> OpaquePointer?
    ) throws(TLSError) -> OpaquePointer {
        var failure = ""
        let result = unsafe TLSFailureText.read(into: &failure) { unsafe body($0) }
        guard let result = unsafe result else { throw TLSError(failure) }
        return unsafe result
    }

    @unsafe
    private func require(_ body: (UnsafeMutablePointer<CChar>) -> Bool) throws(TLSError) {
        var failure = ""
        let holds = unsafe TLSFailureText.read(into: &failure) { unsafe body($0) }
        if !holds { throw TLSError(failure) }
    }
    #else
    /// The context of a server.
    ///
    /// - Throws: Always: this program was built without TLS.
    package init(_ configuration: ServerTLSConfiguration) throws(TLSError) { throw .notBuilt }

    /// The context of a client.
    ///
    /// - Throws: Always: this program was built without TLS.
    package init(_ configuration: ClientTLSConfiguration) throws(TLSError) { throw .notBuilt }
    #endif
}
