internal import CLinux
internal import Dispatch
internal import Synchronization

/// Catches signals, and suppresses their default effect.
///
/// When the last trap for a signal is released, the signal has its previous effect again, so that it can still stop the
/// program after the server has stopped.
package final class SignalTrap: Sendable {
    private struct Shared {
        var handlers: [UInt64: (signals: Set<Int32>, handler: @Sendable (Int32) -> Void)] = [:]
        var lastNumber: UInt64 = 0
        /// Reads the signals of the process; made with the first trap, and kept.
        var source: (any DispatchSourceRead)?
    }

    private static let shared = Mutex(Shared())

    private let signals: Set<Int32>
    private let number: UInt64
    private let isReleased = Atomic(false)

    /// Catches signals until the trap is released.
    ///
    /// - Parameters:
    ///   - signals: The numbers of the signals. A signal that cannot be caught, such as SIGKILL, keeps its effect.
    ///   - handler: Called for each signal on a queue of Dispatch, in the order of their arrival.
    package init(_ signals: [Int32], _ handler: @escaping @Sendable (Int32) -> Void) {
        let trapped = Set(signals.filter { linux_trap_signal($0) >= 0 })
        self.signals = trapped
        number = Self.shared.withLock { shared in
            shared.lastNumber += 1
            shared.handlers[shared.lastNumber] = (trapped, handler)
            if shared.source == nil, linux_signal_descriptor() >= 0 { shared.source = Self.makeSource() }
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

    private static func makeSource() -> any DispatchSourceRead {
        let queue = DispatchQueue(label: "switchboard.signals")
        let source = DispatchSource.makeReadSource(fileDescriptor: linux_signal_descriptor(), queue: queue)
        source.setEventHandler { @Sendable in
            while true {
                let signal = linux_next_signal()
                if signal == 0 { return }
                let handlers = shared.withLock { $0.handlers.values.filter { $0.signals.contains(signal) } }
                for (_, handler) in handlers { handler(signal) }
            }
        }
        source.resume()
        return source
    }
}
