import Synchronization

/// A value that all event loops of a server use, behind a lock.
public final class Shared<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    /// A value that nothing else refers to.
    public init(_ value: Value) { self.value = Mutex(value) }

    /// Calls `body` with the value; no other call runs meanwhile.
    public func use<Result: Sendable, Failure>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try value.withLock { value throws(Failure) in try body(&value) }
    }
}
