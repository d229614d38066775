import ArgumentParser

/// Compares the code that is generated from a spec with that of swift-protobuf.
@main
struct CodecCosts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "codec-costs",
        abstract: "Compare the codec of Switchboard with swift-protobuf.",
        discussion: """
            Both codecs serialise and parse the same messages, on one thread. Every message is checked after a round trip through \
            each codec first. In each round all codecs run one after another; the time is the CPU time of the process. Times and \
            ratios are medians over the rounds, and a ratio compares two times of one round.
            """
    )

    @Option(help: "How often everything is measured.")
    var rounds = 15

    @Option(help: "The CPU time of one measurement, in milliseconds.")
    var milliseconds = 30

    @Option(parsing: .upToNextOption, help: "The kinds of messages: reading, waveform, article, order.")
    var only: [String] = []

    @Flag(help: "Fail when Switchboard is slower, or less than three times as fast for the fixed layout.")
    var check = false

    /// How many times as fast Switchboard must be for messages of a fixed layout.
    private static let goalForFixedLayout = 3.0

    func validate() throws {
        guard rounds >= 1, milliseconds >= 1 else {
            throw ValidationError("--rounds and --milliseconds must be 1 or more")
        }
    }

    func run() throws {
        let names = ["reading", "waveform", "article", "order"]
        if let unknown = only.first(where: { !names.contains($0) }) {
            throw ValidationError("there is no kind of message \(unknown)")
        }
        // Everything is timed before allocations are counted, which takes time.
        var comparisons = try [
            Comparison("reading", of: Codec.Reading.self),
            Comparison("waveform", of: Codec.Waveform.self),
            Comparison("article", of: Codec.Article.self),
            Comparison("order", of: Codec.Order.self),
        ].filter { only.isEmpty || only.contains($0.name) }
        for index in comparisons.indices {
            try comparisons[index].measure(rounds: rounds, nanoseconds: Double(milliseconds) * 1e6)
        }
        for index in comparisons.indices { try comparisons[index].countAllocations() }
        for comparison in comparisons { print(comparison.text) }
        var isSlow = false
        for comparison in comparisons {
            let goal = comparison.name == "reading" ? Self.goalForFixedLayout : 1
            for (direction, ratio) in comparison.ratios where ratio < goal {
                isSlow = true
                print("\(comparison.name): \(direction) is \(ratio) times as fast, and should be \(goal) times as fast")
            }
        }
        if check, isSlow { throw ExitCode.failure }
    }
}
