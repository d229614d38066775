import Logging
import SwitchboardRouter
import Synchronization

/// A connection without a peer: it keeps what handlers do with it.
final class RecordingConnection: Connection, ReadBurstReceiver {
    struct NoFrame: Error {}

    private struct State {
        var written: [Bytes] = []
        var broadcasts: [Bytes] = []
        var isClosed = false
    }

    let id: ConnectionID = 1
    let remoteAddress = SocketAddress.loopback(port: 1)
    let session = Session()
    let logger = Logger(label: "test")
    let isReceiving = false
    private let encoder = FrameEncoder(Calculator.frameFormat)
    private let state = Mutex(State())

    var written: [Bytes] { state.withLock { $0.written } }
    var broadcasts: [Bytes] { state.withLock { $0.broadcasts } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    func send(_ message: some Message, header: HeaderBytes) throws(PayloadError) {
        let frame = try encoder.encode(message, header: header)
        state.withLock { $0.written.append(frame) }
    }

    func broadcast(_ message: some Message) throws(PayloadError) {
        let frame = try encoder.encode(message)
        state.withLock { $0.broadcasts.append(frame) }
    }

    func close() {
        state.withLock { $0.isClosed = true }
    }
}

extension Router {
    /// Handles one message as a server does, and returns the frames that were written for it.
    func answer(
        _ message: some Message,
        on connection: RecordingConnection = RecordingConnection()
    ) async throws -> [Bytes] {
        let frame = try FrameEncoder(Calculator.frameFormat).encode(message)
        return try await answer(frame[0], payload: frame[2..<frame.count], on: connection)
    }

    func answer(
        _ code: UInt8,
        payload: Bytes,
        on connection: RecordingConnection = RecordingConnection()
    ) async throws -> [Bytes] {
        let table = try makeTable()
        guard let route = table[MessageCode(code)] else {
            let context = Context(connection: connection)
            try table.handleUnhandled(MessageCode(code), payload: payload, context: context)
            return connection.written
        }
        let interruption = BatchInterruption()
        var (batch, reader) = try oneMessage(code, payload: payload, interruption)
        let output = OutputBuffer()
        defer { output.deallocate() }
        let isHandled = try !route.isAsync && route.handle(&batch, in: &reader, from: connection, output: output)
        let frame =
            if isHandled {
                output.writer.takeBytes()
            } else {
                try await route.respond(
                    in: ReadBurst(reader, batch, output, PayloadCopies()),
                    context: Context(connection: connection),
                    receiver: connection
                )
            }
        return connection.written + (frame.isEmpty ? [] : [frame])
    }
}

/// A batch of one message, and a reader that stands at its frame.
func oneMessage(
    _ code: UInt8,
    payload: Bytes,
    _ interruption: BatchInterruption
) throws -> (FrameBatch, ByteReader) {
    let decoder = FrameDecoder(Calculator.frameFormat)
    var reader = ByteReader(Bytes([code, UInt8(payload.count)] + Array(payload)))
    guard case .frame(let frame) = decoder.next(in: &reader) else { throw RecordingConnection.NoFrame() }
    return (decoder.batch(from: frame, in: reader, limit: 1, interruption), reader)
}
