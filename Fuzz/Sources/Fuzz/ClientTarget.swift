import Dispatch
import NET001
import Switchboard
import SwitchboardClient
import SwitchboardTesting
import SwitchboardTransport

/// Fuzzes a client with pending requests: the server sends the input and closes the connection.
///
/// Every request must end.
enum ClientTarget {
    private static let maximumRequests = 3
    /// The time for requests to end after the connection has closed, in seconds.
    private static let patience = 10.0

    private static let loop: EventLoop = {
        do {
            return try EventLoop(label: "fuzz", runByHandFrom: 1) { woken.signal() }
        } catch {
            fatalError("\(error)")
        }
    }()
    /// Signalled when the loop has a job, or all requests have ended.
    private static let woken = DispatchSemaphore(value: 0)

    static func run(_ input: Input) {
        var input = input
        let options = input.byte()
        let count = Int(options) % (maximumRequests + 1)
        let isNumbered = options & 0x80 != 0
        let pieceSize = Int(input.byte()) + 1
        do {
            let (inside, outside) = try SocketPair.make()
            let client = try Client.embedded(inside, speaking: isNumbered ? Requests.self : NET001.self, on: loop)
            let ended = DispatchGroup()
            for number in 0..<count {
                ended.enter()
                Task.immediate {
                    await ask(client, number, isNumbered)
                    ended.leave()
                }
            }
            advance(by: 1)
            var bytes = isNumbered ? numberedAnswers(&input, count) : answers(&input, count)
            while !bytes.isEmpty {
                if SocketPair.send(Array(bytes.prefix(pieceSize)), to: outside) == 0 { break }
                bytes.removeFirst(min(pieceSize, bytes.count))
                advance(by: 1)
            }
            SocketPair.close(outside)
            advance(by: 1_000_000_000)
            ended.notify(queue: .global()) { woken.signal() }
            let end = DispatchTime.now() + patience
            while ended.wait(timeout: .now()) != .success {
                require(woken.wait(timeout: end) == .success, "every request ends")
                advance(by: 1)
            }
        } catch {
            fatalError("unexpected error: \(error)")
        }
    }

    /// A request may end with its reply or with any error.
    private static func ask(_ client: Client, _ number: Int, _ isNumbered: Bool) async {
        if isNumbered {
            _ = try? await client.request(Requests.Now(value: 1), header: Requests.Header(priority: 2))
        } else if number == 0 {
            _ = try? await client.ping()
        } else {
            _ = try? await client.echo("hello")
        }
    }

    /// Sends replies with the numbers from the input, in any order, then the rest of the input.
    private static func numberedAnswers(_ input: inout Input, _ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int(input.byte()) % (count + 2) {
            var header = HeaderBytes(of: Requests.Header())
            Requests.frameFormat.correlation?.set(UInt64(input.byte() % 8), in: &header)
            let frame = try? FrameEncoder(Requests.frameFormat).encode(
                Requests.Done(value: 1, note: ""),
                header: header
            )
            bytes += Array(frame ?? Bytes())
        }
        return bytes + input.remainder()
    }

    /// Sends as many correct replies as the input states, then the rest of the input.
    private static func answers(_ input: inout Input, _ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for number in 0..<Int(input.byte()) % (count + 1) {
            let frame =
                number == 0
                ? try? FrameEncoder(NET001.frameFormat).encode(NET001.Pong(timestamp: 0))
                : try? FrameEncoder(NET001.frameFormat).encode(NET001.EchoReply(data: "hello"))
            bytes += Array(frame ?? Bytes())
        }
        return bytes + input.remainder()
    }

    private static func advance(by nanoseconds: UInt64) {
        loop.run(at: loop.now &+ nanoseconds)
    }
}
