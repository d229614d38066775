import Glibc
import Logging
import ServiceLifecycle
import SwitchboardServer
import Synchronization

/// The signals of a program with a server, from the start of the program to its end.
///
/// A thread of their own acts on them, so that they can stop a server that hangs or has no threads left. They are trapped, not
/// blocked: signals reach the process whatever its threads do, and the kernel does not drop signals to process 1.
package final class ApplicationSignals: Sendable {
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
        var trap: SignalTrap?
        /// The signals that came before it was known whether the program serves; `nil` once it is.
        var early: [Int32]? = []
        var drainTime = 0
        var logger: Logger?
        var serving: Serving?
        var stopCount = 0
    }

    /// The signals of this process.
    package static let shared = ApplicationSignals()

    private let reloader = Reloader()
    private let state = Mutex(State())

    private init() {}

    // MARK: Trapping

    /// Traps the signals, and keeps them until ``begin(drainTime:logger:)`` or ``release()``.
    ///
    /// A second call has no effect.
    package func trap() {
        state.withLock { state in
            if state.trap == nil { state.trap = SignalTrap(Self.all) { [self] in receive($0) } }
        }
    }

    /// Gives the signals their usual effect again, also those that came since ``trap()``: the program does not serve.
    package func release() {
        let (trap, early) = state.withLock { state in
            defer { (state.trap, state.early) = (nil, []) }
            return (state.trap, state.early ?? [])
        }
        trap?.release()
        for signal in early { raise(signal) }
    }

    private func receive(_ signal: Int32) {
        let isEarly = state.withLock { state in
            state.early?.append(signal)
            return state.early != nil
        }
        if !isEarly { act(on: signal) }
    }

    // MARK: Acting

    /// Sets the log for signals, and the drain time; from now on the signals have their effect on a server.
    ///
    /// A signal to stop that comes before the server serves ends the process at once, with status 0.
    ///
    /// - Parameter drainTime: The time of a graceful shutdown.
    func begin(drainTime: Duration, logger: Logger) {
        trap()
        // The server continues when the reader of its log has gone.
        signal(SIGPIPE, SIG_IGN)
        let early = state.withLock { state in
            state.drainTime = Self.seconds(drainTime)
            state.logger = logger
            defer { state.early = nil }
            return state.early ?? []
        }
        for signal in early { act(on: signal) }
    }

    /// Changes the time of a graceful shutdown that has not begun.
    func setDrainTime(_ drainTime: Duration) {
        state.withLock { $0.drainTime = Self.seconds(drainTime) }
    }

    private static func seconds(_ drainTime: Duration) -> Int {
        min(max(Int(clamping: drainTime.components.seconds), 0), maximumDrainTime)
    }

    /// Runs `group` until it ends: gracefully after the first SIGINT or SIGTERM, at once after the second.
    ///
    /// - Parameter sources: The files that SIGHUP reads again.
    func run(_ group: ServiceGroup, reloading sources: [ReloadableFile]) async throws {
        let running = Task { try await group.run() }
        state.withLock { $0.serving = Serving(group: group, running: running) }
        reloader.begin(sources, logger: state.withLock { $0.logger })
        try await withTaskCancellationHandler {
            do { try await running.value } catch is CancellationError {}
        } onCancel: {
            running.cancel()
        }
    }

    private func act(on signal: Int32) {
        switch signal {
        case SIGHUP: reloader.request()
        case SIGINT, SIGTERM: stop()
        case SIGALRM where state.withLock { $0.stopCount } > 0:
            end(1, "graceful shutdown exceeded its time limit, exiting")
        default:
            let name = signal == SIGUSR1 ? "SIGUSR1" : signal == SIGUSR2 ? "SIGUSR2" : "SIGALRM"
            state.withLock { $0.logger }?.notice("signal ignored", metadata: ["signal": "\(name)"])
        }
    }

    /// Whether a graceful shutdown has started.
    var isStopping: Bool { state.withLock { $0.stopCount > 0 } }

    /// Starts a graceful shutdown, as the first SIGTERM does; has no effect during one.
    func drain() {
        let serving = state.withLock { state -> Serving? in
            guard state.stopCount == 0 else { return nil }
            Self.countStop(&state)
            return state.serving
        }
        if let serving { Task { await serving.group.triggerGracefulShutdown() } }
    }

    private func stop() {
        let (serving, count) = state.withLock { state in
            Self.countStop(&state)
            return (state.serving, state.stopCount)
        }
        guard let serving else { return end(0, "stopped before serving") }
        if count == 1 {
            Task { await serving.group.triggerGracefulShutdown() }
        } else {
            serving.running.cancel()
        }
    }

    private static func countStop(_ state: inout State) {
        state.stopCount += 1
        let time = state.stopCount == 1 ? state.drainTime + stopTime : stopTime
        // SIGALRM ends the process in time, whatever its other threads do.
        alarm(UInt32(time))
    }

    private func end(_ status: Int32, _ message: Logger.Message) {
        state.withLock { $0.logger }?.log(level: status == 0 ? .info : .error, message)
        LogWriter.shared.flush()
        _exit(status)
    }
}
