import CChecksum
import SwitchboardWire
import Testing

@Suite("A checksum")
struct ChecksumTests {
    /// 5,000 bytes without a simple pattern.
    private static let sample = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 3) }

    /// Algorithms without a name, of each width.
    private static let others: [ChecksumAlgorithm] = crcs + sums + hashesOfSizes

    private static let crcs: [ChecksumAlgorithm] = [8, 16, 24, 32].flatMap { width in
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
    }

    private static let sums: [ChecksumAlgorithm] = [8, 16, 32].map {
        .sum(SumParameters(width: $0, isNegated: true, finalXOR: 0x1234_5678))
    }

    private static let hashesOfSizes: [ChecksumAlgorithm] = [1, 3, 4, 20].flatMap { size in
        [.hash(HashParameters(.sha256, size: size)), .hash(HashParameters(.sha256d, size: size))]
    }

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

    /// The examples of FIPS 180-2 and of NIST's validation program, and their additional ones for the boundaries of blocks.
    private static let hashes: [(bytes: [UInt8], hash: String)] = [
        (
            [],
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        ),
        (
            Array("abc".utf8),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        ),
        (
            Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            Array(
                "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"
                    .utf8
            ),
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
        (
            [0xBD],
            "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b"
        ),
        (
            [0xC9, 0x8C, 0x8E, 0x55],
            "7abc22c0ae5af26ce93dbb94433a0e0b2e119d014f8e7f65bd56c61ccccd9504"
        ),
        (
            Array(repeating: 0, count: 55),
            "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7"
        ),
        (
            Array(repeating: 0, count: 56),
            "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb"
        ),
        (
            Array(repeating: 0, count: 57),
            "65a16cb7861335d5ace3c60718b5052e44660726da4cd13bb745381b235a1785"
        ),
        (
            Array(repeating: 0, count: 64),
            "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b"
        ),
        (
            Array(repeating: 0, count: 1000),
            "541b3e9daa09b20bf85fa273e5cbd3e80185aa4ec298e765db87742b70138a53"
        ),
        (
            Array(repeating: 0x41, count: 1000),
            "c2e686823489ced2017f6059b8b239318b6364f6dcd835d0a519105a1eadd6e4"
        ),
    ]

    @Test("of SHA-256 has the values of NIST", arguments: hashes)
    func hash(bytes: [UInt8], hash: String) {
        let sent = ChecksumAlgorithm.sha256.definition.sentChecksum(of: bytes[...], in: .little)
        #expect(sent.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == hash)
        // The order of the bytes is that of the hash.
        #expect(ChecksumAlgorithm.sha256.definition.sentChecksum(of: bytes[...], in: .big) == sent)
        for size in [1, 3, 4, 20] {
            let algorithm = ChecksumAlgorithm(HashParameters(.sha256, size: size))
            #expect(algorithm.size == size)
            #expect(algorithm.definition.sentChecksum(of: bytes[...], in: .big) == Array(sent.prefix(size)))
            let twice = ChecksumAlgorithm(HashParameters(.sha256d, size: size))
            let expected = ChecksumAlgorithm.sha256.definition.sentChecksum(of: sent[...], in: .big)
            #expect(twice.definition.sentChecksum(of: bytes[...], in: .big) == Array(expected.prefix(size)))
        }
        #expect(ChecksumAlgorithm(HashParameters(.sha256, size: 32)) == .sha256)
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
