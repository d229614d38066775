/// An attempt to connect to one address.
///
/// Only its event loop uses it.
final class ConnectionAttempt {
    private let address: SocketAddress
    private let loop: EventLoop
    private var completion: ((Result<Int32, TransportError>) -> Void)?
    private var socket: Socket?
    private var token: HandleTable.Token?
    var awaitsContinuation = false

    /// - Parameter completion: Called once, unless ``giveUp()`` is called first. It gets an error, or the connected,
    ///   non-blocking socket, which the caller then owns.
    init(_ address: SocketAddress, _ loop: EventLoop, _ completion: @escaping (Result<Int32, TransportError>) -> Void) {
        self.address = address
        self.loop = loop
        self.completion = completion
    }

    func start() {
        do throws(TransportError) {
            let socket = try Socket.connecting(to: address)
            self.socket = socket
            // A socket that connects at once gets an event, too.
            let (token, errno) = loop.watch(socket.descriptor, for: self)
            self.token = token
            if token == nil { fail(errno: errno) }
        } catch {
            complete(.failure(error))
        }
    }

    /// Closes the socket, without a call of the completion.
    func giveUp() {
        completion = nil
        if let token { loop.unwatch(token) }
        token = nil
        socket?.close()
        socket = nil
    }

    private func succeed() {
        guard let socket, let token else { return }
        loop.unwatch(token, keeping: socket.descriptor)
        self.socket = nil
        self.token = nil
        complete(.success(socket.descriptor))
    }

    private func fail(errno: Int32) {
        complete(.failure(TransportError(.cannotConnect, "cannot connect to \(address)", errno: errno)))
    }

    private func complete(_ result: Result<Int32, TransportError>) {
        let completion = completion.take()
        giveUp()
        completion?(result)
    }
}

extension ConnectionAttempt: Pollable {
    func becameReady(_ events: PollEvents) {
        guard let socket, !events.isDisjoint(with: [.writable, .ended, .failed]) else { return }
        let error = socket.takeError()
        if error != 0 { fail(errno: error) } else if events.contains(.writable) { succeed() }
    }

    func continueWork() {}

    func loopStops() {
        let text = "connecting to \(address) was cancelled: the event loop stopped"
        complete(.failure(TransportError(.cancelled, description: text)))
    }
}
