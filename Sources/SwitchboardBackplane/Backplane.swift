// What joins several servers into one. A block takes this way:
//
//   server A                                 engine (Redis)                      servers B, C, …
//   publish → Outbox → PendingLog → Entry →  one log, append only  → EntryDecoder → SenderTable → BackplaneReceiver
//             (Publishing/)        (Entries/)                        (Entries/)     (Receiving/)
//
// A module with an engine's client, such as SwitchboardRedis, moves entries to and from the log. All else is here.

/// Joins servers: a block that one server publishes reaches every other server with the same protocol.
///
/// Each server has a backplane of its own. All append to one log in an engine, and each reads the log from its own
/// position. Blocks of one server arrive in the order in which it published them; there is no order between servers. A
/// server never receives its own blocks, and no block twice. A block that does not arrive is counted by its receivers
/// (``BackplaneStatus/Counters/missed``).
///
/// A backplane is started once and stopped once.
public protocol Backplane: AnyObject, Sendable {
    /// Connects to the engine, and delivers what other servers publish from now on.
    ///
    /// - Parameters:
    ///   - fingerprint: The protocol of the frames. Entries with another fingerprint are skipped and counted.
    ///   - receiver: Receives the blocks. The backplane holds it until it has stopped.
    /// - Throws: A ``BackplaneError`` when the engine cannot be used: at once when it rejects the configuration, and after
    ///   the backplane's start timeout when it cannot be reached.
    func start(for fingerprint: ProtocolFingerprint, _ receiver: any BackplaneReceiver) async throws

    /// Queues a block for all other servers.
    ///
    /// Callable on any thread. It never blocks and never fails: when the engine does not take blocks, they are queued up to
    /// ``BackplaneLimits/maximumWaitingBytes``, and beyond that the oldest are dropped and counted. Ignored before the
    /// backplane has started and after it has stopped.
    func publish(_ block: BackplaneBlock)

    /// Whether connections that publish should not be read for now.
    ///
    /// Callable on any thread, for instance after each ``publish(_:)``. When the answer changes back to `false`, the backplane
    /// calls ``BackplaneReceiver/releasePublishers()``.
    var holdsPublishers: Bool { get }

    /// Delivers nothing from now on, until ``resumeReceiving()``: the server has too many blocks that it has not sent yet.
    ///
    /// Callable on any thread. A few blocks that have been read already may still be delivered.
    func pauseReceiving()

    /// Delivers again, from where it paused.
    func resumeReceiving()

    /// Waits until the engine has acknowledged every block that was published before.
    ///
    /// - Parameter timeout: The longest time to wait.
    /// - Returns: Whether it has. `false` when the time is over: ``BackplaneStatus/waitingBlocks`` says how many blocks are left.
    func drain(within timeout: Duration) async -> Bool

    /// Disconnects and gives back all resources.
    ///
    /// Blocks that the engine has not acknowledged are discarded: call ``drain(within:)`` first.
    func stop() async

    /// The state of the connection and the counters, for health checks and metrics. Callable on any thread.
    var status: BackplaneStatus { get }
}

/// Receives what other servers have published.
///
/// All methods are called one at a time, on a thread of the backplane. They must return soon: nothing is read meanwhile.
public protocol BackplaneReceiver: AnyObject, Sendable {
    /// Another server has published `block`.
    ///
    /// The frames in it are not checked: whoever may write to the engine may have written anything.
    func received(_ block: BackplaneBlock, from server: ServerIncarnation)

    /// ``Backplane/holdsPublishers`` has become `false`: connections that publish may be read again.
    func releasePublishers()

    /// The state of the backplane has changed: something for a log.
    func backplaneChanged(_ event: BackplaneEvent)
}

/// A number for all that makes two protocols different on the wire; servers exchange blocks only when theirs are equal.
@frozen
public struct ProtocolFingerprint: Sendable, Hashable, CustomStringConvertible {
    /// The number.
    public let rawValue: UInt64

    /// A fingerprint with this number.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// The number in hexadecimal, 16 digits.
    public var description: String { hexadecimal(rawValue) }
}

/// A random number for one run of one server.
///
/// It is never configured: two servers with the same number would ignore each other.
@frozen
public struct ServerIncarnation: Sendable, Hashable, CustomStringConvertible {
    /// The number.
    public let rawValue: UInt64

    /// The incarnation with this number, of another server.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// A new random incarnation.
    public static func random() -> ServerIncarnation {
        ServerIncarnation(rawValue: .random(in: .min ... .max))
    }

    /// The number in hexadecimal, 16 digits.
    public var description: String { hexadecimal(rawValue) }
}

/// The number in hexadecimal, 16 digits.
private func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
