import SwitchboardBytes

/// Returns a pattern of bytes that depends only on the seed.
func pattern(_ count: Int, seed: UInt64 = 1) -> Bytes {
    var generator = SeededGenerator(seed: seed)
    var writer = ByteWriter(capacity: 2 * count + 8)
    while writer.count < min(count, 100_000) { writer.append(generator.next(), .big) }
    let block = writer.takeBytes()
    while writer.count < count { writer.append(block) }
    return writer.takeBytes()[0..<count]
}

/// Random numbers that are the same for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension Bytes {
    /// The bytes as an array, which is quicker to compare in debug builds.
    var array: [UInt8] {
        unsafe withUnsafeBytes { unsafe Array($0) }
    }
}
