import SwitchboardBytes
import Testing

@Suite("Percent-encoding")
struct PercentEncodingTests {
    @Test("Encoded bytes are decoded, and others stay as they are")
    func decoding() {
        #expect([UInt8](percentEncoded: "a%2Fb%c3%bc+ü") == Array("a/bü+ü".utf8))
        #expect([UInt8](percentEncoded: "%00%fF%25") == [0x00, 0xFF, 0x25])
        #expect([UInt8](percentEncoded: "") == [])
    }

    @Test(
        "A % without two hexadecimal digits is refused",
        arguments: ["%", "%4", "a%", "%4g", "%g4", "%+4", "%-0", "% 4", "%%41", "%4ü", "%ü"]
    )
    func mistakes(text: String) {
        #expect([UInt8](percentEncoded: text) == nil)
    }
}
