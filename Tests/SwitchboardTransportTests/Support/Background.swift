import TestSupport

/// Runs work on another thread.
final class Background {
    private let result = Watched<Result<Void, any Error>?>(nil)

    init(_ work: @escaping @Sendable () throws -> Void) {
        let result = result
        onOwnThread {
            let outcome = Result { try work() }
            result.update { $0 = outcome }
        }
    }

    /// Waits until the work is done; throws the error that it threw.
    func join() throws {
        try result.wait { $0 != nil }?.get()
    }
}
