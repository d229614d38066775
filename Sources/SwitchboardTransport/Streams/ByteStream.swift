package import SwitchboardBytes

/// A connection that carries bytes both ways.
///
/// A stream belongs to one event loop for its whole life, and is used on that loop only. None of its methods calls the
/// delegate.
package protocol ByteStream: AnyObject {
    /// The loop that the stream lives on.
    var loop: EventLoop { get }

    /// The address of the peer; `nil` when it is not known.
    var remoteAddress: SocketAddress? { get }

    /// Begins to read, and to call `delegate`, which the stream holds until it has closed. Called once.
    func start(_ delegate: any StreamDelegate)

    /// The number of bytes of output that the socket has not taken yet.
    var pendingOutput: Int { get }

    /// The buffer to which the delegate may write output while it is presented input.
    ///
    /// It has the effect of ``send(_:)``, and costs less. The delegate checks ``OutputBuffer/hasRoom`` after every few
    /// writes, and calls ``makeRoom()`` when there is none.
    var output: OutputBuffer { get }

    /// Offers what was written to ``output`` in this read burst to the socket.
    ///
    /// - Returns: Whether more may be written.
    func makeRoom() -> Bool

    /// Whether so much output is pending that no more should be sent; ``StreamDelegate/flushed()`` tells when it is not.
    var isCongested: Bool { get }

    /// Whether so much output is pending that the delegate should consume no more input.
    ///
    /// The stream presents the input that the delegate left again when the output is flushed.
    var holdsBackInput: Bool { get }

    /// Sends the bytes that `encode` appends.
    ///
    /// `encode` must change no bytes that are there before, and must not use any stream. It is not called when the stream is
    /// finishing or closed. Many sends become one system call: at the end of the read burst when they are made during one of
    /// this stream, else at the end of the loop's iteration.
    func send(_ encode: (inout ByteWriter) -> Void)

    /// Sends `bytes`, after all earlier output, by reference: many streams can share them.
    ///
    /// - Returns: Whether the stream takes them; it does not when it is finishing or closed, or a server's TLS handshake is not
    ///   done.
    @discardableResult
    func send(_ bytes: Bytes) -> Bool

    /// Sends `bytes` as ``send(_:)-(Bytes)`` does, but offers them to the socket at once when no other output waits.
    ///
    /// For a caller that sends to many streams one after the other: each stream is then used once.
    @discardableResult
    func sendAtOnce(_ bytes: Bytes) -> Bool

    /// Stops reading; input that was received and not read is kept.
    func pauseReading()

    /// Reads again, and presents the input that the delegate left even if nothing new arrives.
    func resumeReading()

    /// Ends the stream: sends the pending output, tells the peer that no output follows, waits for the peer's end for
    /// ``StreamLimits/lingerTimeout``, and closes.
    ///
    /// Input that arrives meanwhile is thrown away.
    func finish(_ reason: CloseReason)

    /// Closes at once, without sending the pending output.
    func abort(_ reason: CloseReason)
}

extension ByteStream {
    /// Sends `bytes` as ``send(_:)-(Bytes)`` does.
    @discardableResult
    package func sendAtOnce(_ bytes: Bytes) -> Bool { send(bytes) }
}

/// The user of a stream, which the stream calls on its loop.
package protocol StreamDelegate: AnyObject {
    /// Bytes have arrived; the stream keeps the bytes that the delegate does not read, and presents them again with more.
    ///
    /// - Parameter input: The unread bytes, in one piece. A read may be presented in two pieces, cut where the delegate has said
    ///   that it needs bytes up to.
    /// - Returns: The number of bytes, with those it left, that the delegate needs before the next call is useful. When that
    ///   many are there already, the next call comes when there are more, when reading is resumed, or when the output is
    ///   flushed.
    func received(_ input: inout ByteReader) -> Int

    /// The TLS handshake is done: called once, before any input is presented, by a stream with TLS.
    func becameSecure()

    /// The pending output, of which there was too much, is flushed below the low-water mark: the stream is not congested.
    func flushed()

    /// The peer has ended its side, and all its input was presented. It may still read: the delegate decides when to finish.
    func reachedEnd()

    /// The peer has ended its side, and input may be left to read before ``reachedEnd()`` is called.
    ///
    /// Called when an event shows the end, also while reading is paused.
    func peerEnded()

    /// The stream has closed: the last call, made exactly once for a stream that was started.
    func closed(_ reason: CloseReason)
}

extension StreamDelegate {
    /// Does nothing: ``reachedEnd()`` follows.
    package func peerEnded() {}

    /// Does nothing: input follows.
    package func becameSecure() {}

    /// Does nothing: the stream presents the input that was left again.
    package func flushed() {}
}

/// Why a stream has closed.
package enum CloseReason: Sendable, Hashable, CustomStringConvertible {
    /// The peer has ended its side, and this side has sent all replies.
    case endOfStream
    /// This side has asked for it.
    case requested
    /// The connection broke; the `errno` says how.
    case reset(Int32)
    /// The peer did not read: too much output was pending, or for too long.
    case slowConsumer
    /// The event loop of the stream was stopped.
    case loopStopped
    /// The TLS handshake failed, or TLS broke; the text says how.
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

/// How much a stream keeps for a peer, and for how long.
package struct StreamLimits: Sendable, Hashable {
    /// The number of bytes of output, without the last message, after which a stream offers them to its socket, in bytes.
    package static let maximumBurstBytes = 64 * 1024

    /// The high-water mark: a stream with more pending output than this is congested, in bytes.
    package var highWaterBytes = 256 * 1024

    /// The low-water mark: a congested stream stays so until its pending output is no more than this, in bytes.
    package var lowWaterBytes = 128 * 1024

    /// Whether reading stops above ``highWaterBytes``.
    ///
    /// A server stops reading. A client continues: if both ends stopped, each could wait for the other to read, and neither
    /// would.
    package var stopsReadingWhileCongested = true

    /// A stream with more pending output than this is closed as a slow consumer, in bytes.
    package var maximumPendingBytes = 4 * 1024 * 1024

    /// A stream is closed as a slow consumer when the peer takes no byte of its pending output for this long, or has not taken
    /// all of it this long after the stream began to finish.
    package var writeTimeout = Duration.seconds(30)

    /// The time that the peer may take to close its side once all output is sent.
    package var lingerTimeout = Duration.seconds(1)

    /// The largest number of bytes of input that are read and thrown away while a stream finishes.
    package var lingerBytes = 16 * 1024 * 1024

    /// A stream receives no more while its delegate leaves this many bytes of input unread.
    package var maximumUnreadBytes = 256 * 1024

    /// The defaults.
    package init() {}
}

/// Limits in memory that many streams share: a stream at rest is small.
package final class SharedStreamLimits: Sendable {
    let limits: StreamLimits

    /// Shares `limits`.
    package init(_ limits: StreamLimits) {
        self.limits = limits
    }
}
