import Testing

/// Examples: each mistake, where it is reported, and in which words.
@Suite("Mistakes: examples")
struct ExampleDiagnosticTests {
    @Test("a frame with a wrong byte")
    func aFrameWithAWrongByte() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: count, type: uint16 }
                      - { name: text, type: string }
                    examples:
                      - { frame: 0100041235 6869, fields: { count: 0x1234, text: hi } }
                """,
            """
            protocol.yaml:11:18: error: the frame does not match the fields: the byte at offset 4, in its `count`, \
            is 0x35 instead of 0x34; the fields encode to 01000412346869
            protocol.yaml:11:52: note: the bytes decode to `count`: 4661
            """
        )
    }

    @Test("a frame that is too short")
    func aFrameThatIsTooShort() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: count, type: uint16 }
                      - { name: text, type: string }
                    examples:
                      - { frame: 0100041234 68, fields: { count: 0x1234, text: hi } }
                """,
            """
            protocol.yaml:11:18: error: the frame does not match the fields: it ends after 6 of 7 bytes; the fields encode to 01000412346869
            protocol.yaml:11:18: note: the bytes are not a frame of `Ping`: its length announces 4 bytes of payload, and the frame has 3
            """
        )
    }

    @Test("a frame that is too long")
    func aFrameThatIsTooLong() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: count, type: uint16 }
                      - { name: text, type: string }
                    examples:
                      - { frame: 0100041234 686969, fields: { count: 0x1234, text: hi } }
                """,
            """
            protocol.yaml:11:18: error: the frame does not match the fields: it has 1 byte too many at its end; the fields encode to 01000412346869
            protocol.yaml:11:18: note: the bytes are not a frame of `Ping`: its length announces 4 bytes of payload, and the frame has 5
            """
        )
    }

    @Test("a frame of another message")
    func aFrameOfAnotherMessage() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: count, type: uint16 }
                      - { name: text, type: string }
                    examples:
                      - { frame: 0200041234 6869, fields: { count: 0x1234, text: hi } }
                """,
            """
            protocol.yaml:11:18: error: the frame does not match the fields: the byte at offset 0, in its type, is \
            0x02 instead of 0x01; the fields encode to 01000412346869
            protocol.yaml:11:18: note: the bytes are not a frame of `Ping`: its type is 0x02, and must be 0x01
            """
        )
    }

    @Test("a frame of odd length")
    func aFrameOfOddLength() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: count, type: uint16 }
                      - { name: text, type: string }
                    examples:
                      - { frame: 010, fields: { count: 0x1234, text: hi } }
                """,
            """
            protocol.yaml:11:18: error: `frame` must be pairs of hexadecimal digits: the last byte has only one digit
            """
        )
    }

    @Test("a frame that is not hexadecimal")
    func aFrameThatIsNotHexadecimal() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: count, type: uint16 }
                      - { name: text, type: string }
                    examples:
                      - { frame: 01xx, fields: { count: 0x1234, text: hi } }
                """,
            """
            protocol.yaml:11:18: error: `frame` must be hexadecimal digits: `x` is not one
            """
        )
    }

    @Test("fields that are missing or unknown")
    func fieldsThatAreMissingOrUnknown() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: count, type: uint16 }
                      - { name: text, type: string }
                    examples:
                      - { frame: 0100041234 6869, fields: { cout: 0x1234, text: hi } }
                """,
            """
            protocol.yaml:11:18: error: this `Ping` has no value for `count`: add it
            protocol.yaml:11:45: error: this `Ping` has no field `cout`; did you mean `count`?
            """
        )
    }

    @Test("values of the wrong type")
    func valuesOfTheWrongType() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: n, type: uint8 }
                      - { name: b, type: bool }
                      - { name: m, type: Mood }
                      - { name: t, type: string }
                    examples:
                      - { frame: 0100041234, fields: { n: "1", b: 2, m: hapy, t: { hex: 00 } } }
                enums:
                  Mood: { type: uint8, cases: { happy: 1, sad: 2 } }
                """,
            """
            protocol.yaml:13:43: error: `n` must be a number, without quotes
            protocol.yaml:13:51: error: `b` must be true or false
            protocol.yaml:13:57: error: `m` must be a case of `Mood`, not `hapy`; did you mean `happy`?
            protocol.yaml:13:66: error: `t` must be text: `hex` is for `bytes`
            """
        )
    }

    @Test("values that are nothing or lists")
    func valuesThatAreNothingOrLists() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: count, type: uint16 }
                      - { name: text, type: string }
                    examples:
                      - { frame: 0100041234, fields: { count: [ 1 ], text: } }
                """,
            """
            protocol.yaml:11:47: error: `count` must be a number, not a list
            protocol.yaml:11:60: error: `text` must be text: write "" for no text
            """
        )
    }

    @Test("a truth value that is neither")
    func aTruthValueThatIsNeither() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: on, type: bool }
                    examples:
                      - { frame: 01000102, fields: { on: true } }
                """,
            """
            protocol.yaml:10:18: error: the frame does not match the fields: the byte at offset 3, in its `on`, is \
            0x02 instead of 0x01; the fields encode to 01000101
            protocol.yaml:10:18: note: the bytes are not a frame of `Ping`: its `on` is neither 0 nor 1
            """
        )
    }

    @Test("an example that is larger than the message may be")
    func anExampleThatIsLargerThanTheMessageMayBe() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    max-payload: 2
                    fields: [ { name: text, type: string } ]
                    examples: [ { frame: 01, fields: { text: abc } } ]
                """,
            """
            protocol.yaml:9:26: error: the fields encode to a payload of more than 2 bytes, the most allowed: shorten them
            """
        )
    }

    @Test("an example beside a mistake elsewhere")
    func anExampleBesideAMistakeElsewhere() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: on, type: bool }
                    examples:
                      - { frame: 01000102, fields: { on: true } }
                doc: [ no ]
                """,
            """
            protocol.yaml:10:18: error: the frame does not match the fields: the byte at offset 3, in its `on`, is \
            0x02 instead of 0x01; the fields encode to 01000101
            protocol.yaml:10:18: note: the bytes are not a frame of `Ping`: its `on` is neither 0 nor 1
            protocol.yaml:11:6: error: `doc` must be text, not a list
            """
        )
    }

    @Test("a value out of range")
    func aValueOutOfRange() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: n, type: int8 }
                    examples:
                      - { frame: 0100041234, fields: { n: 128 } }
                """,
            """
            protocol.yaml:10:43: error: `n` is 128, which does not fit in int8: use -128 to 127
            """
        )
    }

    @Test("bytes of another length")
    func bytesOfAnotherLength() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: n, type: bytes, length: 4 }
                    examples:
                      - { frame: 0100041234, fields: { n: abc } }
                """,
            """
            protocol.yaml:10:43: error: `n` has 3 bytes, but its `length` is 4: give 4 bytes
            """
        )
    }

    @Test("more bytes than the prefix can count")
    func moreBytesThanThePrefixCanCount() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: n, type: bytes, length: uint8 }
                    examples:
                      - { frame: 01, fields: { n: \(String(repeating: "a", count: 256)) } }
                """,
            """
            protocol.yaml:10:35: error: `n` has 256 bytes, and a uint8 counts them: give at most 255
            """
        )
    }

    @Test("a frame with a wrong checksum")
    func aFrameWithAWrongChecksum() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint8 ], trailer: [ checksum: crc32 ] }
                messages:
                  Ping: { code: 1, from: client, examples: [ { frame: 010000000000 } ] }
                """,
            """
            protocol.yaml:4:55: error: the frame does not match the fields: the byte at offset 2, in its checksum, \
            is 0x00 instead of 0x58; the fields encode to 010058c223be
            protocol.yaml:4:55: note: the bytes are not a frame of `Ping`: its checksum does not match the bytes that it covers
            """
        )
    }

    @Test("a number that a closed enum does not have")
    func aNumberThatAClosedEnumDoesNotHave() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: mood, type: Mood }
                    examples:
                      - { frame: 01000103, fields: { mood: sad } }
                enums:
                  Mood: { type: uint8, closed: true, cases: { happy: 1, sad: 2 } }
                """,
            """
            protocol.yaml:10:18: error: the frame does not match the fields: the byte at offset 3, in its `mood`, \
            is 0x03 instead of 0x02; the fields encode to 01000102
            protocol.yaml:10:18: note: the bytes are not a frame of `Ping`: its `mood` has a number without a name
            """
        )
    }

    @Test("text that is not UTF-8")
    func textThatIsNotUTF8() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: text, type: string }
                    examples:
                      - { frame: 010001ff, fields: { text: a } }
                """,
            """
            protocol.yaml:10:18: error: the frame does not match the fields: the byte at offset 3, in its `text`, \
            is 0xFF instead of 0x61; the fields encode to 01000161
            protocol.yaml:10:18: note: the bytes are not a frame of `Ping`: its `text` is not UTF-8
            """
        )
    }

    @Test("a frame whose prefix says too much")
    func aFrameWhosePrefixSaysTooMuch() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    fields:
                      - { name: text, type: string, length: uint8 }
                    examples:
                      - { frame: 010002 0561, fields: { text: a } }
                """,
            """
            protocol.yaml:10:18: error: the frame does not match the fields: the byte at offset 3, in its `text`, \
            is 0x05 instead of 0x01; the fields encode to 0100020161
            protocol.yaml:10:18: note: the bytes are not a frame of `Ping`: it ends within `text`
            """
        )
    }

    @Test("a malformed frame that is in order but for the bytes behind it, which are the next one's")
    func aMalformedFrameWithBytesBehindIt() {
        expect(
            in: """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint8 ], trailer: [ checksum: crc16 ] }
                messages:
                  Ping:
                    code: 1
                    from: client
                    malformed:
                      - { frame: 01 00 9001 00, doc: Its length does not say so. }
                      - { frame: 01 00 1234 00, doc: Nor is the checksum its own. }
                      - { frame: 02 00 6001, doc: It is another message. }
                """,
            """
            protocol.yaml:8:18: error: this is a valid `Ping`, and 1 byte follow it, which belong to the next frame: change its length
            """
        )
    }
}
