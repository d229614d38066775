import Glibc
import TestSupport

/// A value that threads change, and wait for conditions on.
@safe
final class Watched<Value>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private var current: Value

    init(_ value: Value) {
        current = value
        unsafe mutex = .allocate(capacity: 1)
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe pthread_mutex_init(mutex, nil)
        unsafe changed = .allocate(capacity: 1)
        unsafe changed.initialize(to: pthread_cond_t())
        unsafe pthread_cond_init(changed, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(changed)
        unsafe changed.deallocate()
        unsafe pthread_mutex_destroy(mutex)
        unsafe mutex.deallocate()
    }

    var value: Value {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return current
    }

    func update(_ change: (inout Value) -> Void) {
        unsafe pthread_mutex_lock(mutex)
        change(&current)
        unsafe pthread_cond_broadcast(changed)
        unsafe pthread_mutex_unlock(mutex)
    }

    /// Waits until `condition` holds; returns the value for which it does.
    @discardableResult
    func wait(until condition: (Value) -> Bool) throws -> Value {
        var deadline = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &deadline)
        deadline.tv_sec += Patience.seconds
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while !condition(current) {
            guard unsafe pthread_cond_timedwait(changed, mutex, &deadline) == 0 else { throw WaitedInVain() }
        }
        return current
    }
}

struct WaitedInVain: Error {}
