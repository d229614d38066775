internal import SwitchboardFiles

/// The progress of a large file on one line of standard error, if that is a terminal and the output is not.
struct Progress {
    /// The smallest file with such a line, in bytes.
    private static let largeFile = 64 << 20
    private static let width = 40

    private let total: Int
    private let isShown: Bool
    private var shown = -1

    /// The progress of a file of `size` bytes; `nil` if that is not known.
    init(size: Int?) {
        total = max(1, size ?? 1)
        isShown = total >= Self.largeFile && StandardError.isTerminal && !StandardOutput.isTerminal
    }

    /// Shows that `done` bytes of the file were read.
    mutating func update(_ done: Int) {
        guard isShown, case let percent = min(100, done / max(1, total / 100)), percent != shown else { return }
        shown = percent
        let filled = percent * Self.width / 100
        let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: Self.width - filled)
        StandardError.show("\r\(bar) \(percent) %")
    }

    /// Leaves the line in place, and continues on the next one.
    mutating func finish() {
        if shown >= 0 { StandardError.show("\n") }
        shown = -1
    }
}
