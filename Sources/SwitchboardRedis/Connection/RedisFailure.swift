internal import SwitchboardBackplane

/// The reason why Redis cannot be used now.
package enum RedisFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// There is no connection, for this reason, which names the address.
    case unreachable(String)
    /// The connection to this address has closed, for this reason.
    case closed(String, address: String)
    /// The server at this address has not answered within this time.
    case silent(Duration, address: String)
    /// The server at this address does not speak RESP2, or replies with too much.
    case unreadable(RESPError, address: String)
    /// The server at this address has replied with an error.
    case rejected(RedisErrorReply, address: String)
    /// The server at this address has replied with something else than the command asks for.
    case unexpectedReply(String, address: String)
    /// A setting of the server at this address makes it unusable.
    case unusable(String, address: String)
    /// The settings of TLS cannot be used.
    case noTLS(String)
    /// The backplane has been stopped.
    case stopped

    /// Whether a connection that was made has ended.
    package var breaksConnection: Bool {
        switch self {
        case .closed, .silent, .unreadable: true
        case .unreachable, .rejected, .unexpectedReply, .unusable, .noTLS, .stopped: false
        }
    }

    /// Whether Redis has rejected a command or a connection.
    package var isRejection: Bool {
        switch self {
        case .rejected, .unusable: true
        case .unreachable, .closed, .silent, .unreadable, .unexpectedReply, .noTLS, .stopped: false
        }
    }

    /// Whether a setting has to be changed before Redis can be used.
    package var isPermanent: Bool {
        switch self {
        case .rejected(let reply, _): reply.remedy == .none
        case .unreadable(let error, _): !error.isTooLarge
        case .unusable, .noTLS, .stopped: true
        case .unreachable, .closed, .silent, .unexpectedReply: false
        }
    }

    /// What is wrong and what to do, in one line.
    package var description: String {
        switch self {
        case .unreachable(let reason): reason
        case .closed(let reason, let address): "the connection to Redis at \(address) has closed: \(reason)"
        case .silent(let time, let address): "Redis at \(address) has not answered within \(time)"
        case .unreadable(let error, let address): "cannot read the replies of \(address): \(error)"
        case .rejected(let reply, let address): "\(reply.advice) (\(address) replied: \(reply))"
        case .unexpectedReply(let what, let address): "Redis at \(address) replied with something unexpected to \(what)"
        case .unusable(let what, let address): "Redis at \(address) cannot be used: \(what)"
        case .noTLS(let what): what
        case .stopped: "the backplane has been stopped"
        }
    }

    /// The error for the program that has started the backplane.
    var backplaneError: BackplaneError {
        switch self {
        case .noTLS: BackplaneError(.invalidConfiguration, description)
        case .stopped: BackplaneError(.stopped, description)
        default: BackplaneError(isPermanent ? .rejected : .unreachable, description)
        }
    }
}
