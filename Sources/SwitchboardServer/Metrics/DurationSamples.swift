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
    private var random = SystemRandomNumberGenerator()

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
