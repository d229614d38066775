/// The tasks of a connection's suspended handlers, by the bursts that their messages came in.
struct SuspendedHandlers {
    private var tasks: [ObjectIdentifier: Task<Void, Never>] = [:]

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
