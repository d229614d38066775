internal import SwitchboardBackplane
internal import SwitchboardBytes
internal import SwitchboardTLS
internal import SwitchboardTransport
internal import Synchronization

/// Makes connections to the primary: connects, logs in, and reads what the server reports about itself.
///
/// Of several addresses, it tries the last successful one first.
final class RedisDialer: Sendable {
    private let url: RedisURL
    private let loop: EventLoop
    private let tls: TLSConnector?
    private let connectTimeout: Duration
    private let replyTimeout: Duration
    private let clientName: String
    private let preferred = Atomic(0)

    init(
        _ url: RedisURL,
        on loop: EventLoop,
        tls: TLSConnector?,
        connectTimeout: Duration,
        replyTimeout: Duration,
        clientName: String
    ) {
        self.url = url
        self.loop = loop
        self.tls = tls
        self.connectTimeout = connectTimeout
        self.replyTimeout = replyTimeout
        self.clientName = clientName
    }

    /// Connects to the primary.
    ///
    /// - Throws: The first permanent failure of an address, otherwise the first failure.
    func dial() async throws(RedisFailure) -> RedisConnection {
        switch url.place {
        case .unixSocket(let path): try await connect(toUnixSocket: path)
        case .servers(let addresses):
            try await first(of: addresses) { address throws(RedisFailure) in try await self.connect(to: address) }
        case .sentinels(let addresses, let service):
            try await first(of: addresses) { address throws(RedisFailure) in
                try await self.connect(to: self.primary(of: service, askingAt: address))
            }
        }
    }

    private func first<Result: Sendable>(
        of addresses: [EngineAddress],
        _ attempt: (EngineAddress) async throws(RedisFailure) -> Result
    ) async throws(RedisFailure) -> Result {
        var failures: [RedisFailure] = []
        let start = preferred.load(ordering: .relaxed)
        for offset in addresses.indices {
            let index = (start + offset) % addresses.count
            do throws(RedisFailure) {
                let result = try await attempt(addresses[index])
                preferred.store(index, ordering: .relaxed)
                return result
            } catch {
                failures.append(error)
                if Task.isCancelled { break }
            }
        }
        throw failures.first(where: \.isPermanent) ?? failures.first ?? .unreachable("the URL has no address")
    }

    // MARK: Servers

    private func connect(to address: EngineAddress) async throws(RedisFailure) -> RedisConnection {
        try await logIn(open(address))
    }

    private func connect(toUnixSocket path: String) async throws(RedisFailure) -> RedisConnection {
        let address: SocketAddress
        do throws(TransportError) { address = try SocketAddress(unixSocketPath: path) } catch {
            throw .unusable(error.description, address: path)
        }
        return try await logIn(start(race(to: [address]), name: "unix \(path)", host: nil))
    }

    private func logIn(_ connection: RedisConnection) async throws(RedisFailure) -> RedisConnection {
        do throws(RedisFailure) {
            try await authenticate(connection, url.credentials)
            if url.database != 0 { _ = try await connection.send(["SELECT", Bytes(utf8: "\(url.database)")]) }
            let reply = try await connection.send(["INFO"], ignoring: { $0.code == "NOPERM" })
            let info = RedisServerInfo(reply?.text ?? "")
            if info.isReplica {
                throw .rejected(RedisErrorReply("READONLY its role is that of a replica"), address: connection.address)
            }
            if info.isLoading {
                throw .rejected(RedisErrorReply("LOADING its INFO says so"), address: connection.address)
            }
            // CLIENT LIST shows the name, which is not necessary.
            _ = try await connection.send(["CLIENT", "SETNAME", Bytes(utf8: clientName)], ignoring: { _ in true })
            connection.info = info
            return connection
        } catch {
            close(connection, error)
            throw error
        }
    }

    private func authenticate(
        _ connection: RedisConnection,
        _ credentials: RedisURL.Credentials?
    ) async throws(RedisFailure) {
        guard let credentials else { return }
        let arguments = ["AUTH", credentials.user, credentials.password].compactMap { $0 }
        _ = try await connection.send(RedisCommand(arguments.map { Bytes(utf8: $0) }))
    }

    // MARK: Sentinels

    /// The address of the primary, which a Sentinel reports.
    private func primary(
        of service: String,
        askingAt address: EngineAddress
    ) async throws(RedisFailure) -> EngineAddress {
        let sentinel = try await open(address)
        defer { close(sentinel, .stopped) }
        try await authenticate(sentinel, url.sentinelCredentials)
        let reply = try await sentinel.send(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", Bytes(utf8: service)])
        if reply == .null {
            throw .unusable("Sentinel does not know the service \"\(service)\"", address: "\(address)")
        }
        guard let parts = reply.elements, parts.count == 2, let host = parts[0].text, !host.isEmpty,
            let port = parts[1].text.flatMap({ Int($0) }), (1...65_535).contains(port)
        else { throw .unexpectedReply("SENTINEL GET-MASTER-ADDR-BY-NAME", address: "\(address)") }
        return EngineAddress(host: host, port: port)
    }

    // MARK: Connections

    private func open(_ address: EngineAddress) async throws(RedisFailure) -> RedisConnection {
        let addresses: [SocketAddress]
        do {
            addresses = try await SocketAddress.resolve(host: address.host, port: address.port, within: connectTimeout)
        } catch {
            throw .unreachable("cannot connect to Redis at \(address): \(error)")
        }
        return try await start(race(to: addresses), name: "\(address)", host: address.host)
    }

    private func race(to addresses: [SocketAddress]) async throws(RedisFailure) -> ConnectionRace.Winner {
        let race = Mutex<ConnectionRace?>(nil)
        do {
            return try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    let begun = Connector.connect(to: addresses, on: loop, timeout: connectTimeout) { result in
                        continuation.resume(with: result)
                    }
                    race.withLock { $0 = begun }
                    if Task.isCancelled { begun.cancel() }
                }
            } onCancel: {
                race.withLock { $0 }?.cancel()
            }
        } catch {
            throw .unreachable("Redis is unreachable: \(error)")
        }
    }

    /// Starts a connection over a socket, and returns after the TLS handshake, if there is one.
    private func start(
        _ winner: ConnectionRace.Winner,
        name: String,
        host: String?
    ) async throws(RedisFailure) -> RedisConnection {
        let limits = RedisConnection.streamLimits
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<RedisConnection, RedisFailure>, Never>) in
            loop.execute { [self] in
                let socketLimits = tls == nil ? limits : TLSConnector.socketLimits(limits)
                let socket = SocketStream(
                    adopting: winner.descriptor,
                    on: loop,
                    remoteAddress: winner.address,
                    limits: socketLimits
                )
                guard let tls, let host else {
                    let connection = RedisConnection(socket, address: name, replyTimeout: replyTimeout)
                    connection.start()
                    return continuation.resume(returning: .success(connection))
                }
                startTLS(tls, over: socket, host: host, name: name) { continuation.resume(returning: $0) }
            }
        }
        return try result.get()
    }

    private func startTLS(
        _ tls: TLSConnector,
        over socket: SocketStream,
        host: String,
        name: String,
        _ completion: @escaping (Result<RedisConnection, RedisFailure>) -> Void
    ) {
        var connection: RedisConnection?
        do throws(TLSError) {
            let stream = try tls.stream(
                over: socket,
                limits: RedisConnection.streamLimits,
                to: host,
                timeout: connectTimeout
            ) { failure in
                if let failure {
                    completion(.failure(.unreachable("no TLS with Redis at \(name): \(failure)")))
                } else if let connection {
                    completion(.success(connection))
                }
                connection = nil
            }
            connection = RedisConnection(stream, address: name, replyTimeout: replyTimeout)
            connection?.start()
        } catch {
            socket.abort(.requested)
            completion(.failure(.noTLS("no TLS with Redis at \(name): \(error)")))
        }
    }

    private func close(_ connection: RedisConnection, _ reason: RedisFailure) {
        loop.execute { connection.close(reason) }
    }
}

extension RedisConnection {
    /// Sends a command whose error replies may be ignored.
    ///
    /// - Returns: The reply; `nil` when Redis rejects the command with an error that `isIgnored` accepts.
    fileprivate func send(
        _ command: RedisCommand,
        ignoring isIgnored: (RedisErrorReply) -> Bool
    ) async throws(RedisFailure) -> RESPValue? {
        do throws(RedisFailure) { return try await send(command) } catch {
            if case .rejected(let reply, _) = error, isIgnored(reply) { return nil }
            throw error
        }
    }
}
