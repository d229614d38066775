internal import SwitchboardCalling
internal import SwitchboardFiles
internal import SwitchboardSpec
internal import SwitchboardTransport
internal import Synchronization

/// Prints the frames and the events of many connections on a thread of its own, so that a slow output delays no connection.
final class TrafficPrinter: @unchecked Sendable {
    /// The largest number of frames and events that wait to be printed; further ones are left out, and counted.
    private static let maximumWaiting = 10_000
    /// The largest number of bytes of the frames that wait to be printed.
    private static let maximumWaitingBytes = 64 << 20

    private struct Queue {
        var (count, bytes, omitted) = (0, 0, 0)
    }

    private let loop: EventLoop
    private let queue = Mutex(Queue())
    private let options: ListenOptions
    private let text: DissectionText
    private let objects: DissectionJSON
    private let paint = Paint()
    private let fail: @Sendable (any Error) -> Void

    // Only the printer's event loop uses the properties below.

    private var number = 0
    private var hasFailed = false

    /// A printer of frames that `dissector` takes apart.
    ///
    /// - Parameter fail: Called once if the output cannot be written.
    init(
        _ dissector: FrameDissector,
        _ options: ListenOptions,
        whenFailed fail: @escaping @Sendable (any Error) -> Void
    ) throws {
        loop = try EventLoop(label: "switchboard.print")
        self.options = options
        text = DissectionText(dissector)
        objects = DissectionJSON(dissector, showsSecrets: options.showSecrets)
        self.fail = fail
    }

    /// Whether no frames are printed.
    var isQuiet: Bool { options.quiet }

    /// Prints a frame of the connection with the number `connection`.
    ///
    /// - Parameter action: What is done to the frame, such as `dropped`.
    func print(_ found: FoundFrame, of connection: Int, action: String? = nil) {
        guard !options.quiet else { return }
        let time = Timestamp.now.text(places: 6) ?? ""
        add(found.bytes.count) { try self.write(found, connection, time, action) }
    }

    /// Prints a line about the connection with the number `connection`, on standard error.
    func report(_ line: String, of connection: Int) {
        add(0) { StandardError.write(["switchboard: connection \(connection): \(line)"]) }
    }

    /// Prints everything that waits.
    func finish() async {
        await withCheckedContinuation { continuation in loop.stop { continuation.resume() } }
    }

    private func add(_ bytes: Int, _ job: @escaping @Sendable () throws -> Void) {
        let hasRoom = queue.withLock { queue in
            guard queue.count < Self.maximumWaiting, queue.bytes + bytes <= Self.maximumWaitingBytes else {
                queue.omitted += 1
                return false
            }
            queue.count += 1
            queue.bytes += bytes
            return true
        }
        guard hasRoom else { return }
        loop.execute {
            do { if !self.hasFailed { try job() } } catch {
                self.hasFailed = true
                self.fail(error)
            }
            let omitted = self.queue.withLock { queue in
                queue.count -= 1
                queue.bytes -= bytes
                guard queue.count == 0 else { return 0 }
                defer { queue.omitted = 0 }
                return queue.omitted
            }
            guard omitted > 0 else { return }
            let what = omitted == 1 ? "1 frame was" : "\(omitted) frames were"
            StandardError.write(["switchboard: \(what) not printed: the output is slower than the connections"])
        }
    }

    private func write(_ found: FoundFrame, _ connection: Int, _ time: String, _ action: String?) throws {
        number += 1
        guard options.json else {
            var lines = text.lines(found.frame, number: number, at: found.offset)
            let suffix = action.map { ", \($0)" } ?? ""
            lines[0] += paint.dim(", connection \(connection), \(time)\(suffix)")
            return try StandardOutput.write((number == 1 ? "" : "\n") + lines.joined(separator: "\n"))
        }
        guard case .object(var members) = objects.object(found.frame, found.bytes, at: found.offset) else { return }
        members.insert(contentsOf: [("connection", .number("\(connection)")), ("time", .string(time))], at: 0)
        if let action { members.append(("action", .string(action))) }
        try StandardOutput.write(JSON.object(members).line)
    }
}
