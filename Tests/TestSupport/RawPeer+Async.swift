package import SwitchboardBytes

/// Methods for `async` tests: each call runs on a new thread, so that it blocks no task and no event loop.
extension RawPeer {
    private func withoutBlocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws
        -> Result
    {
        try await withCheckedThrowingContinuation { continuation in
            onOwnThread { continuation.resume(with: Swift.Result { try body() }) }
        }
    }

    /// Connects to a port of 127.0.0.1.
    package convenience init(port: Int) async throws {
        self.init()
        try await withoutBlocking { [self] in try connect(port: port) }
    }

    package func send(_ bytes: Bytes) async throws {
        try await withoutBlocking { [self] in try send(bytes) }
    }

    package func receive(count: Int) async throws -> Bytes {
        try await withoutBlocking { [self] in try receive(count: count) }
    }

    package func receivesEnd() async throws -> Bool {
        try await withoutBlocking { [self] in try receivesEnd() }
    }
}

package func + (left: Bytes, right: Bytes) -> Bytes {
    Bytes(Array(left) + Array(right))
}
