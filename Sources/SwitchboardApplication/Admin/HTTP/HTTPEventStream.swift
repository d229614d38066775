import SwitchboardBytes
import SwitchboardTransport
import Synchronization

/// A response that goes on: events in the format `text/event-stream`, until the client or the server closes the connection.
///
/// It can be used from any thread.
final class HTTPEventStream: Sendable {
    private struct State {
        var isClosed = false
        var onClose: (@Sendable () -> Void)?
    }

    private let loop: EventLoop
    private let connection: Reference
    private let state = Mutex(State())

    /// - Parameter connection: The connection, which has sent the head of the response.
    init(_ connection: HTTPConnection, on loop: EventLoop) {
        self.connection = Reference(connection: connection)
        self.loop = loop
    }

    /// Sends events, unless the client has not read earlier ones: a slow client misses events, and never delays others.
    func send(_ events: Bytes) {
        loop.execute { [connection] in connection.connection.sendEvents(events) }
    }

    /// Calls `action` once the connection has closed, also if it has closed already.
    func onClose(_ action: @escaping @Sendable () -> Void) {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.onClose = action }
            return state.isClosed
        }
        if isClosed { action() }
    }

    /// Tells that the connection has closed.
    func close() {
        let action = state.withLock { state in
            state.isClosed = true
            defer { state.onClose = nil }
            return state.onClose
        }
        action?()
    }

    /// Carries a connection to its event loop.
    private struct Reference: @unchecked Sendable {
        let connection: HTTPConnection
    }
}
