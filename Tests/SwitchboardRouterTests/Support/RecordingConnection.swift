import Logging
import SwitchboardRouter
import Synchronization

/// A connection without a peer that records the calls of handlers.
final class RecordingConnection: Connection, ReadBurstReceiver {
    struct NoFrame: Error {}

    private struct State {
        var written: [Bytes] = []
        var broadcasts: [Bytes] = []
        var destinations: [Destination] = []
        var rooms: Set<String> = []
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

    func request<Input: Request>(
        _ message: Input,
        header: HeaderBytes,
        timeout: Duration
    ) async throws -> Input.Reply {
        throw NoFrame()
    }

    var sessionID: SessionID { SessionID(server: 1, connection: id) }
    var rooms: Set<String> { state.withLock { $0.rooms } }
    var destinations: [Destination] { state.withLock { $0.destinations } }

    func send(_ message: some Message, to destination: Destination) throws(PayloadError) {
        let frame = try encoder.encode(message)
        state.withLock {
            $0.written.append(frame)
            $0.destinations.append(destination)
        }
    }

    func broadcast(_ message: some Message, to destination: Destination) throws(PayloadError) {
        let frame = try encoder.encode(message)
        state.withLock {
            $0.broadcasts.append(frame)
            $0.destinations.append(destination)
        }
    }

    func join(_ room: String) throws(RoomError) {
        guard !room.isEmpty else { throw RoomError(.invalidName, room: room, limit: 255) }
        state.withLock { _ = $0.rooms.insert(room) }
    }

    func sendEarlierOutput() {}

    func setIdleTimeout(_ timeout: Duration) {}

    func noteAuthentication(of user: String, isAccepted: Bool) {}

    func leave(_ room: String) {
        state.withLock { _ = $0.rooms.remove(room) }
    }

    func peers(of destination: Destination) -> Peers {
        Peers([Peer(session: sessionID, user: nil, address: remoteAddress, since: .now)])
    }

    func disconnect(_ destination: Destination, because error: (any ErrorMessage)?) throws(PayloadError) {
        if let error {
            try send(error, to: destination)
        } else {
            state.withLock { $0.destinations.append(destination) }
        }
        if destination == .connection(id) { close() }
    }

    func close() {
        state.withLock { $0.isClosed = true }
    }
}

extension Router {
    /// Handles one message as a server does; returns the frames that the route wrote.
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

/// Makes a batch of one message, and a reader at its frame.
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
