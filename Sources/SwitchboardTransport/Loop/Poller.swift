internal import CLinux

/// The descriptors of an event loop itself: an epoll set, and in it an event counter to wake the loop and a timer.
@safe
final class Poller {
    /// What has become ready.
    enum Event {
        /// Another thread has woken the loop.
        case wake
        /// The timer has fired.
        case timer
        /// A descriptor that was added with `token`.
        case descriptor(token: HandleTable.Token, events: PollEvents)
    }

    /// The largest number of events that one wait returns.
    static let batchSize = 512

    // Handles have fewer generations than would be needed to make a token as large as these.
    private static let wakeToken = UInt64.max
    private static let timerToken = UInt64.max - 1

    let descriptor: Int32
    private let counter: Int32
    private let timer: Int32
    private let events: UnsafeMutablePointer<epoll_event>

    init() throws(TransportError) {
        var opened: [Int32] = []
        func keep(_ result: Int32) throws(TransportError) -> Int32 {
            guard result < 0 else {
                opened.append(result)
                return result
            }
            for descriptor in opened { linux_close(descriptor) }
            throw TransportError(.cannotMakeEventLoop, "cannot make an event loop", errno: -result)
        }
        descriptor = try keep(linux_epoll_create())
        counter = try keep(linux_eventfd_create())
        timer = try keep(linux_timerfd_create())
        for (member, token) in [(counter, Self.wakeToken), (timer, Self.timerToken)] {
            let result = linux_epoll_add(descriptor, member, token)
            if result < 0 { _ = try keep(result) }
        }
        unsafe events = .allocate(capacity: Self.batchSize)
    }

    deinit {
        unsafe events.deallocate()
    }

    /// Closes the descriptors; no other method may be called afterwards.
    func close() {
        for descriptor in [timer, counter, descriptor] { linux_close(descriptor) }
    }

    func add(_ descriptor: Int32, token: HandleTable.Token) -> Int32 {
        linux_epoll_add(self.descriptor, descriptor, token)
    }

    func remove(_ descriptor: Int32) {
        _ = linux_epoll_remove(self.descriptor, descriptor)
    }

    /// Takes the events that there are, after waiting for one if `mayWait`.
    ///
    /// - Returns: The number of events, 0 to ``batchSize``.
    func wait(forEvents mayWait: Bool) -> Int {
        // The set itself is sound, so the only failure left is one that waiting again does not cure: no event.
        unsafe Int(max(linux_epoll_wait(descriptor, events, Int32(Self.batchSize), mayWait ? -1 : 0), 0))
    }

    /// One of the events of the last wait.
    func event(at index: Int) -> Event {
        precondition(index >= 0 && index < Self.batchSize, "event outside the batch")
        let token = unsafe linux_event_token(events + index)
        switch token {
        case Self.wakeToken:
            linux_counter_clear(counter)
            return .wake
        case Self.timerToken:
            linux_counter_clear(timer)
            return .timer
        default:
            return .descriptor(token: token, events: unsafe PollEvents(rawValue: linux_event_flags(events + index)))
        }
    }

    /// Ends the wait that is going on, or the next one.
    ///
    /// From any thread.
    func wake() {
        linux_eventfd_signal(counter)
    }

    /// Sets the timer to a time on the monotonic clock, in nanoseconds.
    func armTimer(at time: UInt64) {
        linux_timerfd_arm(timer, time)
    }

    /// The monotonic clock, in nanoseconds.
    static var now: UInt64 { linux_monotonic_nanoseconds() }
}

/// An object with a descriptor that an event loop watches.
protocol Pollable: AnyObject {
    /// Whether it is in the loop's list of what continues in the next iteration. The loop's to change.
    var awaitsContinuation: Bool { get set }

    /// The descriptor has become ready.
    func becameReady(_ events: PollEvents)

    /// Goes on with what it asked to continue: ``EventLoop/requestContinuation(of:)``.
    func continueWork()

    /// The loop stops: closes at once.
    func loopStops()
}

/// What may happen to a descriptor.
struct PollEvents: OptionSet {
    let rawValue: UInt32
}

extension PollEvents {
    /// There may be input, or a connection to accept.
    static let readable = PollEvents(rawValue: UInt32(linux_event_readable))
    /// The peer has marked a place in its output as urgent: a read ends there, whatever follows.
    static let urgent = PollEvents(rawValue: UInt32(linux_event_urgent))
    /// There is room for output.
    static let writable = PollEvents(rawValue: UInt32(linux_event_writable))
    /// The peer will send no more, or the connection is gone.
    static let ended = PollEvents(rawValue: UInt32(linux_event_ended))
    /// There is an error to take from the descriptor.
    static let failed = PollEvents(rawValue: UInt32(linux_event_failed))
}

/// What an event loop watches, found by tokens.
///
/// A token names a handle and its generation. A handle that is used again has another generation, so that an event for the
/// former occupant does not reach the new one.
struct HandleTable {
    /// The generation in the upper half, the index of the handle in the lower.
    typealias Token = UInt64

    private struct Handle {
        var generation: UInt32
        var occupant: (any Pollable)?
    }

    private var handles: [Handle] = []
    private var free: [UInt32] = []

    /// The number of handles, used or free: at least the number of descriptors that are watched.
    var count: Int { handles.count }

    /// Everything that is watched.
    var occupants: [any Pollable] { handles.compactMap(\.occupant) }

    mutating func insert(_ occupant: any Pollable) -> Token {
        let index: UInt32
        if let reused = free.popLast() {
            index = reused
        } else {
            // Each handle stands for an open descriptor, of which there are fewer than 2^31.
            index = UInt32(truncatingIfNeeded: handles.count)
            handles.append(Handle(generation: 0, occupant: nil))
        }
        handles[Int(index)].occupant = occupant
        return UInt64(handles[Int(index)].generation) << 32 | UInt64(index)
    }

    /// The occupant that `token` was made for, if it is still there.
    subscript(token: Token) -> (any Pollable)? {
        let index = Int(UInt32(truncatingIfNeeded: token))
        guard index < handles.count, handles[index].generation == UInt32(token >> 32) else { return nil }
        return handles[index].occupant
    }

    /// Frees the handle of `token`, if its occupant is still there.
    mutating func remove(_ token: Token) {
        guard self[token] != nil else { return }
        let index = UInt32(truncatingIfNeeded: token)
        handles[Int(index)].occupant = nil
        handles[Int(index)].generation &+= 1
        free.append(index)
    }
}
