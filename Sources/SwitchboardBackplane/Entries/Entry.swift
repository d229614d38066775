internal import SwitchboardBytes

/// Consecutive blocks of one server, which are appended to the log together.
///
/// The bytes of an entry, with integers in network byte order:
///
/// | bytes | field |
/// |---|---|
/// | 2 | `SB` |
/// | 1 | format version: 1 |
/// | 1 | flags: 0 |
/// | 8 | fingerprint of the protocol |
/// | 8 | incarnation of the server |
/// | 8 | number of the first block in the entry |
/// | 4 | count of block numbers that the entry uses; 0 for a heartbeat |
/// | 2 | count of the blocks that follow: consecutive blocks with the same target were joined |
/// | 16 | position up to which the server has read the log; 0 for no position |
///
/// The bytes of each block:
///
/// | bytes | field |
/// |---|---|
/// | 1 | kind of the target; the highest bit says that the receivers are disconnected after the frames |
/// | 2 | size of the target's name |
/// | | name, in UTF-8 |
/// | 2 | count of the tallies |
/// | 10 each | tally: code (2), messages (4), bytes (4) |
/// | 4 | size of the frames |
/// | | frames |
package struct Entry: Sendable, Equatable {
    /// The first bytes of every entry: `SB`.
    static let magic: UInt16 = 0x5342

    /// The version of the format.
    ///
    /// Servers skip entries of other versions.
    static let version: UInt8 = 1

    /// The size of the fields before the first block, in bytes.
    package static let headerBytes = 50

    /// The longest name of a user, a session or a room, in bytes of UTF-8.
    package static let maximumNameBytes = 1024

    /// The most bytes of frames in a block.
    package static let maximumBlockBytes = 16 * 1024 * 1024

    /// The most blocks in an entry.
    package static let maximumBlocks = 4096

    /// The bit in the kind of a target that says that the receivers are disconnected after the frames.
    static let closingBit: UInt8 = 0x80

    /// The most tallies in a block.
    package static let maximumTallies = 4096

    /// The protocol of the frames.
    package var fingerprint: ProtocolFingerprint
    /// The server that has published the blocks.
    package var incarnation: ServerIncarnation
    /// The number of the first block; a heartbeat has the number of the next block to come.
    package var first: UInt64
    /// The count of block numbers that the entry uses.
    package var count: UInt32
    /// The position up to which the server has read the log; ``LogPosition/start`` for no position.
    package var read: LogPosition
    /// The blocks, those with the same target joined: at most ``count``.
    package var blocks: [BackplaneBlock]

    package init(
        _ fingerprint: ProtocolFingerprint,
        _ incarnation: ServerIncarnation,
        first: UInt64,
        count: UInt32,
        read: LogPosition,
        blocks: [BackplaneBlock]
    ) {
        self.fingerprint = fingerprint
        self.incarnation = incarnation
        self.first = first
        self.count = count
        self.read = read
        self.blocks = blocks
    }
}

extension BackplaneBlock {
    /// The size of the block in an entry, in bytes.
    var encodedBytes: Int { 9 + target.name.utf8.count + 10 * tallies.count + frames.count }

    /// Whether an entry can contain the block, and receivers accept it.
    var fitsEntry: Bool {
        frames.count <= Entry.maximumBlockBytes && tallies.count <= Entry.maximumTallies
            && target.name.utf8.count <= Entry.maximumNameBytes && Target(target.kind, name: target.name) == target
            && tallies.reduce(0) { $0 + Int($1.bytes) } == frames.count
    }
}
