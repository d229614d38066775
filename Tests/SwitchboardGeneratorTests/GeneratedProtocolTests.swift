import SwitchboardRouter
import Testing

@Suite("Generated protocols")
struct GeneratedProtocolTests {
    @Test("messages know their code, their name, who sends them and how large they may be")
    func constants() {
        #expect(Texts.Prefixed.code == 0x0100)
        #expect(Texts.Prefixed.name == "Prefixed")
        #expect(Texts.Prefixed.sender == .client)
        #expect(Texts.Prefixed.maximumPayload == 70_000)
        #expect(Texts.Fixed.maximumPayload == nil)
        #expect(Texts.Fixed.sender == .server)
        #expect(Numbers.Widths.sender == .both)
        #expect(ObjectIdentifier(Texts.Prefixed.Reply.self) == ObjectIdentifier(Texts.Fixed.self))
    }

    @Test("messages are listed in order of their codes")
    func messages() {
        #expect(Names.messages.map { $0.code } == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(Texts.name == "texts-1")
    }

    @Test("the frame is that of the spec")
    func frameFormat() throws {
        let expected = FrameFormat(
            byteOrder: .big,
            header: [.length(.four), .version(0x0102, .two), .type(.two), .magic(0xAB, .two)],
            checksum: .crc32,
            maximumPayload: 100_000
        )
        #expect(Texts.frameFormat == expected)
        #expect(Numbers.frameFormat.byteOrder == .little)
        #expect(Numbers.frameFormat.checksum == nil)
    }

    @Test("the examples of a spec are the frames that the runtime makes")
    func examples() throws {
        let message = Texts.Prefixed(s8: "ä", b16: [0xFF, 0], s32: "", rest: Bytes(0..<12))
        let frame = try FrameEncoder(Texts.frameFormat).encode(message)
        #expect(frame == bytes("0000001701020100 00ab 02c3a4 0200ff00 00000000 000102030405060708090a0b dcf60628"))
        let mood = Enums.Mood(open: .unrecognized(0x1234), closed: .sad, signed: .low)
        #expect(try FrameEncoder(Enums.frameFormat).encode(mood) == bytes("ab 03 01 0005 1234 02 0080"))
    }

    @Test("the error message is made of every fault, and tells which one it was when it has a case for it")
    func errorMessage() throws {
        #expect(Enums.errorMessage != nil)
        #expect(Numbers.errorMessage == nil)
        for fault in Fault.allCases {
            let problem = Enums.Problem(fault, detail: "why")
            #expect(problem.reader == "why")
            #expect(problem.detail == (fault == .timeout ? .timeout : .internal))
            #expect(problem.fault == (fault == .timeout ? .timeout : .internal))
        }
        try expectRoundTrip(Enums.Problem(.timeout, detail: "late"), "01 6c617465")
    }

    @Test("a service has a handler for every message that clients send")
    func service() {
        struct Everything: Texts.Service {
            func prefixed(_ message: Texts.Prefixed, context: Context) async throws -> Texts.Fixed {
                Texts.Fixed(tag: "ABCD", key: [1, 2, 3], text: message.s8)
            }
            func nothing(_ message: Texts.Nothing, context: Context) async throws {}
        }
        var router = Router(Texts.self)
        #expect(router.unhandledMessages.map { $0.name } == ["Prefixed", "Nothing"])
        router.register(Everything())
        #expect(router.unhandledMessages.isEmpty)
    }

    @Test("a handler adopts the protocol of its message, with or without async")
    func handlers() {
        struct Waiting: Texts.PrefixedHandler {
            func handle(_ message: Texts.Prefixed, context: Context) async throws -> Texts.Fixed {
                Texts.Fixed(tag: "ABCD", key: [1, 2, 3], text: "")
            }
        }
        struct Immediate: Texts.NothingHandler {
            func handle(_ message: Texts.Nothing, context: Context) throws {}
        }
        var router = Router(Texts.self)
        router.register(Waiting())
        router.register(Immediate())
        #expect(router.unhandledMessages.isEmpty)
    }
}
