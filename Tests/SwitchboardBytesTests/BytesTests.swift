import SwitchboardBytes
import Testing

@Suite("Bytes")
struct BytesTests {
    @Test("hold what they were made of")
    func make() {
        #expect(Array(Bytes([1, 2, 3])) == [1, 2, 3])
        #expect(Array(Bytes(utf8: "Grüße")) == Array("Grüße".utf8))
        #expect(Bytes(stride(from: UInt8(0), to: 9, by: 3).map { $0 }) == [0, 3, 6])
        #expect(Bytes().isEmpty)
        #expect(Bytes([]) == Bytes())
    }

    @Test("are cut without a copy, and counted from zero again")
    func slice() {
        let bytes: Bytes = "0123456789"
        let part = bytes[3..<7]
        #expect(part == "3456")
        #expect(part[0] == UInt8(ascii: "3"))
        #expect(part[1..<3] == "45")
        #expect(bytes[5..<5].isEmpty)
        let samePlace = unsafe bytes.withUnsafeBytes { whole in
            unsafe part.withUnsafeBytes { unsafe $0.baseAddress == whole.baseAddress?.advanced(by: 3) }
        }
        #expect(samePlace)
    }

    @Test("are equal, and hash alike, when their bytes are the same wherever they lie")
    func equality() {
        let whole: Bytes = "abcabc"
        #expect(whole[0..<3] == whole[3..<6])
        #expect(whole[0..<3].hashValue == whole[3..<6].hashValue)
        #expect(whole[0..<3] != whole[0..<4])
        #expect(whole[0..<3].copied() == whole[0..<3])
    }

    @Test("show themselves in hexadecimal, and not without end")
    func description() {
        #expect("\(Bytes([0x00, 0xFF, 0x0A]))" == "00ff0a")
        let long = Bytes(repeatElement(0xAB, count: 65))
        #expect("\(long)" == String(repeating: "ab", count: 64) + "… (65 bytes)")
    }

    @Test("become text only when they are valid UTF-8")
    func text() {
        #expect(String(validating: Bytes(utf8: "smörgås")) == "smörgås")
        #expect(String(validating: [0xC3, 0x28]) == nil)
        #expect(String(validating: Bytes()) == "")
    }
}
