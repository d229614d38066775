import ServiceLifecycle
import UnixSignals

/// What the signals that stop a program do: the first one shuts it down gracefully, the second one at once.
enum StopSignals {
    /// Runs `group` until it ends or is stopped.
    static func run(_ group: ServiceGroup) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let running = Task { try await group.run() }
        let watching = Task {
            var isStopping = false
            for await _ in signals {
                if isStopping { return running.cancel() }
                isStopping = true
                await group.triggerGracefulShutdown()
            }
        }
        defer { watching.cancel() }
        do { try await running.value } catch is CancellationError {}
    }
}
