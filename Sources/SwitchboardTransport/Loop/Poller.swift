internal import CLinux

/// The descriptors of an event loop: an epoll set, with a ``Waker`` and a timer.
@safe
final class Poller {
    /// An event that a wait returned.
    enum Event {
        /// Another thread woke the loop.
        case wake
        /// The timer has fired.
        case timer
        /// The descriptor that was added with `token` is ready.
        case descriptor(token: HandleTable.Token, events: PollEvents)
    }

    /// The largest number of events that one wait returns.
    static let batchSize = 512

    // No handle has so high a generation that its token is one of these.
    private static let wakeToken = UInt64.max
    private static let timerToken = UInt64.max - 1

    let descriptor: Int32
    private let timer: Int32
    private let events: UnsafeMutablePointer<epoll_event>

    /// - Parameter waker: What ends a wait.
    init(_ waker: Waker) throws(TransportError) {
        var opened: [Int32] = []
        func keep(_ result: Int32) throws(TransportError) -> Int32 {
            guard result < 0 else {
                opened.append(result)
                return result
            }
            for descriptor in opened { linux_close(descriptor) }
            throw .noEventLoop(errno: -result)
        }
        descriptor = try keep(linux_epoll_create())
        timer = try keep(linux_timerfd_create())
        for (member, token) in [(waker.descriptor, Self.wakeToken), (timer, Self.timerToken)] {
            let result = linux_epoll_add_counter(descriptor, member, token)
            if result < 0 { _ = try keep(result) }
        }
        unsafe events = .allocate(capacity: Self.batchSize)
    }

    deinit {
        unsafe events.deallocate()
    }

    /// Closes the descriptors; no other method may be called afterwards.
    func close() {
        for descriptor in [timer, descriptor] { linux_close(descriptor) }
    }

    func add(_ descriptor: Int32, token: HandleTable.Token) -> Int32 {
        linux_epoll_add(self.descriptor, descriptor, token)
    }

    /// Adds a listening socket, which several pollers may watch: a client then ends the wait of one of them.
    func addListener(_ descriptor: Int32, token: HandleTable.Token) -> Int32 {
        linux_epoll_add_listener(self.descriptor, descriptor, token)
    }

    func remove(_ descriptor: Int32) {
        _ = linux_epoll_remove(self.descriptor, descriptor)
    }

    /// Takes the events that have occurred; waits for an event if `mayWait` and none has.
    ///
    /// - Returns: The number of events, 0 to ``batchSize``.
    func wait(forEvents mayWait: Bool) -> Int {
        // The epoll set is valid, so the call hardly fails. If it does, it fails again: treat a failure as no event.
        unsafe Int(max(linux_epoll_wait(descriptor, events, Int32(Self.batchSize), mayWait ? -1 : 0), 0))
    }

    /// An event of the last wait.
    func event(at index: Int) -> Event {
        precondition(index >= 0 && index < Self.batchSize, "event outside the batch")
        let token = unsafe linux_event_token(events + index)
        switch token {
        case Self.wakeToken: return .wake
        case Self.timerToken: return .timer
        default:
            return .descriptor(token: token, events: unsafe PollEvents(rawValue: linux_event_flags(events + index)))
        }
    }

    /// Sets the timer to a time on the monotonic clock, in nanoseconds.
    func armTimer(at time: UInt64) {
        linux_timerfd_arm(timer, time)
    }

    /// The monotonic clock, in nanoseconds.
    static var now: UInt64 { linux_monotonic_nanoseconds() }
}

/// An event counter that ends a wait of a poller.
///
/// The last reference to the waker closes the counter.
final class Waker: Sendable {
    let descriptor: Int32

    init() throws(TransportError) {
        descriptor = linux_eventfd_create()
        if descriptor < 0 { throw .noEventLoop(errno: -descriptor) }
    }

    deinit {
        linux_close(descriptor)
    }

    /// Ends the current wait, or the next one.
    ///
    /// Any thread may call this method.
    func wake() {
        linux_eventfd_signal(descriptor)
    }
}

extension TransportError {
    fileprivate static func noEventLoop(errno: Int32) -> TransportError {
        TransportError(.cannotMakeEventLoop, "cannot make an event loop", errno: errno)
    }
}

/// An object with a descriptor that an event loop watches.
protocol Pollable: AnyObject {
    /// Whether it is in ``EventLoop/awaitingContinuation``; only the loop sets it.
    var awaitsContinuation: Bool { get set }

    /// The descriptor has become ready.
    func becameReady(_ events: PollEvents)

    /// Continues the work for which it called ``EventLoop/requestContinuation(of:)``.
    func continueWork()

    /// The loop stops: the object must close at once.
    func loopStops()
}

/// The readiness of a descriptor.
struct PollEvents: OptionSet {
    let rawValue: UInt32
}

extension PollEvents {
    /// Input, or a connection to accept, may be available.
    static let readable = PollEvents(rawValue: UInt32(linux_event_readable))
    /// The peer has sent urgent data.
    ///
    /// A read ends at the urgent data, even if more input follows.
    static let urgent = PollEvents(rawValue: UInt32(linux_event_urgent))
    /// The socket accepts output.
    static let writable = PollEvents(rawValue: UInt32(linux_event_writable))
    /// The peer has ended its side, or the connection has closed.
    static let ended = PollEvents(rawValue: UInt32(linux_event_ended))
    /// The descriptor has an error: see ``Socket/takeError()``.
    static let failed = PollEvents(rawValue: UInt32(linux_event_failed))
}

/// The objects whose descriptors an event loop watches, by token.
///
/// A token has the index of a handle and a generation. The generation of a handle changes when it is used again, so
/// that an event for the former occupant does not reach the new one.
struct HandleTable {
    /// The generation in the upper half, the index of the handle in the lower.
    typealias Token = UInt64

    private struct Handle {
        var generation: UInt32
        var occupant: (any Pollable)?
    }

    private var handles: [Handle] = []
    private var free: [UInt32] = []

    /// The number of used and free handles: at least the number of watched descriptors.
    var count: Int { handles.count }

    /// All objects in the table.
    var occupants: [any Pollable] { handles.compactMap(\.occupant) }

    mutating func insert(_ occupant: any Pollable) -> Token {
        let index: UInt32
        if let reused = free.popLast() {
            index = reused
        } else {
            // Each used handle has an open descriptor, and a process has fewer than 2^31 of them.
            index = UInt32(truncatingIfNeeded: handles.count)
            handles.append(Handle(generation: 0, occupant: nil))
        }
        handles[Int(index)].occupant = occupant
        return UInt64(handles[Int(index)].generation) << 32 | UInt64(index)
    }

    /// The occupant that `token` was made for; `nil` when it was removed.
    subscript(token: Token) -> (any Pollable)? {
        let index = Int(UInt32(truncatingIfNeeded: token))
        guard index < handles.count, handles[index].generation == UInt32(token >> 32) else { return nil }
        return handles[index].occupant
    }

    /// Frees the handle of `token`, unless its occupant was removed before.
    mutating func remove(_ token: Token) {
        let index = UInt32(truncatingIfNeeded: token)
        guard index < handles.count, handles[Int(index)].generation == UInt32(token >> 32) else { return }
        handles[Int(index)].occupant = nil
        handles[Int(index)].generation &+= 1
        free.append(index)
    }
}
