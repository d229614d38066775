import CServerChecksum
import NIOCore
import RequestLoad

/// A request: its number, and the promise that gets the number in the reply.
struct Ping: Sendable {
    let number: UInt64
    let reply: EventLoopPromise<UInt64>
}

/// Sends requests, and gives each reply to its request.
///
/// Replies come in the order of their requests.
final class RequestHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Ping
    typealias OutboundOut = ByteBuffer

    /// The size of a PING and of its reply, in bytes.
    private static let frameBytes = 20
    private static let pingStart: UInt64 = 0xDEAD_BEEF_0101_0008
    private static let pongStart: UInt64 = 0xDEAD_BEEF_0102_0008

    private var waiting = CircularBuffer<EventLoopPromise<UInt64>>()
    private var output = ByteBufferAllocator().buffer(capacity: 64 * 1024)
    private var partial = ByteBuffer()
    private var flushIsDue = false

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let ping = unwrapOutboundIn(data)
        waiting.append(ping.reply)
        let start = output.writerIndex
        output.writeInteger(Self.pingStart)
        output.writeInteger(ping.number)
        output.writeInteger(checksum(of: output, from: start))
    }

    /// Sends the requests of all tasks that have run in the meantime with one system call.
    func flush(context: ChannelHandlerContext) {
        guard !flushIsDue else { return }
        flushIsDue = true
        let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.execute {
            let (handler, context) = loopBound.value
            handler.flushIsDue = false
            context.writeAndFlush(handler.wrapOutboundOut(handler.output), promise: nil)
            handler.output.clear()
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var input = unwrapInboundIn(data)
        if partial.readableBytes > 0 {
            partial.writeBuffer(&input)
            swap(&partial, &input)
        }
        while input.readableBytes >= Self.frameBytes {
            let expected = checksum(of: input, from: input.readerIndex)
            guard input.readInteger(as: UInt64.self) == Self.pongStart, let number = input.readInteger(as: UInt64.self),
                input.readInteger(as: UInt32.self) == expected, let reply = waiting.popFirst()
            else { return fail(context, LoadFailure("a wrong frame")) }
            reply.succeed(number)
        }
        partial.clear()
        if input.readableBytes > 0 { partial.writeBuffer(&input) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(context, LoadFailure("the server has closed"))
    }

    private func fail(_ context: ChannelHandlerContext, _ error: LoadFailure) {
        while let reply = waiting.popFirst() { reply.fail(error) }
        context.close(promise: nil)
    }

    private func checksum(of buffer: ByteBuffer, from start: Int) -> UInt32 {
        unsafe buffer.withUnsafeReadableBytes { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            return unsafe switchboard_crc32(base + (start - buffer.readerIndex), Self.frameBytes - 4)
        }
    }
}
