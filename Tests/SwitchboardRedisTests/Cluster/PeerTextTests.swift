import SwitchboardBackplane
import SwitchboardBytes
import SwitchboardRedis
import Testing

@Suite("The text of a peer in Redis")
struct PeerTextTests {
    @Test(
        "is read as it was written",
        arguments: [nil, "", "alice", "=", "a b  c ", "ål\u{0}ice\n", String(repeating: "x", count: 1024)]
    )
    func roundTrip(user: String?) {
        let peer = ClusterPeer(
            connection: .max,
            user: user,
            address: "[2001:db8::1]:65535",
            since: .milliseconds(1_790_000_000_123)
        )
        #expect(PeerText.decode(Bytes(utf8: "\(UInt64.max)"), PeerText.encode(peer)) == peer)
    }

    @Test(
        "is skipped when another program has written something else",
        arguments: [
            ("", "1 a"), ("x", "1 a"), ("-1", "1 a"), ("007", "1 a"), ("18446744073709551616", "1 a"), ("1", ""),
            ("1", "1"),
            ("1", "1 "), ("1", "x a"), ("1", "9223372036854775808 a"), ("1", "1 a b"),
            ("1", "1 a =" + String(repeating: "x", count: 1025)),
        ]
    )
    func hostile(field: String, text: String) {
        #expect(PeerText.decode(Bytes(utf8: field), Bytes(utf8: text)) == nil)
    }

    @Test("is skipped when it is not UTF-8")
    func notUTF8() { #expect(PeerText.decode("1", Bytes([0x31, 0x20, 0xFF])) == nil) }

    @Test("has whole milliseconds, also of durations of any size")
    func milliseconds() {
        #expect(PeerText.milliseconds(.microseconds(1999)) == 1)
        #expect(PeerText.milliseconds(.seconds(Int64.max)) == .max)
        #expect(PeerText.milliseconds(.seconds(Int64.min)) == .min)
    }
}
