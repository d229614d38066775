internal import ArgumentParser
internal import SwitchboardCalling
internal import SwitchboardFiles
internal import SwitchboardTLS
internal import SwitchboardVocabulary

/// A host and a port: `localhost:6001`, `[::1]:6001`.
struct ServerAddress {
    let host: String
    let port: Int

    init?(_ argument: String) {
        guard let (host, port) = Self.parts(of: argument), 1...65_535 ~= port else { return nil }
        (self.host, self.port) = (host, port)
    }

    /// Returns the address that the value of an option says.
    ///
    /// - Throws: A `ValidationError` that explains the form.
    static func value(_ text: String) throws -> ServerAddress {
        guard let address = ServerAddress(text) else { throw problem(in: text, lowestPort: 1) }
        return address
    }

    /// Returns the error for `text`, which is not HOST:PORT.
    static func problem(in text: String, lowestPort: Int) -> ValidationError {
        let needsBrackets = text.count { $0 == ":" } > 1 && !text.contains("[")
        let advice = needsBrackets ? "put an IPv6 address in brackets, as in [::1]:6001" : "such as localhost:6001"
        let ports = "a port from \(lowestPort) to 65535"
        return ValidationError("\(text.visible) is not HOST:PORT, with \(ports): \(advice)")
    }

    /// Returns the host, without brackets, and the number behind the last colon.
    static func parts(of argument: String) -> (host: String, port: Int)? {
        guard let colon = argument.lastIndex(of: ":"), let port = Int(argument[argument.index(after: colon)...]) else {
            return nil
        }
        var host = argument[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        return host.isEmpty ? nil : (String(host), port)
    }
}

/// The server that a verb connects to.
struct ServerOptions: ParsableArguments {
    @Option(
        help: .init("The server: a host name or an address, and a TCP port.", valueName: "HOST:PORT"),
        transform: ServerAddress.value
    )
    var connect: ServerAddress

    @OptionGroup var options: ConnectionOptions

    /// ``ConnectionOptions/duration``.
    var duration: Duration { options.duration }

    /// Connects to the server.
    ///
    /// - Parameter lingers: Whether the connection, when it closes, gives the server time to end its side.
    func connection(lingers: Bool) async throws -> RawConnection {
        let deadline = ReplyDeadline(duration)
        let connector = try await options.connector(to: connect)
        return try await connector.connect(lingers: lingers, within: deadline.left, of: duration)
    }
}

extension ServerConnector {
    /// Connects within the rest of a timeout; an error has the timeout.
    ///
    /// - Parameters:
    ///   - lingers: Whether the connection, when it closes, gives the server time to end its side.
    ///   - left: The rest of the time.
    ///   - timeout: All of the time, as the command line says it.
    func connect(lingers: Bool, within left: Duration, of timeout: Duration) async throws -> RawConnection {
        do {
            return try await connect(lingers: lingers, within: max(left, .milliseconds(1)))
        } catch let error as TLSError where error.failure == .timeout {
            throw VerbFailure("the TLS handshake was not finished within \(timeout) (--timeout)")
        }
    }
}

/// How a verb connects to a server.
struct ConnectionOptions: ParsableArguments {
    /// The longest `--timeout`, in seconds.
    private static let maximumTimeout = 86_400.0

    @Option(
        parsing: .unconditional,
        help: .init("Seconds allowed to connect, and for each reply.", valueName: "SECONDS")
    )
    var timeout = 10.0

    @OptionGroup var tls: ConnectTLSOptions

    func validate() throws {
        guard timeout > 0, timeout <= Self.maximumTimeout else {
            throw ValidationError("--timeout must be more than 0 and at most \(Int(Self.maximumTimeout)) seconds")
        }
    }

    /// Returns a connector to the server, with its certificates read.
    func connector(to server: ServerAddress) async throws -> ServerConnector {
        try await ServerConnector(host: server.host, port: server.port, try tls.configuration(), within: duration)
    }

    /// ``timeout``.
    var duration: Duration { .milliseconds(max(1, Int64(timeout * 1000))) }
}
