#if Tracing
import Synchronization

/// The values that closures have seen, in order.
final class Recorded<Value: Sendable>: Sendable {
    private let storage = Mutex<[Value]>([])

    var values: [Value] { storage.withLock(\.self) }

    func add(_ value: Value) {
        storage.withLock { $0.append(value) }
    }
}
#endif
