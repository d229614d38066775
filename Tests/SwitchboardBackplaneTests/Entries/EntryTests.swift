import SwitchboardBackplane
import SwitchboardBytes
import Testing

@Suite("An entry of the log")
struct EntryTests {
    private let decoder = EntryDecoder(fingerprint)

    private func decoded(_ bytes: some Collection<UInt8>) -> Entry? {
        if case .entry(let entry) = decoder.decode(Bytes(bytes)) { entry } else { nil }
    }

    @Test("Every target comes out as it went in")
    func carriesTargets() throws {
        let blocks: [BackplaneBlock] = [
            block(1, for: .all), block(2, for: .user("álice")), block(2, for: .user("")),
            block(3, for: .session("a-b")),
            block(4, for: .room("lobby")),
            BackplaneBlock(for: .user("bob"), Bytes(), tallies: [], closesReceivers: true),
        ]
        let entry = try #require(decoded(entry(blocks)))
        #expect(entry.blocks == blocks)
        #expect(entry.incarnation == server)
        #expect(entry.first == 0 && entry.count == 6)
    }

    @Test("Neighbours with the same target become one block, with one tally for each message")
    func joinsNeighbours() throws {
        let other = BackplaneBlock(for: .all, "xy", tallies: [.init(code: 8, messages: 2, bytes: 2)])
        let entry = try #require(decoded(entry([block(1), other, block(2), block(3, for: .room("a")), block(4)])))
        #expect(entry.count == 5)
        try #require(entry.blocks.count == 3)
        #expect(
            entry.blocks[0].frames == Bytes(Array(repeating: 1, count: 10) + "xy".utf8 + Array(repeating: 2, count: 10))
        )
        #expect(
            entry.blocks[0].tallies == [.init(code: 7, messages: 2, bytes: 20), .init(code: 8, messages: 2, bytes: 2)]
        )
        #expect(entry.blocks[1] == block(3, for: .room("a")))
        #expect(entry.blocks[2] == block(4))
    }

    @Test("Blocks without frames are not joined with blocks for others")
    func keepsEmptyBlocksApart() throws {
        let empty = BackplaneBlock(for: .room("a"), Bytes(), tallies: [])
        let entry = try #require(decoded(entry([empty, block(1, for: .room("b")), block(2)])))
        #expect(entry.blocks == [empty, block(1, for: .room("b")), block(2)])
    }

    @Test("A block that disconnects its receivers is never joined with another")
    func keepsDisconnectionsApart() throws {
        var last = block(2)
        last.closesReceivers = true
        let blocks = [block(1), last, last, block(3)]
        #expect(try #require(decoded(entry(blocks))).blocks == blocks)
    }

    @Test("The frames share the memory of the entry")
    func sharesMemory() throws {
        let bytes = try entry([block(size: 1000)])
        guard case .entry(let entry) = decoder.decode(bytes) else {
            Issue.record("no entry")
            return
        }
        #expect(entry.blocks.first?.frames.sharedStorage === bytes.sharedStorage)
    }

    @Test("An entry that ends anywhere, or goes on, is malformed")
    func rejectsOtherLengths() throws {
        let whole = Array(try entry([block(1), block(2, for: .user("bob")), block(3, for: .session("c"))]))
        for count in 0..<whole.count {
            #expect(decoder.decode(Bytes(whole.prefix(count))) == .malformed, "\(count) bytes")
        }
        #expect(decoder.decode(Bytes(whole + [0])) == .malformed)
    }

    @Test("Versions and protocols that are not this server's are told apart from garbage")
    func tellsOthersApart() throws {
        var bytes = Array(try entry([block()]))
        bytes[2] = 2
        #expect(decoder.decode(Bytes(bytes)) == .otherVersion)
        #expect(decoder.decode(Bytes(bytes.prefix(3))) == .otherVersion)
        bytes[2] = 1
        bytes[4] ^= 1
        #expect(decoder.decode(Bytes(bytes)) == .foreign)
        bytes[4] ^= 1
        bytes[3] = 1
        #expect(decoder.decode(Bytes(bytes)) == .malformed, "unknown flags")
        #expect(decoder.decode("not an entry") == .malformed)
        #expect(decoder.decode(Bytes()) == .malformed)
    }

    /// What is changed in the bytes of an entry with one block for the user `bob`, and makes it malformed.
    @Test(
        "A wrong field makes an entry malformed",
        arguments: [
            ("number overflows", 20, [255, 255, 255, 255, 255, 255, 255, 255] as [UInt8]),
            ("count is less than the blocks", 28, [0, 0, 0, 0]),
            ("no blocks but a count", 32, [0, 0]),
            ("more blocks than there are", 32, [0, 2]),
            ("unknown kind", 50, [4]), ("unknown kind that disconnects", 50, [0x84]),
            ("kind without name has one", 50, [0]),
            ("name is longer than all", 51, [255, 255]),
            ("name is shorter", 51, [0, 0]), ("name of a room is shorter", 50, [3, 0, 0]),
            ("name is not UTF-8", 53, [0xFF]),
            ("more tallies than there are", 56, [0xFF, 0xFF]),
            ("tallies do not add up", 64, [0, 0, 0, 11]),
            ("frames are longer than all", 68, [255, 255, 255, 255]),
        ]
    )
    func rejectsWrongFields(_ what: String, offset: Int, bytes: [UInt8]) throws {
        var entry = Array(try entry([block(for: .user("bob"))]))
        #expect(decoded(entry) != nil)
        entry.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        #expect(decoder.decode(Bytes(entry)) == .malformed, "\(what)")
    }

    @Test("Random changes of an entry never trap, and what is taken is consistent")
    func survivesRandomChanges() throws {
        let whole = Array(
            try entry([block(1), block(2, for: .user("bob")), block(3, for: .room("a")), block(4, for: .session("c"))])
        )
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0...Int.random(in: 0..<4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count)] = UInt8.random(in: 0...255, using: &generator)
            }
            if Bool.random(using: &generator) { bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator)) }
            guard let entry = decoded(bytes) else { continue }
            for block in entry.blocks {
                #expect(block.tallies.reduce(0) { $0 + Int($1.bytes) } == block.frames.count)
            }
        }
    }
}
