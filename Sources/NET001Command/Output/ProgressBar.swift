/// How far something is, on one line of a terminal; nothing where standard error is no terminal.
struct ProgressBar {
    /// How many bytes are done.
    private(set) var done = 0

    private let total: Int?
    private let isShown = Terminal.isShown
    private var shown = -1

    private static let width = 40

    /// A bar at its start.
    ///
    /// - Parameter total: How many bytes there are, if that is known.
    init(total: Int?) {
        self.total = total
    }

    mutating func advance(by count: Int) {
        done += count
        guard isShown else { return }
        // Only what changes the line is written: a hundred steps, or one a mebibyte.
        let step = total.map { $0 > 0 ? min(done * 100 / $0, 100) : 100 } ?? done >> 20
        guard step != shown else { return }
        shown = step
        let line: String
        if total == nil {
            line = "\(step) MiB"
        } else {
            let filled = step * Self.width / 100
            let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: Self.width - filled)
            line = "\(bar) \(step) %"
        }
        Terminal.show("\r\(line)")
    }

    /// Leaves the bar as it is, and goes on below it.
    mutating func finish() {
        if shown >= 0 { Terminal.show("\n") }
        shown = -1
    }
}
