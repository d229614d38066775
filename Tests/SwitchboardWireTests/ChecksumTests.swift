import CChecksum
import SwitchboardWire
import Testing

@Suite("A checksum")
struct ChecksumTests {
    typealias Algorithm = FrameFormat.Checksum.Algorithm

    /// 5000 bytes without a pattern that a CRC could see.
    private static let sample = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 3) }

    @Test(
        "has the check value of the catalogue",
        arguments: [
            (Algorithm.crc32, 0xCBF4_3926), (.crc32c, 0xE306_9283), (.crc16ARC, 0xBB3D), (.crc16Modbus, 0x4B37),
            (.crc16XMODEM, 0x31C3), (.crc16IBM3740, 0x29B1), (.crc16MCRF4XX, 0x6F91),
        ] as [(Algorithm, UInt32)]
    )
    func checkValue(_ algorithm: Algorithm, _ expected: UInt32) {
        #expect(algorithm.checksum(of: "123456789") == expected)
        #expect(ReferenceCRC(algorithm).checksum(of: Bytes("123456789".utf8)) == expected)
    }

    @Test("is that of the definition, bit by bit, at every length", arguments: Algorithm.allCases)
    func definition(_ algorithm: Algorithm) {
        for count in Array(0..<70) + [255, 1023] {
            let bytes = Bytes(Self.sample[..<count])
            #expect(algorithm.checksum(of: bytes) == ReferenceCRC(algorithm).checksum(of: bytes))
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
