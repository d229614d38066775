/// The handlers of a connection that wait for something, by the bursts that their messages came in.
struct AwaitedHandlers {
    private var tasks: [ObjectIdentifier: Task<Void, Never>] = [:]

    var count: Int { tasks.count }
    var isEmpty: Bool { tasks.isEmpty }

    mutating func add(_ task: Task<Void, Never>, _ burst: ObjectIdentifier) {
        tasks[burst] = task
    }

    mutating func remove(_ burst: ObjectIdentifier) {
        tasks[burst] = nil
        // A connection at rest keeps no memory for them.
        if tasks.isEmpty { tasks = [:] }
    }

    func cancel() {
        for task in tasks.values { task.cancel() }
    }
}
