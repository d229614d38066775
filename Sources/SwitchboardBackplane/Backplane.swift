internal import SwitchboardBytes

/// The connection of one server to the log that all servers share: each published block reaches every other server with the same
/// protocol.
///
/// All servers append to one log in an engine, and each server reads the log from its own position. The blocks of one server
/// arrive in the order in which it published them; blocks of different servers have no order. A server never receives its own
/// blocks, and receives no block twice. Receivers count the blocks that do not arrive: ``BackplaneStatus/Counters/missed``.
///
/// A backplane can be started only once.
public protocol Backplane: AnyObject, Sendable {
    /// Connects to the engine, and delivers the blocks that other servers publish from now on.
    ///
    /// - Parameters:
    ///   - fingerprint: The protocol of the frames. Entries with another fingerprint are skipped and counted.
    ///   - receiver: Receives the blocks. The backplane has a strong reference to the receiver until it has stopped.
    /// - Throws: A ``BackplaneError`` when the engine cannot be used: at once when the engine rejects the configuration, and
    ///   after the start timeout of the backplane when the engine is unreachable.
    func start(for fingerprint: ProtocolFingerprint, _ receiver: any BackplaneReceiver) async throws

    /// Queues a block for all other servers.
    ///
    /// Any thread may call this method. It never blocks and never fails. While the engine does not acknowledge blocks, the
    /// backplane queues up to ``BackplaneLimits/maximumWaitingBytes``; beyond that, it drops and counts the oldest blocks. Blocks
    /// that are published before the start or after the stop are ignored.
    func publish(_ block: BackplaneBlock)

    /// Whether the server should not read connections that publish.
    ///
    /// Any thread may read this property, for instance after each ``publish(_:)``. When it becomes `false`, the backplane calls
    /// ``BackplaneReceiver/releasePublishers()``.
    var holdsPublishers: Bool { get }

    /// Stops reading the log until ``resumeReceiving()``, because the server has too many blocks that it has not sent yet.
    ///
    /// Any thread may call this method. The backplane may still deliver a few blocks that it has already read.
    func pauseReceiving()

    /// Continues reading the log after ``pauseReceiving()``.
    func resumeReceiving()

    /// Waits until the engine has acknowledged every block that was published before.
    ///
    /// - Parameter timeout: The longest time to wait.
    /// - Returns: Whether the engine has acknowledged all blocks; `false` after the timeout. ``BackplaneStatus/waitingBlocks`` is
    ///   the number of blocks that are left.
    func drain(within timeout: Duration) async -> Bool

    /// Disconnects, and releases all resources.
    ///
    /// The backplane discards blocks that the engine has not acknowledged: call ``drain(within:)`` first.
    func stop() async

    /// The state of the connection and the counters, for health checks and metrics.
    ///
    /// Any thread may read this property.
    var status: BackplaneStatus { get }

    /// The values that all servers share in the engine; `nil` by default: for an engine that has no such store.
    ///
    /// The server opens the store after ``start(for:_:)``. ``stop()`` closes the store.
    var store: (any ClusterStore)? { get }
}

/// The part of a server that receives blocks and events of a backplane.
///
/// The backplane calls one method at a time, on its own thread. The methods must return soon: the backplane reads nothing until
/// they return.
public protocol BackplaneReceiver: AnyObject, Sendable {
    /// Another server has published `block`.
    ///
    /// The backplane does not check the frames in the block: any program with access to the engine may have written them.
    func received(_ block: BackplaneBlock, from server: ServerIncarnation)

    /// ``Backplane/holdsPublishers`` has become `false`: the server may read connections that publish again.
    func releasePublishers()

    /// An event for the log: the state of the backplane has changed, or blocks were lost.
    func backplaneChanged(_ event: BackplaneEvent)
}

/// A number that differs between protocols whose frames differ; servers with different fingerprints ignore each other's blocks.
@frozen
public struct ProtocolFingerprint: Sendable, Hashable, CustomStringConvertible {
    /// The number.
    public let rawValue: UInt64

    /// A fingerprint with this number.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// The number in hexadecimal, 16 digits.
    public var description: String { rawValue.hexadecimalDigits }
}

/// A random number for one run of one server.
///
/// The number is never configured, because two servers with the same number would ignore each other.
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
    public var description: String { rawValue.hexadecimalDigits }
}
