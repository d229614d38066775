import NIOCore

/// Handles one connection.
///
/// It decodes input in the read buffer, without a `ByteToMessageDecoder`, and writes all replies to the input of one
/// iteration together. A message needs neither an allocation nor a future.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let maximumChecksumMismatches = 8
    private static let maximumRefusedAuths = 3
    private static let maximumWaitingBytes = 4 * 1024 * 1024
    private static let lingerTime = TimeAmount.seconds(5)

    private enum Phase {
        case open
        /// The output is shut down after the pending output. Input is read and discarded until the peer closes. To
        /// close with unread input would send a reset, which can overtake the ERROR for the peer.
        case closing
    }

    private let connections: Connections
    private var context: ChannelHandlerContext?
    private var phase = Phase.open
    private var isShutting = false
    private var isWritable = true
    private var readIsDue = false
    private var checksumMismatches = 0
    private var refusedAuths = 0
    /// The start of an incomplete frame; without storage when there is none.
    private var partial = ByteBuffer()
    /// The position of this connection in ``Connections``.
    var index = 0

    init(connections: Connections) {
        self.connections = connections
    }

    // MARK: Life

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        connections.add(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        guard self.context != nil else { return }
        self.context = nil
        connections.remove(self)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else { return }
        // The peer has ended only its own side, and still gets its replies: an empty write completes after all pending
        // writes.
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in channel.close(promise: nil) }
    }

    // MARK: Back-pressure

    func read(context: ChannelHandlerContext) {
        if isWritable {
            context.read()
        } else {
            readIsDue = true
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        guard isWritable, readIsDue else { return }
        readIsDue = false
        context.read()
    }

    /// Sends the broadcasts of another connection.
    func relay(_ frames: ByteBuffer) {
        guard let context, phase == .open else { return }
        context.writeAndFlush(wrapOutboundOut(frames), promise: nil)
        guard !isWritable else { return }
        let waiting = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)
        if (waiting ?? 0) > Self.maximumWaitingBytes { context.close(promise: nil) }
    }

    // MARK: Input

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connections.beginRead(self)
        var input = unwrapInboundIn(data)
        completePartial(from: &input)
        guard phase == .open, input.readableBytes > 0 else { return }
        answerFrames(in: &input)
        // Copy the bytes: a slice would keep the whole buffer alive, and the channel could not reuse it.
        if phase == .open, input.readableBytes > 0 { partial.writeBuffer(&input) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        connections.beginRead(self)
        if connections.replies.readableBytes > 0 {
            context.writeAndFlush(wrapOutboundOut(connections.replies), promise: nil)
            connections.replies.clear()
        }
        if connections.broadcasts.readableBytes > 0 { connections.sendBroadcasts(from: self) }
        connections.endRead()
        if phase == .closing, !isShutting { shut(context: context) }
    }

    /// Closes the output after the pending output is sent, and the connection when the peer closes or after a timeout.
    private func shut(context: ChannelHandlerContext) {
        isShutting = true
        let channel = context.channel
        context.close(mode: .output, promise: nil)
        context.eventLoop.scheduleTask(in: Self.lingerTime) { channel.close(promise: nil) }
    }

    /// Moves the missing bytes of the incomplete frame from `input`, and no more.
    ///
    /// Later frames are handled in `input` itself.
    private func completePartial(from input: inout ByteBuffer) {
        while phase == .open, partial.readableBytes > 0, input.readableBytes > 0 {
            var wanted = Frame.headerBytes
            if partial.readableBytes >= wanted {
                let payload = partial.getInteger(at: partial.readerIndex + wanted - 2, as: UInt16.self) ?? 0
                wanted = Frame.smallestBytes + Int(payload)
            }
            let lacking = min(wanted - partial.readableBytes, input.readableBytes)
            guard var bytes = input.readSlice(length: lacking) else { return }
            partial.writeBuffer(&bytes)
            answerFrames(in: &partial)
        }
        if partial.readableBytes == 0, partial.capacity > 0 { partial = ByteBuffer() }
    }

    /// Handles the whole frames in `buffer`, and removes them.
    ///
    /// If the connection is open, the start of a frame may be left.
    private func answerFrames(in buffer: inout ByteBuffer) {
        let answered = unsafe buffer.withUnsafeReadableBytes { unsafe answerFrames(in: $0) }
        buffer.moveReaderIndex(forwardBy: answered)
    }

    private func answerFrames(in bytes: UnsafeRawBufferPointer) -> Int {
        var offset = 0
        while phase == .open, bytes.count - offset >= Frame.smallestBytes {
            let header = unsafe UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            guard header >> 24 == Frame.start else { break }
            let covered = Frame.headerBytes + Int(header & 0xFFFF)
            let total = covered + Frame.trailerBytes
            guard bytes.count - offset >= total else { return offset }
            let frame = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + total])
            offset += total
            unsafe answer(frame, type: UInt8(truncatingIfNeeded: header >> 16))
        }
        if phase == .open, offset < bytes.count {
            unsafe checkStart(of: UnsafeRawBufferPointer(rebasing: bytes[offset...]))
        }
        return offset
    }

    /// Checks the first bytes of a frame, which can be wrong before the header is complete.
    private func checkStart(of bytes: UnsafeRawBufferPointer) {
        if unsafe !bytes.prefix(Frame.magic.count).elementsEqual(Frame.magic.prefix(bytes.count)) {
            connections.replies.writeError(.invalidMagic, "invalid magic number")
            phase = .closing
        } else if bytes.count > Frame.magic.count, unsafe bytes[Frame.magic.count] != Frame.version {
            connections.replies.writeError(.unsupportedVersion, "unsupported version")
            phase = .closing
        }
    }

    // MARK: Answers

    private func answer(_ frame: UnsafeRawBufferPointer, type: UInt8) {
        let covered = frame.count - Frame.trailerBytes
        let checksum = unsafe UInt32(bigEndian: frame.loadUnaligned(fromByteOffset: covered, as: UInt32.self))
        guard let start = frame.baseAddress, unsafe Frame.checksum(start, covered) == checksum else {
            return answerChecksumMismatch()
        }
        checksumMismatches = 0
        let payload = unsafe UnsafeRawBufferPointer(rebasing: frame[Frame.headerBytes..<covered])
        switch Frame.Code(rawValue: type) {
        case .ping:
            guard payload.count == MemoryLayout<UInt64>.size else { return answerMalformedPayload() }
            unsafe connections.replies.writeFrame(.pong, payload: payload)
        case .echo:
            unsafe connections.replies.writeFrame(.echoReply, payload: payload)
        case .broadcast:
            // The frame is forwarded unchanged, with its checksum.
            unsafe connections.broadcasts.writeBytes(frame)
        case .auth:
            unsafe answerAuth(payload)
        case .data, .error:
            break
        case .pong, .echoReply, .authReply, nil:
            connections.replies.writeError(.unknownType, "unknown type")
        }
    }

    private func answerChecksumMismatch() {
        connections.replies.writeError(.checksumMismatch, "checksum mismatch")
        checksumMismatches += 1
        if checksumMismatches > Self.maximumChecksumMismatches { phase = .closing }
    }

    private func answerMalformedPayload() {
        connections.replies.writeError(.malformedPayload, "malformed payload")
    }

    private func answerAuth(_ payload: UnsafeRawBufferPointer) {
        guard let length = unsafe payload.first, payload.count > length,
            let username = unsafe String(validating: payload.dropFirst().prefix(Int(length)), as: UTF8.self),
            let token = unsafe String(validating: payload.dropFirst(1 + Int(length)), as: UTF8.self)
        else { return answerMalformedPayload() }
        guard !username.isEmpty, !token.isEmpty else {
            connections.replies.writeFrame(.authReply, payload: [0])
            refusedAuths += 1
            if refusedAuths >= Self.maximumRefusedAuths { phase = .closing }
            return
        }
        let digits = String(UInt128.random(in: .min ... .max), radix: 16)
        let sessionID = String(repeating: "0", count: 32 - digits.count) + digits
        connections.replies.writeFrame(.authReply, payload: [1] + sessionID.utf8)
    }
}
