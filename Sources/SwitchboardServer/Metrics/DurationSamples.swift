/// A sample of the durations of handlers: when there are more than ``maximumCount``, each is kept with the same probability.
struct DurationSamples {
    struct Sample {
        var slot: Int
        var nanoseconds: Int64
    }

    /// The maximum number of samples between two hand-overs.
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

/// Random numbers that may be predictable: the system's generator takes a system call for each number.
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
