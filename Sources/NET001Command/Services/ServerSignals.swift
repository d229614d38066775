import Glibc
import Logging
import ServiceLifecycle
import Synchronization

/// The signals of a server, from the start of the program to its end.
///
/// The signals are blocked in all threads. Therefore the kernel keeps signals that arrive before the server is ready,
/// and does not drop signals to process 1. The main thread waits for them, so that they can stop a server that hangs
/// or has no threads left.
final class ServerSignals: Sendable {
    private static let stopping = [SIGINT, SIGTERM]
    /// Signals that make some programs reopen their logs.
    ///
    /// They would end this program.
    private static let ignored = [SIGUSR1, SIGUSR2]
    private static let all = stopping + [SIGHUP, SIGALRM] + ignored

    /// The time in seconds for a server to end after the drain time, or after a second signal.
    private static let stopTime = 5

    /// The maximum drain time in seconds: a year.
    private static let maximumDrainTime = 31_536_000

    private struct Serving {
        let group: ServiceGroup
        let running: Task<Void, any Error>
    }

    private struct State {
        var drainTime = 0
        var logger: Logger?
        var serving: Serving?
        var stopCount = 0
    }

    /// The signals of this process.
    static let shared = ServerSignals()

    private let reloader = Reloader()
    private let state = Mutex(State())

    private init() {}

    // MARK: Blocking

    /// Blocks the signals in this thread and in all threads that it starts.
    ///
    /// - Returns: The signals that were blocked before.
    static func block() -> sigset_t {
        var (blocked, usual) = (set, sigset_t())
        unsafe pthread_sigmask(SIG_BLOCK, &blocked, &usual)
        return usual
    }

    /// Restores the signals that were blocked before ``block()``; this thread must be the only one.
    static func restore(_ usual: sigset_t) {
        var usual = usual
        unsafe pthread_sigmask(SIG_SETMASK, &usual, nil)
    }

    private static var set: sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in all { unsafe sigaddset(&set, signal) }
        return set
    }

    // MARK: Acting

    /// Sets the log for signals, and the drain time.
    ///
    /// - Parameter drainTime: The time of a graceful shutdown.
    func begin(drainTime: Duration, logger: Logger) {
        // The server continues when the reader of its log has gone.
        signal(SIGPIPE, SIG_IGN)
        state.withLock { state in
            state.drainTime = min(max(Int(clamping: drainTime.components.seconds), 0), Self.maximumDrainTime)
            state.logger = logger
        }
    }

    /// Runs `group` until it ends: gracefully after the first SIGINT or SIGTERM, at once after the second.
    ///
    /// - Parameter sources: The files that SIGHUP reads again.
    func run(_ group: ServiceGroup, reloading sources: [Reloader.Source]) async throws {
        let running = Task { try await group.run() }
        state.withLock { $0.serving = Serving(group: group, running: running) }
        reloader.begin(sources, logger: state.withLock { $0.logger })
        do { try await running.value } catch is CancellationError {}
    }

    /// Waits for signals, and acts on them, until the process ends.
    ///
    /// A signal to stop that comes before the server serves ends the process at once, with status 0.
    func act() -> Never {
        while true {
            switch next() {
            case SIGHUP: reloader.request()
            case let signal? where Self.stopping.contains(signal): stop()
            case SIGALRM where state.withLock { $0.stopCount } > 0:
                end(1, "graceful shutdown exceeded its time limit, exiting")
            case let signal?:
                let name = signal == SIGUSR1 ? "SIGUSR1" : signal == SIGUSR2 ? "SIGUSR2" : "SIGALRM"
                state.withLock { $0.logger }?.notice("signal ignored", metadata: ["signal": "\(name)"])
            case nil: break
            }
        }
    }

    /// The next signal.
    private func next() -> Int32? {
        var set = Self.set
        var signal: Int32 = 0
        return unsafe sigwait(&set, &signal) == 0 ? signal : nil
    }

    private func stop() {
        let (serving, count) = state.withLock { state in
            state.stopCount += 1
            let time = state.stopCount == 1 ? state.drainTime + Self.stopTime : Self.stopTime
            // SIGALRM ends the wait of the main thread, whatever the other threads do.
            alarm(UInt32(time))
            return (state.serving, state.stopCount)
        }
        guard let serving else { return end(0, "stopped before serving") }
        if count == 1 {
            Task { await serving.group.triggerGracefulShutdown() }
        } else {
            serving.running.cancel()
        }
    }

    private func end(_ status: Int32, _ message: Logger.Message) {
        state.withLock { $0.logger }?.log(level: status == 0 ? .info : .error, message)
        LogWriter.shared.flush()
        _exit(status)
    }
}
