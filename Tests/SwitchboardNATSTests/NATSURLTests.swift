#if NATS
import SwitchboardBackplane
import Testing

@testable import SwitchboardNATS

@Suite("URLs of NATS")
struct NATSURLTests {
    @Test(
        "A URL is read, and shown without secrets",
        arguments: [
            ("nats://h", "nats://h:4222"), ("tls://h:1", "tls://h:1"), ("NATS://h/", "nats://h:4222"),
            ("nats://a,b:2,[::1],[fe80::1]:3", "nats://a:4222,b:2,[::1]:4222,[fe80::1]:3"),
            ("nats://user:secret@h", "nats://user:***@h:4222"), ("nats://secret@h", "nats://***@h:4222"),
            ("nats://us%40er:sec%2Fret@x@h", "nats://us@er:***@h:4222"),
            ("tls://h?creds=/a%20b.creds", "tls://h:4222?creds=/a b.creds"),
            (
                "nats://h?nkey=UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4&seed=/s",
                "nats://h:4222?nkey=UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4&seed=/s"
            ),
        ]
    )
    func reads(text: String, shown: String) throws {
        #expect(try NATSURL(text).description == shown)
    }

    @Test("Credentials are decoded")
    func decodes() throws {
        #expect(try NATSURL("nats://u%3A:p%25@x@h").credentials == .user("u:", password: "p%@x"))
        #expect(try NATSURL("nats://to%20ken@h").credentials == .token("to ken"))
        #expect(try NATSURL("nats://h?creds=/f%3F").credentials == .file("/f?"))
        #expect(try NATSURL("nats://h").credentials == nil)
    }

    @Test(
        "What is wrong is said, without the password",
        arguments: [
            ("", "must begin with"), ("h:4222", "must begin with"), ("redis://h", "\"redis://\" is unknown"),
            ("nats://", "a host is missing"), ("nats://a,,b", "a host is missing"),
            ("nats://h:0", "must be a number from 1 to 65535"),
            ("nats://h:65536", "must be a number from 1 to 65535"), ("nats://h:", "must be a number from 1 to 65535"),
            ("nats://h:+1", "must be a number from 1 to 65535"),
            ("nats://h:99999999999999999999", "must be a number from 1 to 65535"), ("nats://::1", "square brackets"),
            ("nats://[::1", "not closed"), ("nats://[::1]x", "colon must follow"),
            ("nats://h/x", "a path is not allowed"), ("nats://u:hush", "the port after \"u:\""),
            ("nats://u:hush/hush", "the port after \"u:\""), ("nats://u:1/hush", "a path is not allowed"),
            ("nats://u:hush/hush@h", "percent-encoded as %2F"), ("nats://u:hush?hush@h", "percent-encoded as %3F"),
            ("nats://u:hush#hush@h", "percent-encoded as %23"), ("nats://u:hush hush@h", "percent-encoded"),
            ("nats://u:hush%4@h", "two hexadecimal digits"), ("nats://u:hush%FF@h", "not valid UTF-8"),
            ("nats://u:hush%00@h", "not valid UTF-8"), ("nats://:hush@h", "needs a user name"),
            ("nats://u:@h", "password of the user is empty"), ("nats://h?db=1", "\"db\" in the query is unknown"),
            ("nats://h?creds=", "creds is empty"), ("nats://h?creds=a&creds=b", "given twice"),
            ("nats://h?nkey=hush&seed=/s", "not the public key"), ("nats://h?seed=/s", "must be given together"),
            ("nats://u:hush@h?creds=/a", "give one of them"),
            ("nats://h?creds=/a&seed=/s", "cannot be given together"),
            ("nats://" + String(repeating: "h,", count: 40), "at most 32"),
            ("nats://" + String(repeating: "h", count: 5000), "at most 4096"),
        ]
    )
    func explains(text: String, reason: String) throws {
        let error = #expect(throws: BackplaneError.self) { try NATSURL(text) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("hush") == false)
    }
}

@Suite("Where to read a stream")
struct StreamReadPositionTests {
    private let second: Int64 = 1_000_000_000
    private let run = StreamRun(server: "A", created: 5)

    @Test("The first connection begins behind the last message")
    func joins() {
        var position = StreamReadPosition()
        #expect(position.logPosition == .start)
        let (start, rereads) = position.connect(to: run, last: 7, lastTime: 100 * second)
        #expect(start == .sequence(8) && !rereads)
        #expect(position.logPosition == LogPosition(high: 5, low: 7))
        var empty = StreamReadPosition()
        #expect(empty.connect(to: run, last: 0, lastTime: 0).start == .sequence(1))
    }

    @Test("The same run of the server goes on behind the last message that was read")
    func goesOn() {
        var position = StreamReadPosition()
        _ = position.connect(to: run, last: 7, lastTime: 100 * second)
        position.advance(to: 9, at: 101 * second)
        let (start, rereads) = position.connect(to: run, last: 20, lastTime: 102 * second)
        #expect(start == .sequence(10) && !rereads)
    }

    @Test("Another run of the server goes back five seconds, but not to before the join")
    func rewinds() {
        var position = StreamReadPosition()
        _ = position.connect(to: run, last: 7, lastTime: 100 * second)
        position.advance(to: 9, at: 103 * second)
        let other = StreamRun(server: "B", created: 5)
        let (start, rereads) = position.connect(to: other, last: 8, lastTime: 102 * second)
        #expect(start == .time(100 * second + 1) && rereads)
        position.advance(to: 30, at: 200 * second)
        #expect(position.connect(to: run, last: 30, lastTime: 200 * second).start == .time(195 * second))
    }

    @Test("A new stream is read from its beginning")
    func beginsAgain() {
        var position = StreamReadPosition()
        _ = position.connect(to: run, last: 7, lastTime: 100 * second)
        let (start, rereads) = position.connect(to: StreamRun(server: "A", created: 6), last: 3, lastTime: second)
        #expect(start == .sequence(1) && rereads)
        #expect(position.logPosition == LogPosition(high: 6, low: 0))
    }

    @Test("Extreme numbers do not trap")
    func extremes() {
        var position = StreamReadPosition()
        _ = position.connect(to: run, last: .max, lastTime: .max)
        position.advance(to: .max, at: .min)
        #expect(position.connect(to: run, last: 0, lastTime: 0).start == .sequence(UInt64(Int64.max)))
        _ = position.connect(to: StreamRun(server: "B", created: 5), last: 0, lastTime: 0)
    }
}
#endif
