import Dispatch

/// Makes the long texts of the endpoint, so that they block neither an event loop nor Swift's concurrent threads.
struct TextQueue: Sendable {
    private let queue = DispatchQueue(label: "switchboard.admin.texts")

    /// Returns what `work` returns, which runs on the queue.
    func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: work()) }
        }
    }
}
