/// Makes connections to servers.
package enum Connector {
    /// Begins to connect to the first address that accepts a connection.
    ///
    /// Any thread may call this method.
    ///
    /// - Parameters:
    ///   - addresses: The addresses of one host, the preferred address first. See ``ConnectionRace``.
    ///   - loop: The loop on which the attempts run.
    ///   - timeout: The time limit for all attempts together.
    ///   - completion: Called once, on the loop, with the connection or an error. It is never called before this method
    ///     returns.
    /// - Returns: The race, which the caller can cancel.
    @discardableResult
    package static func connect(
        to addresses: [SocketAddress],
        on loop: EventLoop,
        timeout: Duration,
        completion: @escaping @Sendable (Result<ConnectionRace.Winner, TransportError>) -> Void
    ) -> ConnectionRace {
        let race = ConnectionRace(addresses, loop, timeout, completion)
        loop.execute { race.start() }
        return race
    }
}

/// Connects to the first of several addresses that accepts a connection (RFC 8305, "Happy Eyeballs").
///
/// Attempts start one after the other, ``headStart`` apart; an attempt that fails starts the next one at once. IPv4 and
/// IPv6 addresses alternate, so an unreachable address family delays the connection by one head start only. The first
/// connection wins, and the race ends the other attempts.
package final class ConnectionRace: @unchecked Sendable {
    /// The time between the start of one attempt and the start of the next (RFC 8305, section 5).
    package static let headStart = Duration.milliseconds(250)

    /// A connected, non-blocking socket, which the receiver owns, and the address of the peer.
    package typealias Winner = (descriptor: Int32, address: SocketAddress)

    private let loop: EventLoop
    private let timeout: Duration
    private let name: String

    // Only the event loop uses the properties below.

    private var completion: (@Sendable (Result<Winner, TransportError>) -> Void)?
    /// The addresses that no attempt has been made for.
    private var addresses: ArraySlice<SocketAddress>
    private var attempts: [SocketAddress: ConnectionAttempt] = [:]
    private var failures: [TransportError] = []
    private let nextStart = Deadline()
    private let end = Deadline()
    /// The list of the deadline with the caller's timeout.
    ///
    /// The race has a list of its own, because the event loop never removes its shared lists.
    private let endList: DeadlineList

    init(
        _ addresses: [SocketAddress],
        _ loop: EventLoop,
        _ timeout: Duration,
        _ completion: @escaping @Sendable (Result<Winner, TransportError>) -> Void
    ) {
        self.addresses = Self.order(addresses)[...]
        self.loop = loop
        self.timeout = timeout
        self.completion = completion
        name = addresses.first.map { addresses.count == 1 ? "\($0)" : "\($0) and \(addresses.count - 1) more" } ?? ""
        endList = DeadlineList(lasting: timeout, on: loop)
    }

    /// The addresses without duplicates.
    ///
    /// The two families alternate, beginning with the family of the first address.
    package static func order(_ addresses: [SocketAddress]) -> [SocketAddress] {
        let distinct = addresses.distinct
        let first = distinct.filter { $0.isIPv6 == distinct[0].isIPv6 }
        let second = distinct.filter { $0.isIPv6 != distinct[0].isIPv6 }
        let inTurn = zip(first, second).flatMap { [$0, $1] }
        let rest = min(first.count, second.count)
        return inTurn + first.dropFirst(rest) + second.dropFirst(rest)
    }

    /// Ends all attempts; the completion gets an error with the code `cancelled`.
    ///
    /// Any thread may call this method. It has no effect after the completion was called.
    package func cancel() {
        loop.execute { self.cancelNow("") }
    }

    private func cancelNow(_ reason: String) {
        complete(.failure(TransportError(.cancelled, description: "connecting to \(name) was cancelled\(reason)")))
    }

    func start() {
        guard completion != nil else { return }
        guard !loop.hasStopped else { return cancelNow(": the event loop stopped") }
        end.start(in: endList, delegate: self)
        startNext()
    }

    private func startNext() {
        guard completion != nil else { return }
        guard let address = addresses.popFirst() else {
            if attempts.isEmpty { complete(.failure(failure)) }
            return
        }
        let attempt = ConnectionAttempt(address, loop) { [self] in finish(address, $0) }
        attempts[address] = attempt
        nextStart.start(in: loop.deadlines(lasting: Self.headStart), delegate: self)
        attempt.start()
    }

    private func finish(_ address: SocketAddress, _ result: Result<Int32, TransportError>) {
        attempts[address] = nil
        switch result {
        case .success(let descriptor): complete(.success((descriptor, address)))
        case .failure(let error) where error.code == .cancelled: complete(.failure(error))
        case .failure(let error):
            failures.append(error)
            startNext()
        }
    }

    private func complete(_ result: Result<Winner, TransportError>) {
        guard let completion = completion.take() else { return }
        nextStart.cancel()
        end.cancel()
        addresses = []
        let losers = attempts.values
        attempts = [:]
        for loser in losers { loser.giveUp() }
        completion(result)
    }

    /// The error when all attempts have failed, with the reason for each address.
    private var failure: TransportError {
        guard failures.count > 1, let first = failures.first else {
            return failures.first ?? TransportError(.cannotResolve, description: "there is no address to connect to")
        }
        let description = failures.map(\.description).joined(separator: "; ")
        return TransportError(first.code, errno: first.errno, description: description)
    }
}

extension ConnectionRace: DeadlineDelegate {
    package func deadlinePassed(_ deadline: Deadline) {
        if deadline === nextStart { return startNext() }
        let reasons = failures.map { "; \($0)" }.joined()
        let text = "cannot connect to \(name): no reply within \(timeout)\(reasons)"
        complete(.failure(TransportError(.timedOut, description: text)))
    }
}
