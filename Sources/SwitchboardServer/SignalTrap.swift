internal import CLinux
internal import Glibc
internal import Synchronization

/// Catches signals, and suppresses their default effect.
///
/// When the last trap for a signal is released, the signal has its previous effect again, so that it can still stop the
/// program after the server has stopped.
package final class SignalTrap: Sendable {
    private struct Shared {
        var handlers: [UInt64: (signals: Set<Int32>, handler: @Sendable (Int32) -> Void)] = [:]
        var lastNumber: UInt64 = 0
        /// Whether the thread runs that reads the signals of the process: it starts with the first trap, and never ends.
        var isReading = false
    }

    private static let shared = Mutex(Shared())

    private let signals: Set<Int32>
    private let number: UInt64
    private let isReleased = Atomic(false)

    /// Catches signals until the trap is released.
    ///
    /// - Parameters:
    ///   - signals: The numbers of the signals. A signal that cannot be caught, such as SIGKILL, keeps its effect.
    ///   - handler: Called for each signal on a thread of its own, in the order of their arrival: also when the other threads of the
    ///     process hang, or no more can be started.
    package init(_ signals: [Int32], _ handler: @escaping @Sendable (Int32) -> Void) {
        let trapped = Set(signals.filter { linux_trap_signal($0) >= 0 })
        self.signals = trapped
        number = Self.shared.withLock { shared in
            shared.lastNumber += 1
            shared.handlers[shared.lastNumber] = (trapped, handler)
            if !shared.isReading, linux_signal_descriptor() >= 0 {
                shared.isReading = unsafe linux_start_thread({ _ in SignalTrap.readSignals() }, nil) >= 0
            }
            return shared.lastNumber
        }
    }

    deinit { release() }

    /// Releases the signals, which have their previous effect again.
    package func release() {
        guard !isReleased.exchange(true, ordering: .relaxed) else { return }
        Self.shared.withLock { _ = $0.handlers.removeValue(forKey: number) }
        for signal in signals { linux_release_signal(signal) }
    }

    private static func readSignals() {
        var readable = pollfd(fd: linux_signal_descriptor(), events: Int16(POLLIN), revents: 0)
        while true {
            _ = unsafe poll(&readable, 1, -1)
            while true {
                let signal = linux_next_signal()
                if signal == 0 { break }
                let handlers = shared.withLock { $0.handlers.values.filter { $0.signals.contains(signal) } }
                for (_, handler) in handlers { handler(signal) }
            }
        }
    }
}
