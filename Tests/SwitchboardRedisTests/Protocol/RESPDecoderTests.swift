import SwitchboardBytes
import SwitchboardRedis
import Testing

@Suite("The decoder of replies")
struct RESPDecoderTests {
    /// What Redis may send, and what it means.
    static let replies: [(bytes: String, value: RESPValue)] = [
        ("+OK\r\n", .status("OK")),
        ("+\r\n", .status("")),
        ("-ERR no such thing\r\n", .error(RedisErrorReply("ERR no such thing"))),
        (":0\r\n", .integer(0)),
        (":-12\r\n", .integer(-12)),
        (":9223372036854775807\r\n", .integer(.max)),
        (":-9223372036854775808\r\n", .integer(.min)),
        ("$0\r\n\r\n", .bulk("")),
        ("$5\r\na\r\nbc\r\n", .bulk("a\r\nbc")),
        ("$-1\r\n", .null),
        ("*-1\r\n", .null),
        ("*0\r\n", .array([])),
        ("*2\r\n:1\r\n$1\r\nx\r\n", .array([.integer(1), .bulk("x")])),
        ("*1\r\n*1\r\n*0\r\n", .array([.array([.array([])])])),
        (
            "*1\r\n*2\r\n$1\r\ns\r\n*2\r\n*2\r\n$3\r\n1-0\r\n*2\r\n$1\r\ne\r\n$2\r\nab\r\n*2\r\n$3\r\n1-1\r\n*-1\r\n",
            .array([
                .array([
                    .bulk("s"),
                    .array([
                        .array([.bulk("1-0"), .array([.bulk("e"), .bulk("ab")])]), .array([.bulk("1-1"), .null]),
                    ]),
                ])
            ])
        ),
    ]

    /// What is no reply.
    static let mistakes: [String] = [
        "x", "HTTP/1.1 400 Bad Request\r\n", "\r\n", "\n", "+OK\n", "+\n", ":\r\n", ":+1\r\n", ": 1\r\n", ":1x\r\n",
        ":9223372036854775808\r\n", "$-2\r\n", "$\r\n", "$1\r\nxy\r\n", "$1\r\nx\n\r", "$0\r\nx\r\n", "*-2\r\n",
        "*x\r\n",
        "*1\r\n\r\n", "*9999999999\r\n", "$9999999999\r\n", "$9223372036854775807\r\n", "*9223372036854775807\r\n",
        String(repeating: "*1\r\n", count: 9), "*1000000\r\n*1\r\n", "\u{15}\u{03}\u{01}", "_\r\n", "%1\r\n",
    ]

    /// All values in `pieces`, which are given one after the other, and the error at the end.
    private func decode(_ pieces: [ArraySlice<UInt8>], limits: RESPDecoder.Limits = .init()) -> (
        [RESPValue], RESPError?
    ) {
        var decoder = RESPDecoder(limits: limits)
        var values: [RESPValue] = []
        for piece in pieces {
            var reader = ByteReader(Bytes(piece))
            do throws(RESPError) {
                while let value = try decoder.next(in: &reader) { values.append(value) }
            } catch {
                return (values, error)
            }
            #expect(reader.remaining == 0, "all input is consumed")
        }
        return (values, nil)
    }

    @Test("Every reply means the same however its bytes are cut", arguments: replies.indices)
    func decodesReplies(index: Int) {
        let (text, value) = Self.replies[index]
        let bytes = Array(text.utf8)
        #expect(decode([bytes[...]]).0 == [value])
        #expect(decode(bytes.indices.map { bytes[$0...$0] }).0 == [value])
        for cut in 0...bytes.count {
            #expect(decode([bytes[..<cut], bytes[cut...]]).0 == [value], "cut at \(cut)")
            #expect(decode([bytes[..<cut]]).0 == (cut == bytes.count ? [value] : []), "only \(cut) bytes")
            for second in cut...bytes.count where bytes.count < 40 {
                #expect(decode([bytes[..<cut], bytes[cut..<second], bytes[second...]]).0 == [value])
            }
        }
    }

    @Test("Replies that follow each other are found one by one")
    func decodesSequences() {
        let bytes = Array(Self.replies.map(\.bytes).joined().utf8)
        for cut in 0...bytes.count {
            #expect(decode([bytes[..<cut], bytes[cut...]]).0 == Self.replies.map(\.value))
        }
    }

    @Test("A long string shares the memory of its input if all of it has arrived, and means the same however it is cut")
    func sharesLongStrings() throws {
        let size = 32 * 1024
        let content = Bytes((0..<size).map { UInt8(truncatingIfNeeded: $0) })
        let header = Array("*2\r\n$\(size)\r\n".utf8)
        let bytes = header + content + Array("\r\n:1\r\n".utf8)
        let expected = RESPValue.array([.bulk(content), .integer(1)])
        let end = header.count + size
        for cut in [1, header.count - 1, header.count, header.count + 1, end - 1, end, end + 1, end + 2] {
            let (values, error) = decode([bytes[..<cut], bytes[cut...]])
            #expect(values == [expected] && error == nil, "cut at \(cut)")
        }
        let input = Bytes(bytes)
        var reader = ByteReader(input)
        var decoder = RESPDecoder()
        guard case .bulk(let string) = try decoder.next(in: &reader)?.elements?.first else {
            Issue.record("there is no string")
            return
        }
        #expect(string.sharedStorage === input.sharedStorage)
    }

    @Test("What is no reply is found however it is cut, and nothing is read after it", arguments: mistakes)
    func findsMistakes(text: String) {
        let bytes = Array(text.utf8)
        #expect(decode([bytes[...]]).1 != nil)
        #expect(decode(bytes.indices.map { bytes[$0...$0] }).1 != nil)
        var decoder = RESPDecoder()
        var reader = ByteReader(Bytes(bytes))
        #expect(throws: RESPError.self) { while try decoder.next(in: &reader) != nil {} }
        var more = ByteReader("+OK\r\n")
        #expect(throws: RESPError.self) { try decoder.next(in: &more) }
    }

    @Test("The first byte tells other servers from Redis")
    func explainsMistakes() {
        #expect(decode([Array("HTTP/1.1 400".utf8)[...]]).1?.description.contains("not a Redis server") == true)
        #expect(decode([[0x15, 3, 3][...]]).1?.description.contains("rediss://") == true)
    }

    @Test("Limits hold: lines, bytes of a reply, values, depth")
    func keepsLimits() {
        var limits = RESPDecoder.Limits()
        limits.lineBytes = 10
        limits.replyBytes = 10
        limits.values = 3
        limits.depth = 2
        func outcome(_ text: String) -> RESPError? { decode([Array(text.utf8)[...]], limits: limits).1 }
        #expect(outcome("+123456789\r\n") == nil)
        #expect(outcome("+1234567890\r\n") != nil)
        #expect(outcome("+1234567890123") != nil, "without its end, too")
        let stranger = Array("x1234567890123\r\n".utf8)
        #expect(
            outcome("x1234567890123\r\n") == decode(stranger.indices.map { stranger[$0...$0] }, limits: limits).1,
            "the type counts before the length"
        )
        #expect(outcome("$10\r\n") == nil)
        #expect(outcome("$11\r\n")?.isTooLarge == true)
        #expect(outcome("*2\r\n$5\r\n12345\r\n$5\r\n12345\r\n") == nil)
        #expect(outcome("*2\r\n$5\r\n12345\r\n$6\r\n")?.isTooLarge == true)
        #expect(outcome("*3\r\n:1\r\n:1\r\n:1\r\n*3\r\n") == nil, "each reply has its own limit")
        #expect(outcome("*4\r\n")?.isTooLarge == true)
        #expect(outcome("*2\r\n*2\r\n")?.isTooLarge == true)
        #expect(outcome("*1\r\n*1\r\n") == nil)
        #expect(outcome("*1\r\n*1\r\n*1\r\n") != nil)
    }

    @Test("Random bytes never trap, and mean the same however they are cut")
    func survivesRandomBytes() {
        let alphabet = Array("+-:$*0123456789\r\nab".utf8)
        var generator = SystemRandomNumberGenerator()
        for round in 0..<3000 {
            let count = Int.random(in: 0...60, using: &generator)
            let bytes = (0..<count).map { _ in
                round % 2 == 0
                    ? alphabet.randomElement(using: &generator) ?? 0 : UInt8.random(in: 0...255, using: &generator)
            }
            let whole = decode([bytes[...]])
            let cut = Int.random(in: 0...count, using: &generator)
            #expect(decode([bytes[..<cut], bytes[cut...]]) == whole)
            #expect(decode(bytes.indices.map { bytes[$0...$0] }) == whole)
        }
    }

    @Test("A command is an array of strings, which the decoder reads back")
    func encodesCommands() throws {
        var writer = ByteWriter()
        RedisCommand(["SET", "", "a\r\nb"]).encode(into: &writer)
        let bytes = writer.takeBytes()
        #expect(String(validating: bytes) == "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$4\r\na\r\nb\r\n")
        #expect(decode([Array(bytes)[...]]).0 == [.array([.bulk("SET"), .bulk(""), .bulk("a\r\nb")])])
    }
}

@Suite("Errors that Redis replies")
struct RedisErrorReplyTests {
    @Test(
        "Each error has its remedy and its advice",
        arguments: [
            ("WRONGPASS invalid username-password pair or user is disabled.", RedisErrorReply.Remedy.none, "password"),
            ("ERR invalid password", .none, "rejects the password"),
            (
                "ERR AUTH <password> called without any password configured for the default user.", .none,
                "no password set"
            ),
            ("ERR Client sent AUTH, but no password is set", .none, "no password set"),
            ("NOAUTH Authentication required.", .none, "redis://:PASSWORD@HOST"),
            ("NOPERM this user has no permissions to run the 'xadd' command", .none, "Docs/Cluster.md"),
            ("WRONGTYPE Operation against a key holding the wrong kind of value", .none, "another key"),
            ("DENIED Redis is running in protected mode because", .none, "protected mode"),
            ("ERR max number of clients reached", .retry, "maxclients"),
            ("MOVED 3999 127.0.0.1:6381", .none, "Cluster is not supported"),
            ("ASK 3999 127.0.0.1:6381", .none, "Cluster is not supported"),
            ("CLUSTERDOWN Hash slot not served", .none, "Cluster is not supported"),
            ("ERR unknown command `XADD`, with args beginning with: `a`", .none, "Redis 6.2"),
            (
                "ERR unknown command 'SENTINEL', with args beginning with: 'GET-MASTER-ADDR-BY-NAME' 'a' ", .none,
                "the address is not that of a Sentinel: use the port of a Sentinel (26379 by default), or redis://"
            ),
            ("ERR unknown command `SENTINEL`, with args beginning with: `a`", .none, "not that of a Sentinel"),
            ("ERR DB index is out of range", .none, "database"),
            ("READONLY You can't write against a read only replica.", .reconnect, "replica"),
            ("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", .reconnect, "replica"),
            ("UNBLOCKED force unblock from blocking operation", .reconnect, "role"),
            ("LOADING Redis is loading the dataset in memory", .retry, "loading"),
            ("OOM command not allowed when used memory > 'maxmemory'.", .retry, "out of memory"),
            ("MISCONF Redis is configured to save RDB snapshots", .retry, "cannot save"),
            ("NOREPLICAS Not enough good replicas to write.", .retry, "replicas"),
            ("BUSY Redis is busy running a script.", .retry, "error"),
            ("ERR something new", .retry, "error"),
            ("", .retry, "error"),
        ]
    )
    func knowsErrors(text: String, remedy: RedisErrorReply.Remedy, advice: String) {
        let reply = RedisErrorReply(text)
        #expect(reply.remedy == remedy)
        #expect(reply.advice.contains(advice))
    }

    @Test("What a server writes cannot disturb a log: control characters are replaced, and the text is short")
    func makesTextsSafe() {
        #expect(RedisErrorReply("ERR a\u{1B}[31m\u{7}b").description == "ERR a?[31m?b")
        #expect(RedisErrorReply(String(repeating: "x", count: 5000)).description.count == 200)
    }
}
