import NET001
import Switchboard
import Testing

@Suite("The golden frames of NET-001")
struct GoldenFrameTests {
    private func check<M: Message & Equatable>(_ message: M, _ hexadecimal: String) throws {
        let frame = try FrameEncoder(NET001.frameFormat).encode(message)
        #expect(frame.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == hexadecimal)

        let decoder = FrameDecoder(NET001.frameFormat)
        var reader = ByteReader(frame)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no frame")
            return
        }
        #expect(found.code == M.code)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(from: &payload)
        }
        #expect(decoded == message)
    }

    @Test("are what is encoded, and are decoded to what they mean")
    func frames() throws {
        try check(NET001.Ping(timestamp: 1_700_000_000_000), "deadbeef010100080000018bcfe56800c8bc9ec8")
        try check(NET001.Ping(timestamp: 0), "deadbeef010100080000000000000000e9f5c15a")
        try check(NET001.Echo(data: ""), "deadbeef010300006077f2de")
        try check(NET001.Echo(data: "Hello, Server!"), "deadbeef0103000e48656c6c6f2c20536572766572211a24c8fb")
        try check(
            NET001.Auth(username: "alice", token: "s3cret"),
            "deadbeef0106000c05616c6963657333637265741107bcdb"
        )
        try check(NET001.AuthReply(success: false, sessionID: ""), "deadbeef01070001002570c1ba")
        try check(NET001.Error(code: .checksumMismatch, message: "x"), "deadbeef01ff00020578a0386d50")
    }

    @Test("have the codes that the specification gives them")
    func codes() {
        let codes = NET001.messages.map { ($0.code, $0.name) }
        #expect(codes.map { $0.0 } == [1, 2, 3, 4, 5, 6, 7, 8, 0xFF])
        #expect(
            codes.map { $0.1 }
                == ["Ping", "Pong", "Echo", "EchoReply", "Broadcast", "Auth", "AuthReply", "Data", "Error"]
        )
        #expect(NET001.ErrorCode(rawValue: 0x77) == .unrecognized(0x77))
        for fault in Fault.allCases { #expect(NET001.Error(fault, detail: "").fault == fault) }
    }

    @Test("show no token, however they are printed")
    func secrets() {
        let auth = NET001.Auth(username: "alice", token: "s3cret")
        var dumped = ""
        dump(auth, to: &dumped)
        for text in ["\(auth)", String(reflecting: auth), "\([auth])", dumped] {
            #expect(text.contains("alice"))
            #expect(!text.contains("s3cret"))
        }
    }
}
