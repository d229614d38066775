import FoundationEssentials
import Histogram
import Switchboard
import SwitchboardApplication
import SwitchboardTLS
import SwitchboardTransport

/// Runs a plan against a server.
struct LoadRun {
    let plan: LoadPlan
    let host: String
    let port: Int
    let unixSocket: String?
    let connectTimeout: Duration
    /// The user and token for AUTH on each connection, if there are any.
    let credentials: Credentials?
    let tls: TLSConnector?
    /// The process whose CPU time is measured; `nil` for none.
    let process: Int?

    /// Connects, sends messages, and measures.
    ///
    /// - Parameter progress: Called once a second with the number of seconds that have passed.
    func run(progress: (Int) -> Void) async throws -> LoadReport {
        let ring = try FrameRing(plan.kind, size: plan.size, credentials: credentials)
        let workers = try (0..<plan.eventLoops).map { number in
            try LoadWorker(
                plan,
                ring,
                rate: plan.rate / Double(plan.eventLoops),
                credentials: credentials,
                number: number
            )
        }
        do {
            try await connect(workers)
            for worker in workers { try await greet(worker) }
            for worker in workers { await on(worker) { $0.start() } }
            try await Task.sleep(for: plan.warmUp)
            let report = try await measure(workers, progress)
            await stop(workers)
            return report
        } catch {
            await stop(workers)
            throw error
        }
    }

    private func connect(_ workers: [LoadWorker]) async throws {
        let addresses =
            if let unixSocket {
                [try SocketAddress(unixSocketPath: unixSocket)]
            } else {
                try await SocketAddress.resolve(host: host, port: port, within: connectTimeout)
            }
        for number in 0..<plan.connections {
            let worker = workers[number % workers.count]
            let (descriptor, address) = try await withCheckedThrowingContinuation { continuation in
                Connector.connect(to: addresses, on: worker.loop, timeout: connectTimeout) { result in
                    continuation.resume(with: result)
                }
            }
            try await add(descriptor, address, to: worker)
        }
    }

    private func add(_ descriptor: Int32, _ address: SocketAddress, to worker: LoadWorker) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            worker.loop.execute {
                let socket = worker.stream(descriptor, address)
                guard let tls else {
                    worker.add(socket)
                    return continuation.resume()
                }
                do {
                    let stream = try tls.stream(
                        over: socket,
                        limits: LoadWorker.limits,
                        to: host,
                        timeout: connectTimeout
                    ) { failure in
                        continuation.resume(with: failure.map { .failure($0) } ?? .success(()))
                    }
                    worker.add(stream)
                } catch {
                    socket.abort(.requested)
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    private func greet(_ worker: LoadWorker) async throws {
        await withCheckedContinuation { continuation in
            worker.loop.execute { worker.whenGreeted(within: connectTimeout) { continuation.resume() } }
        }
        if let failure = await on(worker, { $0.failure }) { throw CommandError(failure) }
    }

    private func measure(_ workers: [LoadWorker], _ progress: (Int) -> Void) async throws -> LoadReport {
        for worker in workers { await on(worker) { $0.resetCounts() } }
        let cpuBefore = try process.map { try ProcessTime.nanoseconds(of: $0) }
        let start = ContinuousClock.now
        var second = 0
        while start.duration(to: .now) < plan.duration {
            let left = plan.duration - start.duration(to: .now)
            try await Task.sleep(for: min(left, .seconds(1)))
            second += 1
            progress(second)
        }
        let cpuAfter = try process.map { try ProcessTime.nanoseconds(of: $0) }
        let elapsed = start.duration(to: .now)
        var report = LoadReport(seconds: elapsed / .seconds(1))
        if let cpuBefore, let cpuAfter { report.processNanoseconds = cpuAfter &- cpuBefore }
        for worker in workers {
            let (messages, latencies, failure) = await on(worker) { $0.stop() }
            if let failure { throw CommandError(failure) }
            report.add(messages, latencies)
        }
        guard report.messages > 0 else {
            let advice =
                plan.kind == .broadcast ? " (a server drops broadcasts beyond its --rate-limit: lower --rate)" : ""
            throw CommandError("the server answered no message within \(plan.duration)\(advice)")
        }
        return report
    }

    private func stop(_ workers: [LoadWorker]) async {
        for worker in workers {
            _ = await on(worker) { $0.stop() }
            await withCheckedContinuation { continuation in worker.loop.stop { continuation.resume() } }
        }
    }

    private func on<Result: Sendable>(
        _ worker: LoadWorker,
        _ body: @escaping @Sendable (LoadWorker) -> Result
    ) async -> Result {
        await withCheckedContinuation { continuation in
            worker.loop.execute { continuation.resume(returning: body(worker)) }
        }
    }
}

/// The CPU time of another process.
enum ProcessTime {
    struct Unknown: Error, CustomStringConvertible {
        let process: Int
        var description: String { "cannot read the CPU time of process \(process)" }
    }

    /// Returns the CPU time of all threads of a process in nanoseconds.
    ///
    /// The values are the scheduler's for each thread, which are exact; the totals of a process are in ticks.
    static func nanoseconds(of process: Int) throws -> UInt64 {
        let threads = "/proc/\(process)/task"
        guard let numbers = try? FileManager.default.contentsOfDirectory(atPath: threads) else {
            throw Unknown(process: process)
        }
        return numbers.reduce(0) { sum, number in
            let text = (try? String(contentsOfFile: "\(threads)/\(number)/schedstat", encoding: .utf8)) ?? ""
            return sum &+ (text.split(separator: " ").first.flatMap { UInt64($0) } ?? 0)
        }
    }
}
