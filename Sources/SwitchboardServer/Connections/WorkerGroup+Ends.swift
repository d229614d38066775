extension WorkerGroup {
    /// Ends several parts of the server, and returns when all have ended, or after `timeout`.
    ///
    /// - Parameters:
    ///   - parts: The parts.
    ///   - timeout: The longest time to wait.
    ///   - end: Ends a part, and calls `report` once it has ended, on any thread. `report` returns whether that was in time.
    /// - Returns: The positions of the parts that have not ended, in order.
    static func end<Part: Sendable>(
        _ parts: [Part],
        within timeout: Duration,
        _ end: @escaping @Sendable (_ part: Part, _ report: @escaping @Sendable () -> Bool) -> Void
    ) async -> [Int] {
        // In a task of its own, because the calling task may be cancelled, which would end the wait.
        await Task {
            let (ended, continuation) = AsyncStream.makeStream(of: Int.self)
            for (position, part) in parts.enumerated() {
                end(part) { if case .terminated = continuation.yield(position) { false } else { true } }
            }
            let timer = Task {
                try? await Task.sleep(for: timeout)
                continuation.finish()
            }
            defer { timer.cancel() }
            var left = Set(parts.indices)
            var ends = ended.makeAsyncIterator()
            while !left.isEmpty, let position = await ends.next() { left.remove(position) }
            return left.sorted()
        }.value
    }
}
