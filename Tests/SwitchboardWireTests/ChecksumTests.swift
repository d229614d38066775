import CChecksum
import SwitchboardWire
import Testing

@Suite("A checksum")
struct ChecksumTests {
    /// 5,000 bytes without a simple pattern.
    private static let sample = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 3) }

    @Test("has the check value of the catalogue", arguments: ChecksumAlgorithm.allCases)
    func checkValue(_ algorithm: ChecksumAlgorithm) {
        #expect(algorithm.checksum(of: "123456789") == algorithm.definition.check)
        #expect(algorithm.definition.checksum(of: Bytes("123456789".utf8)) == algorithm.definition.check)
    }

    @Test("is that of the definition, bit by bit, at every length", arguments: ChecksumAlgorithm.allCases)
    func definition(_ algorithm: ChecksumAlgorithm) {
        for count in Array(0..<70) + [255, 1023] {
            let bytes = Bytes(Self.sample[..<count])
            #expect(algorithm.checksum(of: bytes) == algorithm.definition.checksum(of: bytes))
        }
    }

    @Test("is the same by the CPU's instructions as by tables, at every length and alignment")
    func accelerated() {
        unsafe Self.sample.withUnsafeBytes { buffer in
            for count in Array(0..<600) + [1023, 1024, 4000, 4900] {
                let part = unsafe UnsafeRawBufferPointer(rebasing: buffer[(count % 17)..<(count % 17 + count)])
                let (start, size) = (part.baseAddress, part.count)
                let expected = unsafe switchboard_crc32_portable(start, size)
                #expect(unsafe switchboard_crc32(start, size) == expected)
                #expect(unsafe switchboard_crc32_narrow(start, size) == expected)
                #expect(unsafe switchboard_crc32c(start, size) == switchboard_crc32c_portable(start, size))
            }
        }
    }
}
