internal import CLinux
internal import DequeModule
internal import Synchronization

/// Looks up host names on threads of its own.
///
/// The resolver of the system blocks the calling thread, for many seconds if no name server answers. Therefore this
/// resolver has up to ``maximumThreads`` threads. Further names wait in a queue.
package final class NameResolver: Sendable {
    /// Returns the addresses of a name; may block.
    package typealias LookUp = @Sendable (String) throws(TransportError) -> [SocketAddress]

    /// The largest number of concurrent look-ups; each has a thread.
    package static let maximumThreads = 16

    /// The largest number of callers that may wait at once; further calls throw.
    package static let maximumCallers = 65_536

    /// The resolver that the whole process shares.
    package static let shared = NameResolver { name throws(TransportError) in try SocketAddress.lookUp(name) }

    private typealias Caller = CheckedContinuation<[SocketAddress], any Error>

    private struct State {
        /// The callers that wait for each name, by number.
        var callers: [String: [UInt64: Caller]] = [:]
        var callerCount = 0
        var lastNumber: UInt64 = 0
        /// The queued names, the oldest first.
        var queue: Deque<String> = []
        var threadCount = 0
    }

    private let lookUp: LookUp
    private let state = Mutex(State())

    /// - Parameter lookUp: Looks up a name; called on the resolver's threads.
    package init(_ lookUp: @escaping LookUp) {
        self.lookUp = lookUp
    }

    /// Looks up the addresses of a name.
    ///
    /// Callers that ask for the same name at the same time share one look-up. Cancellation and the timeout take effect
    /// at once; the look-up itself cannot be stopped, and its result is dropped.
    ///
    /// - Parameters:
    ///   - name: A host name.
    ///   - timeout: The time limit.
    /// - Returns: At least one address with port 0, the preferred address first.
    /// - Throws: A ``TransportError`` when the name has no address, the look-up takes longer than `timeout`, or no
    ///   thread could be started; a `CancellationError` when the task is cancelled.
    package func addresses(of name: String, within timeout: Duration) async throws -> [SocketAddress] {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        var timer: Task<Void, any Error>?
        defer { timer?.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                add(continuation, number, name)
                // Otherwise, a timeout or a cancellation before the caller is added would be lost.
                timer = Task {
                    try await Task.sleep(for: timeout)
                    let text = "cannot find the host \(name) within \(timeout)"
                    giveUp(name, number, TransportError(.timedOut, description: text))
                }
                if Task.isCancelled { giveUp(name, number, CancellationError()) }
            }
        } onCancel: {
            giveUp(name, number, CancellationError())
        }
    }

    private func add(_ caller: Caller, _ number: UInt64, _ name: String) {
        let isAdded = state.withLock { state in
            guard state.callerCount < Self.maximumCallers else { return false }
            state.callerCount += 1
            if state.callers[name] == nil { state.queue.append(name) }
            state.callers[name, default: [:]][number] = caller
            return true
        }
        guard isAdded else {
            let text = "cannot find the host \(name): \(Self.maximumCallers) look-ups are already queued"
            return caller.resume(throwing: TransportError(.cannotResolve, description: text))
        }
        startThread()
    }

    private func giveUp(_ name: String, _ number: UInt64, _ error: any Error) {
        let caller = state.withLock { state -> Caller? in
            guard let caller = state.callers[name]?.removeValue(forKey: number) else { return nil }
            state.callerCount -= 1
            if state.callers[name]?.isEmpty == true, let index = state.queue.firstIndex(of: name) {
                state.queue.remove(at: index)
                state.callers[name] = nil
            }
            return caller
        }
        caller?.resume(throwing: error)
    }

    // MARK: Threads

    /// Starts a thread if a name is queued and fewer than ``maximumThreads`` threads run.
    private func startThread() {
        let mayStart = state.withLock { state in
            guard !state.queue.isEmpty, state.threadCount < Self.maximumThreads else { return false }
            state.threadCount += 1
            return true
        }
        guard mayStart else { return }
        let resolver = unsafe Unmanaged.passRetained(self)
        let result = unsafe linux_start_thread(
            { context in
                guard let context = unsafe context else { return }
                unsafe Unmanaged<NameResolver>.fromOpaque(context).takeRetainedValue().lookUpNames()
            },
            unsafe resolver.toOpaque()
        )
        if result < 0 {
            unsafe resolver.release()
            threadIsMissing(errno: -result)
        }
    }

    /// Fails every queued name if the resolver has no thread.
    private func threadIsMissing(errno: Int32) {
        let names = state.withLock { state in
            state.threadCount -= 1
            defer { if state.threadCount == 0 { state.queue = [] } }
            return state.threadCount == 0 ? state.queue : []
        }
        for name in names {
            let action = "cannot find the host \(name): no thread can be started"
            resume(name, with: .failure(TransportError(.cannotResolve, action, errno: errno)))
        }
    }

    /// The work of a thread: looks up names until the queue is empty.
    private func lookUpNames() {
        while let name = nextName() {
            do throws(TransportError) {
                resume(name, with: .success(try lookUp(name)))
            } catch {
                resume(name, with: .failure(error))
            }
        }
    }

    private func nextName() -> String? {
        state.withLock { state in
            let name = state.queue.popFirst()
            if name == nil { state.threadCount -= 1 }
            return name
        }
    }

    private func resume(_ name: String, with result: Result<[SocketAddress], TransportError>) {
        let callers = state.withLock { state in
            let callers = state.callers.removeValue(forKey: name) ?? [:]
            state.callerCount -= callers.count
            return callers.values
        }
        for caller in callers { caller.resume(with: result.mapError { $0 as any Error }) }
    }
}
