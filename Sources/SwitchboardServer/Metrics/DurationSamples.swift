/// Durations of handlers, up to a number of them: of more, each has the same chance to be kept.
struct DurationSamples {
    struct Sample {
        var slot: Int
        var nanoseconds: Int64
    }

    /// How many are kept between two times that they are taken.
    static let maximumCount = 1024

    private(set) var samples: [Sample] = []
    private var offered = 0
    private var random = QuickRandomNumbers()

    init() {
        samples.reserveCapacity(Self.maximumCount)
    }

    mutating func append(_ nanoseconds: Int64, slot: Int) {
        offered += 1
        let sample = Sample(slot: slot, nanoseconds: nanoseconds)
        if samples.count < Self.maximumCount {
            samples.append(sample)
        } else {
            let position = Int.random(in: 0..<offered, using: &random)
            if position < Self.maximumCount { samples[position] = sample }
        }
    }

    mutating func removeAll() {
        samples.removeAll(keepingCapacity: true)
        offered = 0
    }
}

/// Random numbers that nobody must be unable to guess: the system's own would take a system call each.
///
/// It is SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
private struct QuickRandomNumbers: RandomNumberGenerator {
    private var state = UInt64.random(in: .min ... .max)

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var number = state
        number = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
        number = (number ^ (number >> 27)) &* 0x94D0_49BB_1331_11EB
        return number ^ (number >> 31)
    }
}
