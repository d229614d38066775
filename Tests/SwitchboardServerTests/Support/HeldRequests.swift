import Switchboard

/// The suspended handlers of `Pause`, which the test resumes by number.
actor HeldRequests {
    private var waiting: [UInt32: CheckedContinuation<Void, Never>] = [:]
    private var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    private(set) var arrivals = 0
    private(set) var cancellations = 0

    /// Waits until the test resumes the handler, or the task is cancelled.
    func wait(_ number: UInt32) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                arrivals += 1
                if Task.isCancelled {
                    cancel(continuation)
                } else {
                    waiting[number] = continuation
                }
                notify()
            }
        } onCancel: {
            Task { await self.cancel(number) }
        }
    }

    private func cancel(_ number: UInt32) {
        if let continuation = waiting.removeValue(forKey: number) { cancel(continuation) }
        notify()
    }

    private func cancel(_ continuation: CheckedContinuation<Void, Never>) {
        cancellations += 1
        continuation.resume()
    }

    func release(_ number: UInt32) {
        waiting.removeValue(forKey: number)?.resume()
    }

    /// Returns when `count` handlers in all have arrived or were cancelled.
    func events(_ count: Int) async {
        if arrivals + cancellations >= count { return }
        await withCheckedContinuation { watchers.append((count, $0)) }
    }

    private func notify() {
        let count = arrivals + cancellations
        for watcher in watchers where watcher.count <= count { watcher.continuation.resume() }
        watchers.removeAll { $0.count <= count }
    }
}

extension Router {
    /// The handlers of LongHeaderProtocol.
    static func longHeader(_ held: HeldRequests = HeldRequests()) -> Router {
        var router = Router(LongHeaderProtocol.self)
        router.on(LongHeaderProtocol.Work.self) { message, context in
            if message.number == 13 { throw LongHeaderProtocol.Failure(number: 1300) }
            if message.number == 99 { context.connection.close() }
            let sender = context.header(of: LongHeaderProtocol.self).sender
            return LongHeaderProtocol.Result(number: message.number &* 2 &+ UInt32(sender))
        }
        router.on(LongHeaderProtocol.Pause.self) { message, _ in
            if message.number > 0 { await held.wait(message.number) }
            if message.number == 14 { throw LongHeaderProtocol.Failure(number: 1400) }
            return LongHeaderProtocol.Result(number: message.number)
        }
        router.on(LongHeaderProtocol.Done.self) { message, context in
            try context.send(LongHeaderProtocol.Alarm(number: message.number))
            try context.send(
                LongHeaderProtocol.Alarm(number: message.number),
                header: LongHeaderProtocol.Header(sender: 5, flags: 6)
            )
        }
        return router
    }
}
