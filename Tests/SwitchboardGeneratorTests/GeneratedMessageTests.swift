import SwitchboardRouter
import Testing

/// Uses the golden files, which are compiled with these tests.
@Suite("Generated messages")
struct GeneratedMessageTests {
    private let widths = Numbers.Widths(
        u8: 1,
        u16: 0x0102,
        u32: 0x0102_0304,
        u64: 0x0102_0304_0506_0708,
        i8: -1,
        i16: -2,
        i32: -3,
        i64: -4,
        flag: true
    )
    private let widthsPayload = "01 0201 04030201 0807060504030201 ff feff fdffffff fcffffffffffffff 01"

    @Test("numbers of every width travel in the byte order of the spec")
    func littleEndianNumbers() throws {
        try expectRoundTrip(widths, widthsPayload)
    }

    @Test("a field may have a byte order of its own")
    func bigEndianNumbers() throws {
        let numbers = Numbers.Network(
            u16: 0x0102,
            u32: 0x0102_0304,
            u64: 0x0102_0304_0506_0708,
            i16: .min,
            i32: .min,
            i64: .min
        )
        try expectRoundTrip(numbers, "0102 01020304 0102030405060708 8000 80000000 8000000000000000")
    }

    @Test("a payload that ends too early is refused with the name of the field that it ends in")
    func truncation() {
        let whole = bytes(widthsPayload)
        let ends: [(name: StaticString, range: Range<Int>)] = [
            ("u8", 0..<1), ("u16", 1..<3), ("u32", 3..<7), ("u64", 7..<15),
            ("i8", 15..<16), ("i16", 16..<18), ("i32", 18..<22), ("i64", 22..<30), ("flag", 30..<31),
        ]
        for (name, range) in ends {
            for count in range {
                expectRefusal(of: whole[0..<count], as: Numbers.Widths.self, .truncated, field: name)
            }
        }
    }

    @Test("bytes behind the last field are refused")
    func trailingBytes() {
        expectRefusal(of: bytes(widthsPayload + "00"), as: Numbers.Widths.self, .trailingBytes, field: "payload")
        expectRefusal(of: bytes("00"), as: Texts.Nothing.self, .trailingBytes, field: "payload")
    }

    @Test("a truth value is 0 or 1")
    func booleans() {
        let whole = Array(bytes(widthsPayload))
        for byte in UInt8(2)...255 {
            expectRefusal(
                of: Bytes(whole.dropLast() + [byte]),
                as: Numbers.Widths.self,
                .invalidBoolean,
                field: "flag"
            )
        }
    }

    @Test("a message without fields has an empty payload")
    func noFields() throws {
        try expectRoundTrip(Texts.Nothing(), "")
    }

    @Test("text and bytes may follow a prefix that counts them, or run to the end")
    func prefixes() throws {
        let message = Texts.Prefixed(s8: "ä", b16: [0xFF, 0], s32: "", rest: [7])
        try expectRoundTrip(message, "02 c3a4 0200 ff00 00000000 07")
    }

    @Test("text and bytes may have a fixed length")
    func fixedLengths() throws {
        try expectRoundTrip(Texts.Fixed(tag: "ABCD", key: [1, 2, 3], text: "hi"), "41424344 010203 6869")
    }

    @Test("a prefix that says more than there is is refused")
    func longPrefix() {
        expectRefusal(of: bytes("03 c3a4"), as: Texts.Prefixed.self, .truncated, field: "s8")
        expectRefusal(of: bytes("00 0300 ff00"), as: Texts.Prefixed.self, .truncated, field: "b16")
        expectRefusal(of: bytes("00 0000 ffffffff"), as: Texts.Prefixed.self, .truncated, field: "s32")
    }

    @Test("text that is not UTF-8 is refused")
    func invalidText() {
        expectRefusal(of: bytes("01 ff"), as: Texts.Prefixed.self, .invalidUTF8, field: "s8")
        expectRefusal(of: bytes("ffffffff 010203"), as: Texts.Fixed.self, .invalidUTF8, field: "tag")
        expectRefusal(of: bytes("41424344 010203 c3"), as: Texts.Fixed.self, .invalidUTF8, field: "text")
    }

    @Test("a value that its field cannot hold is not encoded")
    func valuesThatDoNotFit() {
        #expect(throws: PayloadError(.invalidLength, field: "s8")) {
            try payload(of: Texts.Prefixed(s8: String(repeating: "a", count: 256), b16: [], s32: "", rest: []))
        }
        #expect(throws: PayloadError(.invalidLength, field: "tag")) {
            try payload(of: Texts.Fixed(tag: "ABC", key: [1, 2, 3], text: ""))
        }
        #expect(throws: PayloadError(.invalidLength, field: "key")) {
            try payload(of: Texts.Fixed(tag: "ABCD", key: [], text: ""))
        }
    }

    @Test("an open enum keeps numbers that have no name, and a closed one refuses them")
    func enums() throws {
        try expectRoundTrip(Enums.Mood(open: .second, closed: .happy, signed: .`init`), "0002 01 0100")
        try expectRoundTrip(Enums.Mood(open: .unrecognized(9), closed: .sad, signed: .low), "0009 02 0080")
        expectRefusal(of: bytes("0001 03 0000"), as: Enums.Mood.self, .invalidCase, field: "closed")
        #expect(Enums.Open(rawValue: 1) == .first)
        #expect(Enums.Closed(rawValue: 3) == nil)
    }

    @Test("names that Swift reserves are written as they are")
    func keywords() throws {
        let message = Names.Keywords(
            class: 1,
            in: 2,
            init: 3,
            reader: 4,
            writer: 5,
            message: 6,
            code: 7,
            name: 8,
            hash: 9,
            description: "x"
        )
        try expectRoundTrip(message, "01 02 03 04 05 06 07 08 09 78")
        try expectRoundTrip(Names.Reply(kind: .case), "0102030405060708")
        #expect(Names.Keywords.name == "Keywords")
    }
}
