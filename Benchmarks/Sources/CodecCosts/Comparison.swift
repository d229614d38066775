import CCounters
import Foundation
import InProcess

/// The measurements of one kind of message.
struct Comparison {
    let name: String

    private var switchboard: Measurements
    private var protobuf: Measurements

    /// The messages of a type, whose values have survived a round trip through each codec.
    init<Value: ComparedMessage>(_ name: String, of type: Value.Type) throws {
        self.name = name
        var numbers = Numbers()
        let messages = (0..<Self.messageCount).map { _ in Value.sample(&numbers) }
        try checkRoundTrips(of: messages)
        switchboard = Measurements(try switchboardPasses(messages), messages: messages.count)
        protobuf = Measurements(try protobufPasses(messages.map(\.protobuf)), messages: messages.count)
    }

    /// How many different messages there are: with one message, the CPU would learn its branches.
    private static let messageCount = 256

    // MARK: Measuring

    /// Measures the codecs one after another, as often as `rounds` says, for as much CPU time.
    mutating func measure(rounds: Int, nanoseconds: Double) throws {
        for round in 0..<rounds {
            // The first one may find the machine in another state than the last one.
            if round.isMultiple(of: 2) {
                try switchboard.measure(nanoseconds)
                try protobuf.measure(nanoseconds)
            } else {
                try protobuf.measure(nanoseconds)
                try switchboard.measure(nanoseconds)
            }
        }
    }

    mutating func countAllocations() throws {
        try switchboard.countAllocations()
        try protobuf.countAllocations()
    }

    // MARK: Results

    /// How many times as fast as swift-protobuf Switchboard is.
    var ratios: [(direction: String, ratio: Double)] {
        [
            ("serialise", median(zip(protobuf.serialise.times, switchboard.serialise.times).map(/))),
            ("parse", median(zip(protobuf.parse.times, switchboard.parse.times).map(/))),
        ]
    }

    var text: String {
        let ratios = ratios
        return """
            \(name): \(Int(switchboard.bytes.rounded())) bytes, swift-protobuf \(Int(protobuf.bytes.rounded())) bytes
              serialise: \(ratios[0].ratio.text(2)) times as fast
                Switchboard    \(switchboard.text(of: switchboard.serialise))
                swift-protobuf \(protobuf.text(of: protobuf.serialise))
              parse: \(ratios[1].ratio.text(2)) times as fast
                Switchboard    \(switchboard.text(of: switchboard.parse))
                swift-protobuf \(protobuf.text(of: protobuf.parse))
            """
    }
}

/// The measurements of one codec.
private struct Measurements {
    /// The measurements of one direction.
    struct Direction {
        let pass: () throws -> Void
        /// The CPU time of a message in each round, in nanoseconds.
        var times: [Double] = []
        /// The allocations of a message.
        var allocations = 0.0
    }

    private let messages: Double
    /// The average size of a message, in bytes.
    let bytes: Double
    var serialise: Direction
    var parse: Direction

    init(_ passes: Passes, messages: Int) {
        self.messages = Double(messages)
        bytes = Double(passes.byteCount) / Double(messages)
        serialise = Direction(pass: passes.serialise)
        parse = Direction(pass: passes.parse)
    }

    mutating func measure(_ nanoseconds: Double) throws {
        serialise.times.append(try time(serialise.pass, nanoseconds))
        parse.times.append(try time(parse.pass, nanoseconds))
    }

    private func time(_ pass: () throws -> Void, _ nanoseconds: Double) throws -> Double {
        let start = ProcessTime.nanoseconds
        var (passes, time) = (0.0, 0.0)
        while time < nanoseconds {
            for _ in 0..<Self.passesAtATime { try pass() }
            passes += Double(Self.passesAtATime)
            time = ProcessTime.nanoseconds - start
        }
        return time / passes / messages
    }

    /// The number of passes between two looks at the clock.
    private static let passesAtATime = 16

    mutating func countAllocations() throws {
        serialise.allocations = try allocations(of: serialise.pass)
        parse.allocations = try allocations(of: parse.pass)
    }

    private func allocations(of pass: () throws -> Void) throws -> Double {
        switchboard_count_allocations()
        let before = switchboard_counts().allocations
        try pass()
        return Double(switchboard_counts().allocations - before) / messages
    }

    func text(of direction: Direction) -> String {
        let time = median(direction.times)
        return "\(time.text(1)) ns, \(Int(bytes / time * 1000)) MB/s, \(direction.allocations.text(2)) allocations"
    }
}

private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

extension Double {
    fileprivate func text(_ digits: Int) -> String { String(format: "%.\(digits)f", self) }
}
