import CChecksum
import SwitchboardWire
import Testing

@Suite("CRC-32")
struct ChecksumTests {
    @Test("has the check value of its definition")
    func checkValue() {
        #expect(FrameFormat.Checksum.crc32(of: "123456789") == 0xCBF4_3926)
        #expect(FrameFormat.Checksum.crc32(of: Bytes()) == 0)
    }

    @Test("is the same by the CPU's instructions as by tables, at every length and alignment")
    func accelerated() {
        let bytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 3) }
        unsafe bytes.withUnsafeBytes { buffer in
            for count in Array(0..<600) + [1023, 1024, 4000, 4900] {
                let part = unsafe UnsafeRawBufferPointer(rebasing: buffer[(count % 17)..<(count % 17 + count)])
                let fast = unsafe switchboard_crc32(part.baseAddress, part.count)
                let portable = unsafe switchboard_crc32_portable(part.baseAddress, part.count)
                #expect(fast == portable)
            }
        }
    }
}
