import Switchboard

/// Random numbers that are the same in every run: SplitMix64.
struct Numbers: RandomNumberGenerator {
    private var state: UInt64 = 1

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var number = state
        number = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
        number = (number ^ (number >> 27)) &* 0x94D0_49BB_1331_11EB
        return number ^ (number >> 31)
    }

    mutating func int<Number: FixedWidthInteger>(_ range: ClosedRange<Number>) -> Number {
        Number.random(in: range, using: &self)
    }

    mutating func float(_ range: ClosedRange<Float>) -> Float { Float.random(in: range, using: &self) }

    mutating func double(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &self) }

    mutating func bool() -> Bool { Bool.random(using: &self) }

    /// The milliseconds since 1970 at some time within a year.
    mutating func time() -> UInt64 { int(1_735_689_600_000...1_767_225_600_000) }

    /// Words with as many bytes, of which a few are not ASCII.
    mutating func text(_ bytes: ClosedRange<Int>) -> String {
        let count = int(bytes)
        var text = ""
        while text.utf8.count < count { text += (text.isEmpty ? "" : " ") + Self.words[int(0...Self.words.count - 1)] }
        return text
    }

    private static let words = [
        "the", "level", "of", "each", "river", "rises", "after", "three", "days", "rain", "and", "Zürich", "measures",
        "it",
        "between", "noon", "five", "o'clock", "naïve", "observers", "report", "nothing",
    ]

    /// The letters and digits of a key.
    mutating func key(_ count: Int) -> String {
        String((0..<count).map { _ in Self.digits[int(0...Self.digits.count - 1)] })
    }

    private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    mutating func bytes(_ count: ClosedRange<Int>) -> Bytes {
        let count = int(count)
        return Bytes((0..<count).map { _ in int(0...255) as UInt8 })
    }
}
