import Dispatch
import Glibc

/// The system's limit on threads.
enum ThreadLimit {
    private final class Body {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// Checks that the process can start `count` more threads, by starting them for a moment.
    ///
    /// Without the check, Dispatch would wait silently and without end when it cannot start a thread.
    ///
    /// - Throws: A ``ThreadError`` when the system refuses a thread.
    static func check(_ count: Int) throws(ThreadError) {
        let gate = DispatchSemaphore(value: 0)
        var threads = [pthread_t]()
        while threads.count < count, let thread = make({ gate.wait() }) { threads.append(thread) }
        let available = threads.count
        for _ in 0..<available { gate.signal() }
        for thread in threads { pthread_join(thread, nil) }
        if available < count { throw ThreadError(needed: count, available: available) }
    }

    /// Starts a thread, which must be joined; `nil` when the system refuses.
    private static func make(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
        let argument = unsafe Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let result = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                if let argument = unsafe argument {
                    unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                }
                return nil
            },
            argument.toOpaque()
        )
        if result == 0 { return thread }
        unsafe argument.release()
        return nil
    }
}

/// The system refuses the threads that the process needs.
package struct ThreadError: Error, CustomStringConvertible {
    package let needed: Int
    package let available: Int

    package var description: String {
        """
        this process requires \(needed) threads and can start \(available): raise the limit on processes \
        (ulimit -u, TasksMax of systemd, --pids-limit of docker), or lower --event-loops (EVENT_LOOPS)
        """
    }
}
