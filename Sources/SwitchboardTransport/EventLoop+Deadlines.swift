extension EventLoop {
    /// The loop's own list of deadlines that run for `duration`, for the few durations of a configuration: it is kept
    /// as long as the loop is.
    package func deadlines(lasting duration: Duration) -> DeadlineList {
        assertIsCurrent()
        if let known = sharedDeadlines.first(where: { $0.duration == duration }) { return known }
        let list = DeadlineList(lasting: duration, on: self)
        sharedDeadlines.append(list)
        return list
    }

    func activate(_ list: DeadlineList, passingAt time: UInt64) {
        activeDeadlines.append(list)
        if time < timerTime { armTimer(at: time) }
    }

    func deactivate(_ list: DeadlineList) {
        // The timer stays as it is: firing in vain once is cheaper than setting it for every deadline that is met.
        guard let index = activeDeadlines.firstIndex(where: { $0 === list }) else { return }
        activeDeadlines.swapAt(index, activeDeadlines.count - 1)
        activeDeadlines.removeLast()
    }

    func expireDeadlines() {
        timerTime = .max
        for list in activeDeadlines { list.expire(at: now) }
        if let earliest = activeDeadlines.compactMap({ $0.first?.time }).min(), earliest < timerTime {
            armTimer(at: earliest)
        }
    }

    func armTimer(at time: UInt64) {
        timerTime = time
        if !isRunByHand { poller.armTimer(at: time) }
    }
}
