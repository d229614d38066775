import SwitchboardBackplane
import SwitchboardBytes
import SwitchboardRedis

/// What an engine sends to a backplane: replies of Redis, which mean the same however they are cut, and entries of the log, of
/// which only those are taken that are what they seem.
enum BackplaneTarget {
    private static let fingerprint = ProtocolFingerprint(rawValue: 0x0102_0304_0506_0708)
    private static let own = ServerIncarnation(rawValue: 1)

    static func run(_ input: Input) {
        var input = input
        let choice = input.byte()
        let bytes = input.remainder()
        switch choice % 3 {
        case 0: checkReplies(bytes)
        case 1: checkEntries([bytes])
        default: checkEntries(mended(bytes))
        }
    }

    // MARK: Replies

    private static func checkReplies(_ stream: [UInt8]) {
        let whole = decode([stream[...]])
        require(decode(stream.indices.map { stream[$0...$0] }) == whole, "replies mean the same byte by byte")
        let cut = stream.count / 2
        require(decode([stream[..<cut], stream[cut...]]) == whole, "replies mean the same in two pieces")
    }

    private struct Found: Equatable {
        var values: [RESPValue] = []
        var error: RESPError?
    }

    private static func decode(_ pieces: [ArraySlice<UInt8>]) -> Found {
        var limits = RESPDecoder.Limits()
        limits.lineBytes = 64
        limits.replyBytes = 1000
        limits.values = 50
        limits.depth = 4
        var decoder = RESPDecoder(limits: limits)
        var found = Found()
        for piece in pieces {
            var reader = ByteReader(Bytes(piece))
            do throws(RESPError) {
                while let value = try decoder.next(in: &reader) {
                    found.values.append(value)
                    if case .bulk(let bytes) = value, let text = String(validating: bytes) { _ = StreamID(text) }
                    if let text = value.text { _ = RedisServerInfo(text) }
                }
                require(reader.remaining == 0, "all input is consumed")
            } catch {
                found.error = error
                break
            }
        }
        return found
    }

    // MARK: Entries

    /// Turns random bytes into entries whose beginning is right, which mutations seldom find.
    private static func mended(_ bytes: [UInt8]) -> [[UInt8]] {
        let start: [UInt8] = [0x53, 0x42, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8]
        return bytes.split(separator: 0xFF, maxSplits: 8, omittingEmptySubsequences: false).map { start + $0 }
    }

    private static func checkEntries(_ entries: [[UInt8]]) {
        var inbox = Inbox(fingerprint, own: own)
        for bytes in entries {
            let outcome = EntryDecoder(fingerprint).decode(Bytes(bytes))
            let delivery = inbox.take(Bytes(bytes), at: 0, published: 0, sent: 0)
            guard case .entry(let entry) = outcome else {
                require(delivery.blocks.isEmpty, "nothing is delivered of what is no entry")
                continue
            }
            require(entry.blocks.count <= Int(entry.count), "each block has a number")
            for block in entry.blocks {
                let size = block.tallies.reduce(0) { $0 + Int($1.bytes) }
                require(size == block.frames.count, "the tallies of a block are those of its frames")
            }
        }
        let counters = inbox.counters
        require(
            counters.malformed + counters.foreign + counters.otherVersions <= UInt64(entries.count),
            "each entry counts once"
        )
    }
}
