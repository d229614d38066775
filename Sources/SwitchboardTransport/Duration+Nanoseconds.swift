extension Duration {
    /// In nanoseconds, as clocks count them: 0 when it is negative, about 146 years at most.
    package var wholeNanoseconds: UInt64 {
        let limit = UInt64.max / 4
        let (seconds, attoseconds) = components
        guard self > .zero else { return 0 }
        guard UInt64(seconds) < limit / 1_000_000_000 else { return limit }
        return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }
}
