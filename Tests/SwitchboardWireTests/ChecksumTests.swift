import CChecksum
import SwitchboardWire
import Testing

@Suite("A checksum")
struct ChecksumTests {
    /// 5,000 bytes without a simple pattern.
    private static let sample = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 3) }

    /// Algorithms without a name, of each width.
    private static let others: [ChecksumAlgorithm] =
        [8, 16, 24, 32].flatMap { width in
            [false, true].map { isReflected in
                .crc(
                    CRCParameters(
                        width: width,
                        polynomial: 0x4A6B_8CD3,
                        initial: 0x1234_5678,
                        isReflected: isReflected,
                        finalXOR: 0x8765_4321
                    )
                )
            }
        } + [8, 16, 32].map { .sum(SumParameters(width: $0, isNegated: true, finalXOR: 0x1234_5678)) }

    @Test("has the check value of the catalogue", arguments: ChecksumAlgorithm.allCases)
    func checkValue(_ algorithm: ChecksumAlgorithm) {
        #expect(algorithm.checksum(of: "123456789") == algorithm.definition.check)
        #expect(algorithm.definition.checksum(of: Bytes("123456789".utf8)) == algorithm.definition.check)
    }

    @Test("with parameters has the check value of the catalogue")
    func checkValueOfParameters() {
        // CRC-16/RIELLO, CRC-16/TMS37157, CRC-16/ISO-IEC-14443-3-A, CRC-16/LJ1200, CRC-8/GSM-B, CRC-24/BLE, CRC-32/XFER
        let expected: [(CRCParameters, UInt32)] = [
            (CRCParameters(width: 16, polynomial: 0x1021, initial: 0xB2AA, isReflected: true), 0x63D0),
            (CRCParameters(width: 16, polynomial: 0x1021, initial: 0x89EC, isReflected: true), 0x26B1),
            (CRCParameters(width: 16, polynomial: 0x1021, initial: 0xC6C6, isReflected: true), 0xBF05),
            (CRCParameters(width: 16, polynomial: 0x6F63), 0xBDF4),
            (CRCParameters(width: 24, polynomial: 0x65B, initial: 0x55_5555, isReflected: true), 0xC2_5A56),
            (CRCParameters(width: 32, polynomial: 0xAF), 0xBD0B_E338),
        ]
        for (parameters, check) in expected {
            let algorithm = ChecksumAlgorithm(parameters)
            #expect(algorithm == .crc(parameters))
            #expect(algorithm.checksum(of: "123456789") == check)
            #expect(algorithm.definition.check == check)
            #expect(algorithm.size == parameters.width / 8)
        }
    }

    @Test("with the parameters of an algorithm with a name is that algorithm")
    func names() {
        #expect(ChecksumAlgorithm(CRCParameters(width: 16, polynomial: 0x8005, isReflected: true)) == .crc16ARC)
        #expect(
            ChecksumAlgorithm(
                CRCParameters(
                    width: 32,
                    polynomial: 0x04C1_1DB7,
                    initial: .max,
                    isReflected: true,
                    finalXOR: .max
                )
            ) == .crc32
        )
        #expect(ChecksumAlgorithm(SumParameters(width: 32)) == .sum32)
        #expect(Set(ChecksumAlgorithm.allCases.map(\.rawValue)).count == ChecksumAlgorithm.allCases.count)
        for algorithm in ChecksumAlgorithm.allCases {
            #expect(ChecksumAlgorithm(rawValue: algorithm.rawValue) == algorithm)
        }
        for algorithm in Self.others { #expect(ChecksumAlgorithm(rawValue: algorithm.rawValue) == nil) }
    }

    @Test("that is negated makes the sum of all bytes 0, as the LRC of Modbus ASCII does")
    func negatedSum() {
        let longitudinal = ChecksumAlgorithm(SumParameters(width: 8, isNegated: true))
        #expect(longitudinal.checksum(of: "123456789") == 0x23)
        // The example of the specification of Modbus over serial line: 02 07 has the LRC F7.
        #expect(longitudinal.checksum(of: Bytes([0x02, 0x07])) == 0xF7)
        #expect(ChecksumAlgorithm(SumParameters(width: 16, isNegated: true)).checksum(of: "123456789") == 0xFE23)
        #expect(ChecksumAlgorithm(SumParameters(width: 8, finalXOR: 0xFF)).checksum(of: "123456789") == 0x22)
    }

    @Test("is that of the definition, bit by bit, at every length", arguments: ChecksumAlgorithm.allCases + others)
    func definition(_ algorithm: ChecksumAlgorithm) {
        for count in Array(0..<70) + [255, 1023, 5000] {
            let bytes = Bytes(Self.sample[..<count])
            #expect(algorithm.checksum(of: bytes) == algorithm.definition.checksum(of: bytes))
        }
    }

    @Test("of sums is right where sums are largest")
    func largestSums() {
        let bytes = Bytes(Array(repeating: 0xFF, count: 20_000))
        for algorithm in [ChecksumAlgorithm.sum16, .sum32, .fletcher8, .fletcher16, .adler32] {
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
