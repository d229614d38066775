import NET001
import Switchboard
import SwitchboardTesting
import Synchronization

/// The messages between peers and a server in one protocol.
protocol Conversation {
    /// The handlers of the server.
    var router: Router { get }

    /// Sends a message from `peer`; `kind` is 1 to 5.
    func say(_ kind: UInt8, _ input: inout Input, _ peer: TestPeer) throws

    /// Resumes suspended handlers.
    func finish()
}

/// NET-001: the server sends replies in order, and the bundled handlers suspend only for the authenticator.
struct PlainConversation: Conversation {
    var router: Router { .net001(authenticator: AcceptAnyone()) }

    func say(_ kind: UInt8, _ input: inout Input, _ peer: TestPeer) throws {
        switch kind {
        case 1:
            // All together, like a peer that does not wait for replies.
            let ping = try FrameEncoder(NET001.frameFormat).encode(NET001.Ping(timestamp: UInt64(input.byte())))
            peer.send(bytes: Array(repeatElement(ping, count: Int(input.byte()) % 8 + 1).joined()))
        case 2: try peer.send(NET001.Echo(data: Bytes(repeatElement(7, count: Int(input.byte()) * 64))))
        case 3: try peer.send(NET001.Broadcast(message: Bytes(input.bytes(Int(input.byte())))))
        case 4: try peer.send(NET001.Auth(username: "ada", token: "x"))
        default: try peer.send(NET001.Data(data: Bytes(input.bytes(Int(input.byte())))))
        }
    }

    func finish() {}
}

/// Numbered requests.
///
/// Their handlers are suspended until the fuzzer resumes them, so replies have any order.
final class NumberedConversation: Conversation, Sendable {
    private struct Waiting {
        var handlers: [CheckedContinuation<Void, Never>] = []
        var isFinished = false
    }

    private let waiting = Mutex(Waiting())

    var router: Router {
        var router = Router(Requests.self)
        router.on(Requests.Now.self) { now, context in
            if now.value == 13 { throw Requests.Failure(reason: .internal, text: "13") }
            return Requests.Done(value: now.value, note: "\(context.header(of: Requests.self).priority)")
        }
        router.on(Requests.Later.self) { [self] later, _ in
            await wait()
            return Requests.Done(value: later.value, note: "")
        }
        router.on(Requests.Hint.self) { hint, context in
            try context.broadcast(Requests.News(text: hint.text))
            try context.send(Requests.News(text: hint.text), header: Requests.Header(priority: 1))
        }
        return router
    }

    func say(_ kind: UInt8, _ input: inout Input, _ peer: TestPeer) throws {
        switch kind {
        case 1: send(Requests.Now(value: UInt32(input.byte())), &input, peer)
        case 2: send(Requests.Later(value: UInt32(input.byte())), &input, peer)
        case 3: send(Requests.Hint(text: String(decoding: input.bytes(Int(input.byte())), as: UTF8.self)), &input, peer)
        case 4: letGo(Int(input.byte()))
        default: for _ in 0..<input.byte() % 8 { send(Requests.Later(value: 1), &input, peer) }
        }
    }

    func finish() {
        let handlers = waiting.withLock { waiting in
            waiting.isFinished = true
            defer { waiting.handlers = [] }
            return waiting.handlers
        }
        for handler in handlers { handler.resume() }
    }

    private func send(_ message: some Message, _ input: inout Input, _ peer: TestPeer) {
        var header = HeaderBytes(of: Requests.Header(priority: input.byte()))
        Requests.frameFormat.correlation?.set(UInt64(input.byte()), in: &header)
        // A text may be longer than a frame allows.
        let frame = try? FrameEncoder(Requests.frameFormat).encode(message, header: header)
        peer.send(bytes: Array(frame ?? Bytes()))
    }

    private func wait() async {
        await withCheckedContinuation { continuation in
            let mayGoOn = waiting.withLock { waiting in
                if !waiting.isFinished { waiting.handlers.append(continuation) }
                return waiting.isFinished
            }
            if mayGoOn { continuation.resume() }
        }
    }

    /// Resumes one of the suspended handlers.
    private func letGo(_ choice: Int) {
        let handler = waiting.withLock { waiting in
            waiting.handlers.isEmpty ? nil : waiting.handlers.remove(at: choice % waiting.handlers.count)
        }
        handler?.resume()
    }
}
