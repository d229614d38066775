internal import Glibc
internal import Logging
internal import SwitchboardTLS

// When the certificate of the server expires: in the log, and in the metrics.

extension Server {
    /// The time before the expiry of a certificate from which the server logs a warning, when it starts and when it reads the
    /// certificate again.
    public static let certificateWarningTime = Duration.seconds(14 * 24 * 60 * 60)

    /// Reads the TLS certificates again, for new connections.
    ///
    /// The server logs a warning when the certificate in use expires within ``certificateWarningTime``. It does nothing in a server
    /// without TLS.
    ///
    /// - Throws: A `TLSError` when a file cannot be used; the server then keeps the previous certificates.
    public func reloadCertificates() throws {
        defer { noteCertificate() }
        try core.tls?.reload()
    }

    /// Hands the expiry of the certificate to the metrics backend, and logs a warning when little time is left.
    func noteCertificate() {
        guard let tls = core.tls, let expiry = tls.expiry else { return }
        core.tlsMetrics?.setExpiry(expiry)
        let left = expiry - Int64(time(nil))
        guard left < Self.certificateWarningTime.components.seconds else { return }
        core.logger.warning(
            left > 0 ? "the TLS certificate expires soon" : "the TLS certificate has expired",
            metadata: [
                "certificateExpires": "\(Self.text(expiry))",
                "certificate": "\(configuration.tls?.certificateChainPath ?? "")",
            ]
        )
    }

    /// What the line of a server that listens has about TLS.
    var tlsMetadata: Logger.Metadata {
        guard let tls = core.tls else { return [:] }
        return ["tls": "on", "certificateExpires": "\(tls.expiry.map { Self.text($0) } ?? "unknown")"]
    }

    /// Returns a time in seconds since 1970-01-01 UTC as `2026-11-28T02:07:00Z`.
    private static func text(_ seconds: Int64) -> String {
        var (time, fields) = unsafe (time_t(seconds), tm())
        guard unsafe gmtime_r(&time, &fields) != nil else { return "\(seconds)" }
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
            guard let start = text.baseAddress else { return "" }
            let count = unsafe strftime(start, text.count, "%Y-%m-%dT%H:%M:%SZ", &fields)
            return unsafe String(decoding: UnsafeRawBufferPointer(text).prefix(count), as: UTF8.self)
        }
    }
}
