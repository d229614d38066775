public import SwitchboardBytes

/// Encoded frames for all or some of the connections of other servers.
public struct BackplaneBlock: Sendable, Hashable {
    /// The connections that receive the frames.
    public enum Target: Sendable, Hashable {
        /// Every connection.
        case all
        /// The connections of the user with this name.
        case user(String)
        /// The connections of the session with this identifier.
        case session(String)
        /// The connections in the room with this name.
        case room(String)
    }

    /// The number of frames of one message in the block, and their size.
    public struct Tally: Sendable, Hashable {
        /// The message's code.
        public var code: UInt16
        /// The number of frames.
        public var messages: UInt32
        /// The number of bytes in these frames.
        public var bytes: UInt32

        /// A tally.
        public init(code: UInt16, messages: UInt32, bytes: UInt32) {
            self.code = code
            self.messages = messages
            self.bytes = bytes
        }
    }

    /// The connections that receive the frames.
    public var target: Target

    /// The number of frames of each message.
    ///
    /// The bytes of all tallies add up to the size of ``frames``.
    public var tallies: [Tally]

    /// The frames, one after another.
    public var frames: Bytes

    /// Whether the receivers are disconnected after the frames.
    public var closesReceivers: Bool

    /// The most bytes of frames that a block may have: 16 MiB; backplanes drop larger blocks.
    package static let maximumBytes = Entry.maximumBlockBytes

    /// A block.
    public init(for target: Target, _ frames: Bytes, tallies: [Tally], closesReceivers: Bool = false) {
        self.target = target
        self.tallies = tallies
        self.frames = frames
        self.closesReceivers = closesReceivers
    }
}

extension [BackplaneBlock.Tally] {
    /// Adds the frames of a tally to the tally of the same message.
    package mutating func add(_ tally: BackplaneBlock.Tally) {
        guard let index = firstIndex(where: { $0.code == tally.code }) else { return append(tally) }
        self[index].messages &+= tally.messages
        self[index].bytes &+= tally.bytes
    }
}

extension BackplaneBlock.Target {
    /// The number of each kind of target in an entry.
    enum Kind: UInt8 {
        case all, user, session, room
    }

    var kind: Kind {
        switch self {
        case .all: .all
        case .user: .user
        case .session: .session
        case .room: .room
        }
    }

    /// The name of the user, session or room; empty for the other kinds.
    var name: String {
        switch self {
        case .user(let name), .session(let name), .room(let name): name
        case .all: ""
        }
    }

    /// The target of this kind and name; `nil` when the kind requires a name and `name` is empty, or allows none and has one.
    init?(_ kind: Kind, name: String) {
        switch (kind, name.isEmpty) {
        case (.all, true): self = .all
        case (.user, _): self = .user(name)
        case (.session, false): self = .session(name)
        case (.room, false): self = .room(name)
        case (.all, false), (.session, true), (.room, true): return nil
        }
    }
}
