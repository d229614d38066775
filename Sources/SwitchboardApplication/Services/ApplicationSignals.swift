import Glibc
import Logging
import ServiceLifecycle
import SwitchboardServer
import Synchronization

/// The signals of a program with a server: from the start of the program to its end if the program calls ``trap()``, and otherwise from
/// the start of a server to its end.
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
        /// Whether the program has trapped the signals itself, and keeps them trapped after its server.
        var isOfProgram = false
        /// Catches SIGPIPE, which would end the program when the reader of its log has gone.
        var pipeTrap: SignalTrap?
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
    /// Without this call, they are trapped from ``begin(drainTime:logger:)`` to ``end()``. A second call has no effect.
    package func trap() {
        state.withLock { state in
            trap(&state)
            state.isOfProgram = true
        }
    }

    private func trap(_ state: inout State) {
        if state.trap == nil { state.trap = SignalTrap(Self.all) { [self] in receive($0) } }
    }

    /// Gives the signals their usual effect again, also those that came since ``trap()``: the program does not serve.
    package func release() {
        let (trap, early) = state.withLock { state in
            defer { state = State() }
            return (state.trap, state.early ?? [])
        }
        trap?.release()
        for signal in early { raise(signal) }
    }

    private func receive(_ signal: Int32) {
        let acts = state.withLock { state in
            // A signal that was trapped before the end of the server, and is read after it, has no effect.
            guard state.trap != nil else { return false }
            state.early?.append(signal)
            return state.early == nil
        }
        if acts { act(on: signal) }
    }

    // MARK: Acting

    /// Sets the log for signals, and the drain time; from now on the signals have their effect on a server.
    ///
    /// A signal to stop that comes before the server serves ends the process at once, with status 0.
    ///
    /// - Parameter drainTime: The time of a graceful shutdown.
    func begin(drainTime: Duration, logger: Logger) {
        let early = state.withLock { state in
            trap(&state)
            if state.pipeTrap == nil { state.pipeTrap = SignalTrap([SIGPIPE]) { _ in } }
            state.drainTime = Self.seconds(drainTime)
            state.logger = logger
            defer { state.early = nil }
            return state.early ?? []
        }
        for signal in early { act(on: signal) }
    }

    /// Gives the signals the effect that they had before ``begin(drainTime:logger:)``: the server has ended.
    ///
    /// Has no effect in a program that has called ``trap()``.
    func end() {
        let traps = state.withLock { state -> [SignalTrap?] in
            if state.stopCount > 0 { alarm(0) }
            guard !state.isOfProgram else {
                (state.serving, state.stopCount) = (nil, 0)
                return []
            }
            defer { state = State() }
            return [state.trap, state.pipeTrap]
        }
        guard !traps.isEmpty else { return }
        reloader.end()
        for trap in traps { trap?.release() }
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
        // In one step, so that a signal finds the task as soon as it runs.
        let running = state.withLock { state in
            let running = Task { try await group.run() }
            state.serving = Serving(group: group, running: running)
            return running
        }
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
            guard state.trap != nil, state.stopCount == 0 else { return nil }
            Self.countStop(&state)
            return state.serving
        }
        if let serving { Task { await serving.group.triggerGracefulShutdown() } }
    }

    private func stop() {
        let counted = state.withLock { state -> (Serving?, Int)? in
            // The server may have ended since the signal was received.
            guard state.trap != nil else { return nil }
            Self.countStop(&state)
            return (state.serving, state.stopCount)
        }
        guard let (serving, count) = counted else { return }
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
