import Glibc
import Logging
import ServiceLifecycle
import Synchronization

/// The signals that a server acts on, from the first moment of the program to the last.
///
/// They are blocked in all threads, so that the kernel keeps them: also those that arrive before anything is ready, and
/// also for process 1, of which it drops signals that are neither blocked nor handled. The main thread waits for them, so
/// that a server that is short of threads, or hangs, can still be stopped.
final class ServerSignals: Sendable {
    private static let stopping = [SIGINT, SIGTERM]
    /// Signals that other programs take for a wish to open their logs anew, and which would end this one.
    private static let ignored = [SIGUSR1, SIGUSR2]
    private static let all = stopping + [SIGHUP, SIGALRM] + ignored

    /// How long a server may take to end when it was told to stop at once, in seconds.
    private static let stopTime = 5

    /// The longest drain time that is waited for, in seconds: a year.
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

    /// Those of this process.
    static let shared = ServerSignals()

    private let reloader = Reloader()
    private let state = Mutex(State())

    private init() {}

    // MARK: Blocking

    /// Blocks the signals in this thread and all that it will start.
    ///
    /// - Returns: What was blocked before.
    static func block() -> sigset_t {
        var (blocked, usual) = (set, sigset_t())
        unsafe pthread_sigmask(SIG_BLOCK, &blocked, &usual)
        return usual
    }

    /// Lets this thread, which must be the only one, get the signals again that it got before ``block()``.
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

    /// Reports signals to `logger` from now on.
    ///
    /// - Parameter drainTime: How long the server may take to stop in good order.
    func begin(drainTime: Duration, logger: Logger) {
        // Whoever reads the log may go away; the server stays.
        signal(SIGPIPE, SIG_IGN)
        state.withLock { state in
            state.drainTime = min(max(Int(clamping: drainTime.components.seconds), 0), Self.maximumDrainTime)
            state.logger = logger
        }
    }

    /// Runs `group` until it ends or is stopped: gracefully by the first SIGINT or SIGTERM, at once by the second.
    ///
    /// - Parameter sources: What SIGHUP reads again.
    func run(_ group: ServiceGroup, reloading sources: [Reloader.Source]) async throws {
        let running = Task { try await group.run() }
        state.withLock { $0.serving = Serving(group: group, running: running) }
        reloader.begin(sources, logger: state.withLock { $0.logger })
        do { try await running.value } catch is CancellationError {}
    }

    /// Waits for signals until the process ends.
    ///
    /// One that stops the server ends the process at once, with status 0, while nothing is served yet.
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
            // The system ends the wait of the main thread with SIGALRM, whatever the other threads do.
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
