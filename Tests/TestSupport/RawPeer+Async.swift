import Dispatch
package import SwitchboardBytes

/// The same for `async` tests: each call runs on a queue of the peer's own, and blocks none of the threads that run tasks.
extension RawPeer {
    private func onQueue<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try body() }) }
        }
    }

    /// Connects to a port of 127.0.0.1.
    package convenience init(port: Int) async throws {
        self.init()
        try await onQueue { [self] in try connect(port: port) }
    }

    package func send(_ bytes: Bytes) async throws {
        try await onQueue { [self] in try send(bytes) }
    }

    package func receive(count: Int) async throws -> Bytes {
        try await onQueue { [self] in try receive(count: count) }
    }

    package func receivesEnd() async throws -> Bool {
        try await onQueue { [self] in try receivesEnd() }
    }
}

package func + (left: Bytes, right: Bytes) -> Bytes {
    Bytes(Array(left) + Array(right))
}
