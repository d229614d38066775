internal import SwitchboardBackplane

/// Why Redis cannot be used right now.
package enum RedisFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// There is no connection, for this reason, which names the address.
    case unreachable(String)
    /// The connection to this address has closed, for this reason.
    case closed(String, address: String)
    /// The server at this address has not answered within this time.
    case silent(Duration, address: String)
    /// The server at this address does not speak RESP2, or replies with too much.
    case garbled(RESPError, address: String)
    /// The server at this address has replied with an error.
    case rejected(RedisErrorReply, address: String)
    /// The server at this address has replied with something else than the command asks for.
    case unexpectedReply(String, address: String)
    /// A setting of the server at this address makes it unusable.
    case unusable(String, address: String)
    /// This program cannot speak TLS as it is told to.
    case noTLS(String)
    /// This side has stopped.
    case stopped

    /// Whether a connection that was made has ended.
    package var breaksConnection: Bool {
        switch self {
        case .closed, .silent, .garbled: true
        case .unreachable, .rejected, .unexpectedReply, .unusable, .noTLS, .stopped: false
        }
    }

    /// Whether a person has to change something before Redis can be used.
    package var isPermanent: Bool {
        switch self {
        case .rejected(let reply, _): reply.remedy == .none
        case .garbled(let error, _): !error.isTooLarge
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
        case .garbled(let error, let address): "cannot read the replies of \(address): \(error)"
        case .rejected(let reply, let address): "\(reply.advice) (\(address) replied: \(reply))"
        case .unexpectedReply(let what, let address): "Redis at \(address) replied with something unexpected to \(what)"
        case .unusable(let what, let address): "Redis at \(address) cannot be used: \(what)"
        case .noTLS(let what): what
        case .stopped: "the backplane has been stopped"
        }
    }

    /// The error for who has started the backplane.
    var backplaneError: BackplaneError {
        switch self {
        case .noTLS: BackplaneError(.invalidConfiguration, description)
        case .stopped: BackplaneError(.stopped, description)
        default: BackplaneError(isPermanent ? .rejected : .unreachable, description)
        }
    }
}
