/// The handlers of a connection that wait for something, by the numbers of their messages.
struct AwaitedHandlers {
    private var tasks: [UInt64: Task<Void, Never>] = [:]

    var count: Int { tasks.count }
    var isEmpty: Bool { tasks.isEmpty }

    mutating func add(_ task: Task<Void, Never>, _ number: UInt64) {
        tasks[number] = task
    }

    mutating func remove(_ number: UInt64) {
        tasks[number] = nil
        // A connection at rest keeps no memory for them.
        if tasks.isEmpty { tasks = [:] }
    }

    func cancel() {
        for task in tasks.values { task.cancel() }
    }
}
