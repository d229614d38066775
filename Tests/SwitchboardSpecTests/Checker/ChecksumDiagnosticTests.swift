import SwitchboardSpec
import Testing

/// The checksum: each mistake, and in which words it is reported.
@Suite("Mistakes: the checksum")
struct ChecksumDiagnosticTests {
    private static let example = "`{ type: crc, width: 16, poly: 0x1021 }`"

    @Test(
        "its parameters",
        arguments: [
            (
                "crc",
                """
                17: error: `checksum` of the type `crc` needs parameters: write `checksum: { type: crc, width: 16, poly: \
                0x1021 }`, or the name of an algorithm such as `crc16`
                """
            ),
            (
                "{ type: crc, poly: 7 }",
                "25: error: `checksum` of the type `crc` needs `width`: add it, as in \(example)"
            ),
            (
                "{ type: crc, width: 8 }",
                "25: error: `checksum` of the type `crc` needs `poly`: add it, as in \(example)"
            ),
            (
                "{ type: crc, width: 12, poly: 7 }",
                "37: error: `width` is 12, but a CRC has 8, 16, 24 or 32 bits"
            ),
            (
                "{ type: crc, width: 16, poly: 0x11021 }",
                """
                47: error: `poly` is 0x11021, but a polynomial of 16 bits stands without its highest term: write `poly: \
                0x1021`
                """
            ),
            (
                "{ type: crc, width: 8, poly: 0x1021 }",
                "46: error: `poly` is 0x1021, but the checksum has 8 bits: use at most 0xFF"
            ),
            (
                "{ type: crc, width: 16, poly: 0 }",
                "47: error: `poly` is 0: write the polynomial of the CRC, such as `poly: 0x1021`"
            ),
            (
                "{ type: crc, width: 16, poly: 0xA001, reflect: true }",
                """
                47: warning: `poly` is 0xA001, which is 0x8005 with its bits in reverse order: a polynomial begins with \
                its highest term even if `reflect` is true; did you mean `poly: 0x8005`?
                """
            ),
            (
                "{ type: crc, width: 16, poly: 0x1021, init: 0x10000 }",
                "61: error: `init` is 0x10000, but the checksum has 16 bits: use at most 0xFFFF"
            ),
            (
                "{ type: crc, width: 16, poly: 0x1021, reflect: maybe }",
                "64: error: `reflect` must be true or false, not `maybe`"
            ),
            (
                "{ type: crc, width: 16, poly: 0x1021, xorout: 0xFFFF }",
                "55: error: unknown key `xorout` in `checksum`; did you mean `xor`?"
            ),
            (
                "{ type: crc, width: 16, polynomial: 0x1021 }",
                "41: error: unknown key `polynomial` in `checksum`; did you mean `poly`?"
            ),
            (
                "{ type: crc, width: 16, poly: 0x1021, refin: true }",
                "55: error: unknown key `refin` in `checksum`; did you mean `reflect`?"
            ),
            (
                "{ type: crc, width: 16, poly: 0x1021, negate: true }",
                "63: error: a CRC has no `negate`, which is a parameter of sums: remove it"
            ),
            (
                "{ type: crc16, poly: 0x8005 }",
                """
                38: error: the parameters of `crc16` are fixed: remove `poly`, or write `type: crc` and give all \
                parameters
                """
            ),
            ("{ type: adler32, init: 1 }", "40: error: the parameters of `adler32` are fixed: remove `init`"),
            (
                "{ type: sum8, init: 1 }",
                "37: error: a sum has no `init`: remove it; its parameters are `negate` and `xor`"
            ),
            ("{ type: sum8, xor: 256 }", "36: error: `xor` is 0x100, but the checksum has 8 bits: use at most 0xFF"),
            (
                "{ type: sum8, complement: true }",
                "31: error: unknown key `complement` in `checksum`; the ones' complement of a sum of 8 bits is `xor: 0xFF`"
            ),
            (
                "{ type: xor8, byte-order: big }",
                "43: error: a checksum of one byte has no byte order: remove `byte-order`"
            ),
            (
                "{ type: crc16, byte-order: middle }",
                "44: error: `byte-order` of `checksum` must be `big` or `little`, not `middle`"
            ),
        ]
    )
    func parameters(checksum: String, line: String) {
        expect(
            in: """
                protocol: Demo
                frame:
                  header: [ type: uint8, length: uint8 ]
                  trailer:
                    - checksum: \(checksum)
                messages:
                  Ping: { code: 1, from: client }
                """,
            "protocol.yaml:5:\(line)"
        )
    }

    @Test(
        "its name in other words",
        arguments: [
            ("crc-16/x-25", "crc16-x25"), ("CRC16_KERMIT", "crc16-kermit"), ("crc24q", "crc24-lte-a"),
            ("ccitt-false", "crc16-ibm-3740"), ("cksum", "crc32-posix"), ("crc8-maxim-dow", "crc8-maxim"),
            ("fletcher", "fletcher8"), ("adler", "adler32"), ("xor", "xor8"), ("sum", "sum8"),
        ]
    )
    func names(word: String, meant: String) {
        let report = report(
            Array(
                """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint8 ], trailer: [ checksum: \(word) ] }
                messages:
                  Ping: { code: 1, from: client }
                """.utf8
            )
        )
        #expect(report.hasSuffix(", not `\(word)`; did you mean `\(meant)`?"))
    }
}

/// Checksums in examples, which the interpreter of specs checks.
@Suite("A checksum in an example")
struct ChecksumExampleTests {
    @Test(
        "has the parameters and the byte order of the spec",
        arguments: [
            ("{ type: sum8, negate: true, covers: payload }", "big", "23"),
            ("{ type: sum16, xor: 0xFFFF, covers: payload }", "big", "fe22"),
            ("{ type: fletcher8, byte-order: big, covers: payload }", "little", "dd15"),
            ("{ type: crc16-modbus, byte-order: little, covers: payload }", "big", "374b"),
            ("{ type: crc16-modbus, byte-order: big, covers: payload }", "little", "4b37"),
            ("{ type: crc24-lte-a, covers: payload }", "big", "cde703"),
            ("{ type: crc24-lte-a, covers: payload }", "little", "03e7cd"),
            ("{ type: crc, width: 16, poly: 0x1021, init: 0xB2AA, reflect: true, covers: payload }", "big", "63d0"),
        ]
    )
    func parameters(checksum: String, order: String, trailer: String) {
        expect(
            in: """
                protocol: Demo
                byte-order: \(order)
                frame:
                  header: [ type: uint8, length: uint8 ]
                  trailer:
                    - checksum: \(checksum)
                messages:
                  Digits:
                    code: 1
                    from: client
                    fields: [ { name: digits, type: string } ]
                    examples: [ { frame: "01 09 313233343536373839 \(trailer)", fields: { digits: "123456789" } } ]
                """,
            ""
        )
    }
}
