#if NATS
internal import CJetStream
internal import SwitchboardBackplane

/// The reason why NATS cannot be used now.
enum NATSFailure: Error, Equatable, CustomStringConvertible {
    /// No connection, for this reason.
    case unreachable(String, address: String)
    /// The connection has closed.
    case closed(String, address: String)
    /// NATS has not answered, or not delivered, within this time.
    case silent(Duration, address: String)
    /// NATS has rejected a request that may succeed later.
    case rejected(String, address: String)
    /// A setting of this server or of NATS has to be changed.
    case unusable(String, address: String)
    /// The backplane has been stopped.
    case stopped

    /// Whether NATS has rejected a request or a connection.
    var isRejection: Bool {
        switch self {
        case .rejected, .unusable: true
        case .unreachable, .closed, .silent, .stopped: false
        }
    }

    /// Whether a setting has to be changed before NATS can be used.
    var isPermanent: Bool {
        if case .unusable = self { true } else { false }
    }

    /// The failure and what to do, in one line.
    var description: String {
        switch self {
        case .unreachable(let reason, let address): "NATS at \(address) is unreachable: \(reason)"
        case .closed(let reason, let address): "the connection to NATS at \(address) has closed: \(reason)"
        case .silent(let time, let address): "NATS at \(address) has not answered within \(time)"
        case .rejected(let reason, let address): "NATS at \(address) has rejected a request: \(reason)"
        case .unusable(let what, let address): "NATS at \(address) cannot be used: \(what)"
        case .stopped: "the backplane has been stopped"
        }
    }

    /// The error for the program that has started the backplane.
    var backplaneError: BackplaneError {
        if self == .stopped { return BackplaneError(.stopped, description) }
        return BackplaneError(isPermanent ? .rejected : .unreachable, description)
    }
}

extension NATSFailure {
    /// The failure that libnats has reported.
    @safe
    init(_ failure: inout jetstream_failure, at address: String, _ configuration: NATSBackplaneConfiguration) {
        let text = unsafe String(cString: jetstream_text(&failure))
        let reply = "NATS replied: \(text)"
        switch failure.kind {
        case jetstream_closed, jetstream_interrupted: self = .closed(text, address: address)
        case jetstream_silent: self = .silent(configuration.replyTimeout, address: address)
        case jetstream_unknown_host:
            self = .unreachable("cannot find the host: \(text.lowercased())", address: address)
        case jetstream_no_server:
            self = .unreachable("no server accepts connections at this host and port", address: address)
        case jetstream_unauthorized:
            let what =
                configuration.url.credentials == nil
                ? "it requires credentials: write them into the URL" : "it does not accept the credentials in the URL"
            self = .unusable("\(what) (\(reply))", address: address)
        case jetstream_forbidden:
            self = .unusable("the user lacks a permission (\(reply))", address: address)
        case jetstream_tls_failed where !configuration.url.usesTLS, jetstream_requires_tls:
            self = .unusable("it requires TLS: use tls:// instead of nats://", address: address)
        case jetstream_offers_no_tls:
            self = .unusable("it does not offer TLS: use nats:// or configure TLS in nats-server", address: address)
        case jetstream_tls_failed: self = .unreachable("TLS has failed: \(text)", address: address)
        case jetstream_no_nats:
            self = .unusable("it does not speak the protocol of NATS: check host and port (\(text))", address: address)
        case jetstream_no_responders, jetstream_no_stream:
            self = .closed("the stream \"\(configuration.stream)\" is not available", address: address)
        case jetstream_invalid: self = .unusable(text, address: address)
        case jetstream_rejected: self = Self.rejection(Int(failure.code), reply, at: address)
        case jetstream_too_large, jetstream_other_settings: self = .rejected(text, address: address)
        default: self = .unreachable(text, address: address)
        }
    }

    /// The failure of a server without JetStream.
    static let missingJetStream = "JetStream is not enabled: start nats-server with --jetstream"

    /// The failure for an error code of JetStream: see `jsErrCode` in nats.h.
    private static func rejection(_ code: Int, _ reply: String, at address: String) -> NATSFailure {
        switch code {
        case 10_039: .unusable("JetStream is not enabled for the account (\(reply))", address: address)
        case 10_076:
            .unusable("\(missingJetStream) (\(reply))", address: address)
        case 10_002, 10_023, 10_026, 10_027, 10_028, 10_047, 10_120, 10_122:
            .rejected("a limit of JetStream is reached: raise it, or lower retentionBytes (\(reply))", address: address)
        case 10_052, 10_065, 10_074, 10_113:
            .unusable(
                "it cannot create the stream: change the settings or the name of the stream (\(reply))",
                address: address
            )
        case 10_109: .unusable("the stream is sealed: use another stream (\(reply))", address: address)
        default: .rejected("error \(code) (\(reply))", address: address)
        }
    }
}
#endif
