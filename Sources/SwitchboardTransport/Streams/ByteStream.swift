package import SwitchboardBytes

/// A connection that sends and receives bytes.
///
/// A stream belongs to one event loop, and only this loop uses it. No method of the stream calls the delegate before it
/// returns.
package protocol ByteStream: AnyObject {
    /// The event loop of the stream.
    var loop: EventLoop { get }

    /// The address of the peer; `nil` if it is unknown.
    var remoteAddress: SocketAddress? { get }

    /// Begins to read and to call `delegate`; call this method once.
    ///
    /// The stream keeps the delegate alive until the stream has closed.
    func start(_ delegate: any StreamDelegate)

    /// The number of bytes of output that the socket has not accepted yet.
    var pendingOutput: Int { get }

    /// The buffer to which the delegate may write output while it handles input.
    ///
    /// Writing to the buffer has the effect of ``send(_:)``, and costs less. The delegate checks
    /// ``OutputBuffer/hasRoom`` after every few writes, and calls ``makeRoom()`` when the buffer has no room.
    var output: OutputBuffer { get }

    /// Offers the bytes that were written to ``output`` in this read burst to the socket.
    ///
    /// - Returns: Whether the delegate may write more.
    func makeRoom() -> Bool

    /// Whether so much output is pending that the delegate should send no more before ``StreamDelegate/flushed()``.
    var isCongested: Bool { get }

    /// Whether so much output is pending that the delegate should consume no more input.
    ///
    /// When the output is flushed, the stream presents the unread input again.
    var holdsBackInput: Bool { get }

    /// Sends the bytes that `encode` appends.
    ///
    /// `encode` must only append, and must not use any stream. The stream does not call it when the stream is finishing
    /// or closed. Many sends become one system call: at the end of the read burst if the stream is handling one,
    /// otherwise at the end of the iteration of the event loop.
    func send(_ encode: (inout ByteWriter) -> Void)

    /// Sends `bytes` after all earlier output, without a copy, so that many streams can share them.
    ///
    /// - Returns: Whether the stream accepts the bytes; `false` when the stream is finishing or closed, or a server's
    ///   TLS handshake is not done.
    @discardableResult
    func send(_ bytes: Bytes) -> Bool

    /// Sends `bytes` as ``send(_:)-(Bytes)`` does, but offers them to the socket at once if no other output is pending.
    ///
    /// A caller that sends to many streams one after the other then uses each stream only once.
    @discardableResult
    func sendAtOnce(_ bytes: Bytes) -> Bool

    /// Stops reading; the stream keeps the input that the delegate has not read.
    func pauseReading()

    /// Continues to read, and presents the unread input even if no more input arrives.
    func resumeReading()

    /// Ends this side after the pending output is sent, and continues to read.
    ///
    /// Send nothing afterwards.
    func endOutput()

    /// Closes the stream in an orderly way: sends the pending output, shuts down the output, waits for the peer to end
    /// its side, at most for ``StreamLimits/lingerTimeout``, and closes.
    ///
    /// The stream discards input that arrives in the meantime.
    func finish(_ reason: CloseReason)

    /// Closes the stream at once, and drops the pending output.
    func abort(_ reason: CloseReason)
}

extension ByteStream {
    /// Sends `bytes` as ``send(_:)-(Bytes)`` does.
    @discardableResult
    package func sendAtOnce(_ bytes: Bytes) -> Bool { send(bytes) }
}

/// The user of a stream, which the stream calls on its event loop.
package protocol StreamDelegate: AnyObject {
    /// Input has arrived: the delegate reads as much of it as it can. The stream keeps the rest, and presents it again
    /// together with later input.
    ///
    /// - Parameter input: The unread bytes, contiguous in memory. The stream may present one read in two parts: the
    ///   first ends at the number of bytes that the delegate last said it needs.
    /// - Returns: The number of bytes, counted from the first unread one, that the delegate needs before the next call
    ///   is useful. If the stream has them already, the next call comes with more input, when reading is resumed, or
    ///   when the output is flushed.
    func received(_ input: inout ByteReader) -> Int

    /// The TLS handshake is done. A TLS stream calls this method once, before it presents any input.
    func becameSecure()

    /// The pending output has fallen below the low-water mark: the stream is no longer congested.
    func flushed()

    /// The peer has ended its side, and the stream has presented all its input. The peer may still read: the delegate
    /// decides when to finish.
    func reachedEnd()

    /// The peer has ended its side; the stream may have to present more input before it calls ``reachedEnd()``.
    ///
    /// The stream calls this method when an event shows the end, even while reading is paused.
    func peerEnded()

    /// The stream has closed. This is the last call; every started stream makes it once.
    func closed(_ reason: CloseReason)
}

extension StreamDelegate {
    /// Does nothing; ``reachedEnd()`` follows.
    package func peerEnded() {}

    /// Does nothing; ``received(_:)`` follows.
    package func becameSecure() {}

    /// Does nothing; the stream presents the unread input again.
    package func flushed() {}
}

/// Why a stream has closed.
package enum CloseReason: Sendable, Hashable, CustomStringConvertible {
    /// The peer has ended its side, and this side has sent all replies.
    case endOfStream
    /// This side closed the stream.
    case requested
    /// The connection broke, with this `errno`.
    case reset(Int32)
    /// The peer did not read: too much output was pending, or output was pending for too long.
    case slowConsumer
    /// The event loop of the stream stopped.
    case loopStopped
    /// The TLS handshake or TLS itself failed, for the reason in the text.
    case insecure(String)
    /// A fault that an upper layer found.
    case fault(Fault)

    /// A few words for a log.
    package var description: String {
        switch self {
        case .endOfStream: "end of stream"
        case .requested: "closed by this side"
        case .reset(let errno): TransportError.text(for: errno)
        case .slowConsumer: "slow consumer"
        case .loopStopped: "event loop stopped"
        case .insecure(let how): how
        case .fault(let fault): fault.rawValue
        }
    }
}

/// The limits of a stream: how much memory a peer can use, and how long the stream waits for the peer.
package struct StreamLimits: Sendable, Hashable {
    /// A stream offers the output of a read burst to its socket when it has at least this many bytes, in bytes.
    package static let maximumBurstBytes = 64 * 1024

    /// The high-water mark: a stream with more pending output is congested, in bytes.
    package var highWaterBytes = 256 * 1024

    /// The low-water mark: a congested stream stays congested until its pending output has fallen to this, in bytes.
    package var lowWaterBytes = 128 * 1024

    /// Whether a congested stream stops reading.
    ///
    /// A server stops reading. A client continues to read: if both ends stopped, each could wait forever for the other
    /// to read.
    package var stopsReadingWhileCongested = true

    /// A stream with more pending output closes as a slow consumer, in bytes.
    package var maximumPendingBytes = 4 * 1024 * 1024

    /// The time after which a stream closes as a slow consumer.
    ///
    /// The time begins anew whenever the peer accepts a part of the pending output. For a finishing stream, it is the
    /// time for the whole pending output.
    package var writeTimeout = Duration.seconds(30)

    /// The time that the peer has to end its side after a finishing stream has sent all output.
    package var lingerTimeout = Duration.seconds(1)

    /// The largest number of bytes of input that a finishing stream reads and discards.
    package var lingerBytes = 16 * 1024 * 1024

    /// A stream receives no more input while the delegate has left this many bytes unread, in bytes.
    package var maximumUnreadBytes = 256 * 1024

    /// The default limits.
    package init() {}
}

/// Limits that many streams share, to save memory.
package final class SharedStreamLimits: Sendable {
    let limits: StreamLimits

    /// A shared copy of `limits`.
    package init(_ limits: StreamLimits) {
        self.limits = limits
    }
}
