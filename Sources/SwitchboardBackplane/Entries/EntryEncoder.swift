internal import SwitchboardBytes

/// Encodes blocks as an entry, and joins consecutive blocks with the same target.
enum EntryEncoder {
    /// The bytes of an entry with blocks that each fit into an entry.
    ///
    /// - Parameters:
    ///   - read: The position up to which the server has read the log.
    ///   - first: The number of the first of the blocks.
    ///   - blocks: The blocks, which have consecutive numbers: at most ``Entry/maximumBlocks``.
    static func encode(
        _ fingerprint: ProtocolFingerprint,
        _ incarnation: ServerIncarnation,
        read: LogPosition,
        first: UInt64,
        _ blocks: [BackplaneBlock]
    ) -> Bytes {
        let capacity = blocks.reduce(Entry.headerBytes) { $0 + $1.encodedBytes }
        var writer = ByteWriter(capacity: capacity)
        writer.append(Entry.magic, .big)
        writer.append(Entry.version, .big)
        writer.append(UInt8(0), .big)
        writer.append(fingerprint.rawValue, .big)
        writer.append(incarnation.rawValue, .big)
        writer.append(first, .big)
        writer.append(UInt32(truncatingIfNeeded: blocks.count), .big)
        let countOffset = writer.count
        writer.append(UInt16(0), .big)
        writer.append(read.high, .big)
        writer.append(read.low, .big)
        var joined: UInt16 = 0
        var rest = blocks[...]
        while let block = rest.first {
            let group = joinable(rest, with: block)
            encode(block, group, into: &writer)
            rest = rest.dropFirst(group.count)
            joined &+= 1
        }
        writer.overwrite(at: countOffset, with: joined, .big)
        return writer.takeBytes()
    }

    /// The first of `blocks`, and the following blocks that can be joined with it.
    private static func joinable(
        _ blocks: ArraySlice<BackplaneBlock>,
        with first: BackplaneBlock
    ) -> ArraySlice<BackplaneBlock> {
        // Later frames are not for the connections that the first block closes.
        if first.closesReceivers { return blocks.prefix(1) }
        var bytes = first.frames.count
        var tallies = first.tallies.count
        let others = blocks.dropFirst().prefix { block in
            bytes += block.frames.count
            tallies += block.tallies.count
            return block.target == first.target && !block.closesReceivers && bytes <= Entry.maximumBlockBytes
                && tallies <= Entry.maximumTallies
        }
        return blocks.prefix(others.count + 1)
    }

    private static func encode(
        _ first: BackplaneBlock,
        _ group: ArraySlice<BackplaneBlock>,
        into writer: inout ByteWriter
    ) {
        let name = first.target.name.utf8
        writer.append(first.target.kind.rawValue | (first.closesReceivers ? Entry.closingBit : 0), .big)
        writer.append(UInt16(truncatingIfNeeded: name.count), .big)
        writer.append(contentsOf: name)
        let tallies = sum(of: group)
        writer.append(UInt16(truncatingIfNeeded: tallies.count), .big)
        for tally in tallies {
            writer.append(tally.code, .big)
            writer.append(tally.messages, .big)
            writer.append(tally.bytes, .big)
        }
        writer.append(UInt32(truncatingIfNeeded: group.reduce(0) { $0 + $1.frames.count }), .big)
        for block in group { writer.append(block.frames) }
    }

    /// One tally for each message of the group.
    private static func sum(of group: ArraySlice<BackplaneBlock>) -> [BackplaneBlock.Tally] {
        if group.count == 1, let only = group.first { return only.tallies }
        var sums: [BackplaneBlock.Tally] = []
        for tally in group.lazy.flatMap(\.tallies) { sums.add(tally) }
        return sums
    }
}
