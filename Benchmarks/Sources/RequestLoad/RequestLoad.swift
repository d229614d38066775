import Glibc
import Synchronization

/// Tasks that each send one request after the other, and what that costs.
///
/// Every client that is compared runs the same load, and prints the same JSON object.
package struct RequestLoad: Sendable {
    /// The number of tasks.
    package let tasks: Int

    /// The measured time, in seconds.
    package let seconds: Double

    /// The time before the measurement, in seconds.
    private static let warmUpSeconds = 0.5

    package init(tasks: Int, seconds: Double) throws {
        guard tasks >= 1, tasks <= 10_000, seconds > 0, seconds <= 3600 else {
            throw LoadFailure("between 1 and 10,000 tasks, and more than 0 seconds")
        }
        self.tasks = tasks
        self.seconds = seconds
    }

    /// Runs the load, and returns its figures as a JSON object.
    ///
    /// - Parameters:
    ///   - executor: What runs the tasks; `nil` for the global executor.
    ///   - request: Sends a request with this number; returns the number in the reply.
    package func run(
        on executor: (any TaskExecutor)? = nil,
        _ request: @escaping @Sendable (UInt64) async throws -> UInt64
    ) async throws -> String {
        let state = State()
        return try await withThrowingTaskGroup(of: [Double].self) { group in
            for task in 0..<tasks {
                let body: @Sendable @concurrent () async throws -> [Double] = {
                    try await repeatedly(request, from: UInt64(task) << 32, state)
                }
                // Without an executor, no preference: the runtime looks even for one that is `nil`.
                if let executor {
                    group.addTask(executorPreference: executor, operation: body)
                } else {
                    group.addTask(operation: body)
                }
            }
            try await Task.sleep(for: .seconds(Self.warmUpSeconds))
            let (cpuTime, time) = (Self.time(of: CLOCK_PROCESS_CPUTIME_ID), Self.time(of: CLOCK_MONOTONIC))
            state.phase.store(.measured, ordering: .relaxed)
            try await Task.sleep(for: .seconds(seconds))
            state.phase.store(.ended, ordering: .relaxed)
            let (usedCPU, used) = (
                Self.time(of: CLOCK_PROCESS_CPUTIME_ID) - cpuTime, Self.time(of: CLOCK_MONOTONIC) - time
            )
            var latencies: [Double] = []
            for try await times in group { latencies += times }
            latencies.sort()
            guard !latencies.isEmpty else { throw LoadFailure("no request was answered") }
            let count = latencies.count
            return """
                {"requests": \(count), "cpu_per_request": \(usedCPU / 1000 / Double(count)), \
                "requests_per_second": \(Double(count) * 1e9 / used), \
                "latency_p50": \(latencies[count / 2] / 1000), \
                "latency_p99": \(latencies[count * 99 / 100] / 1000)}
                """
        }
    }

    private enum Phase: UInt8, AtomicRepresentable {
        case warmUp
        case measured
        case ended
    }

    private final class State: Sendable {
        let phase = Atomic(Phase.warmUp)
    }

    /// The time of a clock, in nanoseconds.
    private static func time(of clock: clockid_t) -> Double {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }

    /// Sends requests until the end; returns the duration of each measured one, in nanoseconds.
    private func repeatedly(
        _ request: (UInt64) async throws -> UInt64,
        from first: UInt64,
        _ state: State
    ) async throws -> [Double] {
        var latencies: [Double] = []
        var number = first
        while true {
            let current = state.phase.load(ordering: .relaxed)
            if current == .ended { return latencies }
            let start = Self.time(of: CLOCK_MONOTONIC)
            guard try await request(number) == number else { throw LoadFailure("a wrong reply") }
            if current == .measured { latencies.append(Self.time(of: CLOCK_MONOTONIC) - start) }
            number += 1
        }
    }
}

/// The load cannot go on.
package struct LoadFailure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
