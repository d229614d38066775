package import SwitchboardBytes

/// Decodes entries of the log, which any program with access to the engine may have written.
///
/// The decoder accepts an entry only if every byte is as ``Entry`` describes. The frames share the memory of the entry. The decoder
/// allocates memory for a count or a length only if the entry has that many bytes.
package struct EntryDecoder: Sendable {
    /// The result of decoding.
    package enum Outcome: Sendable, Equatable {
        /// An entry of a server with the same protocol.
        case entry(Entry)
        /// An entry of a server with another protocol.
        case foreign
        /// An entry of another version of the format.
        case otherVersion
        /// Bytes that are not an entry.
        case malformed
    }

    private let fingerprint: ProtocolFingerprint

    /// A decoder for entries of the protocol with this fingerprint.
    package init(_ fingerprint: ProtocolFingerprint) {
        self.fingerprint = fingerprint
    }

    /// Reads an entry.
    package func decode(_ bytes: Bytes) -> Outcome {
        var reader = ByteReader(bytes)
        guard reader.readInteger(.big) == Entry.magic, let version = reader.readInteger(.big, as: UInt8.self) else {
            return .malformed
        }
        guard version == Entry.version else { return .otherVersion }
        guard let flags = reader.readInteger(.big, as: UInt8.self), flags == 0,
            let fingerprint = reader.readInteger(.big, as: UInt64.self),
            let incarnation = reader.readInteger(.big, as: UInt64.self),
            let first = reader.readInteger(.big, as: UInt64.self),
            let count = reader.readInteger(.big, as: UInt32.self),
            let blockCount = reader.readInteger(.big, as: UInt16.self),
            let readHigh = reader.readInteger(.big, as: UInt64.self),
            let readLow = reader.readInteger(.big, as: UInt64.self)
        else { return .malformed }
        guard fingerprint == self.fingerprint.rawValue else { return .foreign }
        guard UInt64.max - first >= UInt64(count), blockCount <= count, blockCount > 0 || count == 0,
            blockCount <= Entry.maximumBlocks, let blocks = Self.blocks(Int(blockCount), from: &reader),
            reader.remaining == 0
        else { return .malformed }
        let server = ServerIncarnation(rawValue: incarnation)
        let read = LogPosition(high: readHigh, low: readLow)
        return .entry(Entry(self.fingerprint, server, first: first, count: count, read: read, blocks: blocks))
    }

    private static func blocks(_ count: Int, from reader: inout ByteReader) -> [BackplaneBlock]? {
        var blocks: [BackplaneBlock] = []
        for _ in 0..<count {
            guard let block = block(from: &reader) else { return nil }
            blocks.append(block)
        }
        return blocks
    }

    private static func block(from reader: inout ByteReader) -> BackplaneBlock? {
        guard let kindNumber = reader.readInteger(.big, as: UInt8.self),
            let kind = BackplaneBlock.Target.Kind(rawValue: kindNumber & ~Entry.closingBit),
            let nameSize = reader.readInteger(.big, as: UInt16.self), nameSize <= Entry.maximumNameBytes,
            let nameBytes = reader.readBytes(Int(nameSize)), let name = String(validating: nameBytes),
            let target = BackplaneBlock.Target(kind, name: name),
            let tallyCount = reader.readInteger(.big, as: UInt16.self), tallyCount <= Entry.maximumTallies,
            let tallies = tallies(Int(tallyCount), from: &reader),
            let size = reader.readInteger(.big, as: UInt32.self), size <= Entry.maximumBlockBytes,
            let frames = reader.readBytes(Int(size))
        else { return nil }
        let talliedBytes = tallies.reduce(UInt64(0)) { $0 + UInt64($1.bytes) }
        guard talliedBytes == UInt64(size) else { return nil }
        let closesReceivers = kindNumber & Entry.closingBit != 0
        return BackplaneBlock(for: target, frames, tallies: tallies, closesReceivers: closesReceivers)
    }

    private static func tallies(_ count: Int, from reader: inout ByteReader) -> [BackplaneBlock.Tally]? {
        // Ten bytes each: memory is allocated only for tallies that are in the entry.
        guard reader.remaining >= 10 * count else { return nil }
        var tallies: [BackplaneBlock.Tally] = []
        tallies.reserveCapacity(count)
        for _ in 0..<count {
            guard let code = reader.readInteger(.big, as: UInt16.self),
                let messages = reader.readInteger(.big, as: UInt32.self),
                let bytes = reader.readInteger(.big, as: UInt32.self)
            else { return nil }
            tallies.append(.init(code: code, messages: messages, bytes: bytes))
        }
        return tallies
    }
}
