import SwitchboardApplication

/// The progress of a transfer on one line of standard error; shown only on a terminal.
struct ProgressBar {
    /// The number of bytes that are done.
    private(set) var done = 0

    private let total: Int?
    private let isShown = Terminal.isShown
    private var shown = -1

    private static let width = 40

    /// A bar at the start of a transfer.
    ///
    /// - Parameter total: The number of bytes of the transfer, if it is known.
    init(total: Int?) {
        self.total = total
    }

    mutating func advance(by count: Int) {
        done += count
        guard isShown else { return }
        // The bar has a hundred steps, or one step for each mebibyte when the total is unknown.
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

    /// Leaves the bar in place, and continues on the next line.
    mutating func finish() {
        if shown >= 0 { Terminal.show("\n") }
        shown = -1
    }
}
