import Testing

@testable import SwitchboardServer

/// The rates, asked for whole batches, held against buckets that are asked for each message by itself.
@Suite("The rates of messages")
struct MessageRateTests {
    /// A token bucket of one second, message by message, in exact numbers.
    private struct Bucket {
        /// Nanoseconds for each message; 0 for no limit.
        let cost: UInt64
        var paidUntil: UInt64 = 0

        init(_ perSecond: Int) {
            cost = perSecond > 0 ? max(1_000_000_000 / UInt64(perSecond), 1) : 0
        }

        mutating func takeOne(at now: UInt64) -> Bool {
            if cost == 0 { return true }
            let start = max(paidUntil, now)
            if start + cost > now + 1_000_000_000 { return false }
            paidUntil = start + cost
            return true
        }
    }

    /// A server with some connections on some event loops, message by message.
    private struct Reference {
        var connections: [Bucket]
        var shared: Bucket
        let share: Int
        var held: [Int]

        /// Whether a message on `connection` passes, whose event loop is `loop`.
        mutating func passes(_ connection: Int, on loop: Int, at now: UInt64) -> Bool {
            guard connections[connection].takeOne(at: now) else { return false }
            if held[loop] == 0 {
                while held[loop] < share, shared.takeOne(at: now) { held[loop] += 1 }
            }
            guard held[loop] > 0 else { return false }
            held[loop] -= 1
            return true
        }
    }

    private struct RandomNumbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 33)
        }
    }

    private static let rates = [0, 1, 3, 99, 100, 1000, 12_345, 50_000, 1_000_000, 1_000_000_000]

    @Test("let the same messages pass in batches, of which some end early, as one by one", arguments: 1...40)
    func batches(seed: UInt64) {
        var random = RandomNumbers(state: seed)
        let (ownRate, sharedRate) = (
            Self.rates.randomElement(using: &random) ?? 0, Self.rates.randomElement(using: &random) ?? 0
        )
        let rates = MessageRates(perConnection: ownRate, shared: sharedRate)
        let (connectionCount, loopCount) = (4, 2)
        var paidUntil = Array(repeating: UInt64(0), count: connectionCount)
        var held = Array(repeating: 0, count: loopCount)
        var reference = Reference(
            connections: Array(repeating: Bucket(ownRate), count: connectionCount),
            shared: Bucket(sharedRate),
            share: sharedRate > 0 ? min(max(sharedRate / 100, 1), 64) : 1 << 20,
            held: held
        )
        var now: UInt64 = 1_000_000_000_000
        var passed = 0
        for _ in 0..<400 {
            now += [0, 1, 999, 1_000_000, 20_000_000, 3_000_000_000].randomElement(using: &random) ?? 0
            let connection = Int.random(in: 0..<connectionCount, using: &random)
            let loop = connection % loopCount
            var left = Int.random(in: 1...300, using: &random)
            while left > 0 {
                let limit = Int.random(in: 1...256, using: &random)
                let allowed = rates.allowance(upTo: limit, &paidUntil[connection], &held[loop], at: now)
                #expect(allowed <= limit)
                // A batch uses as much of its allowance as it has messages, or less when a handler ends it.
                let used = allowed > 0 ? Int.random(in: 1...min(allowed, left), using: &random) : 0
                if used > 0 { rates.take(used, &paidUntil[connection], &held[loop], at: now) }
                for _ in 0..<used {
                    guard reference.passes(connection, on: loop, at: now) else {
                        Issue.record("a message passed that one by one is rejected: \(ownRate), \(sharedRate)")
                        return
                    }
                }
                if used == 0, reference.passes(connection, on: loop, at: now) {
                    Issue.record("a message was rejected that one by one passes: \(ownRate), \(sharedRate)")
                    return
                }
                passed += used
                left -= max(used, 1)
            }
        }
        #expect(passed > 0)
    }

    @Test("let exactly a second's worth of messages pass at once, and one more after its share of a second")
    func limits() {
        let rates = MessageRates(perConnection: 1000, shared: 0)
        var paidUntil: UInt64 = 0
        var held = 0
        let now: UInt64 = 5_000_000_000
        #expect(rates.allowance(upTo: 5000, &paidUntil, &held, at: now) == 1000)
        rates.take(1000, &paidUntil, &held, at: now)
        #expect(rates.allowance(upTo: 5000, &paidUntil, &held, at: now + 999_999) == 0)
        #expect(rates.allowance(upTo: 5000, &paidUntil, &held, at: now + 1_000_000) == 1)
        #expect(rates.allowance(upTo: 5000, &paidUntil, &held, at: now + 600_000_000) == 600)
    }
}
