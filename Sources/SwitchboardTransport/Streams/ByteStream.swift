package import SwitchboardBytes

/// A connection that carries bytes both ways.
///
/// It belongs to one event loop for its whole life; all that is declared here is used on that loop only.
/// The delegate is never called from within one of these methods.
package protocol ByteStream: AnyObject {
    /// The loop that the stream lives on.
    var loop: EventLoop { get }

    /// The address of the peer, where it has one.
    var remoteAddress: SocketAddress? { get }

    /// Begins to read, and to tell `delegate`, which is held until the stream has closed. Called once.
    func start(_ delegate: any StreamDelegate)

    /// The number of bytes of output that the peer's side has not taken yet.
    var pendingOutput: Int { get }

    /// Where the delegate may write what it sends while it is being shown input: the same as to call ``send(_:)``, and
    /// cheaper. It must see to it that there is room (``OutputBuffer/hasRoom``, ``makeRoom()``) after every few writes.
    var output: OutputBuffer { get }

    /// Sees to what was written to ``output`` in this burst; returns whether more may be written.
    func makeRoom() -> Bool

    /// Whether so much output is pending that no more should be sent; ``StreamDelegate/flushed()`` tells when it is not.
    var isCongested: Bool { get }

    /// Whether so much output is pending that the delegate should consume no more input.
    ///
    /// The stream presents the input that the delegate left again when the output is flushed.
    var holdsBackInput: Bool { get }

    /// Sends what `encode` appends. `encode` must change nothing that was there before, and must not use any stream.
    ///
    /// Many sends become one system call: at the end of the burst when made while this stream's input is being
    /// received, else at the end of the loop's current batch. When the stream is finishing or closed, `encode` is not
    /// called.
    func send(_ encode: (inout ByteWriter) -> Void)

    /// Sends `bytes`, after what was sent before. They are referred to, not copied, so that many streams can share
    /// them.
    ///
    /// Returns whether they will go out: not when the stream is finishing or closed, or is not secure yet.
    @discardableResult
    func send(_ bytes: Bytes) -> Bool

    /// The same, for those who send to many streams one after the other: what nothing else waits for the end of the batch
    /// with is offered to the socket now, so that each stream is touched once.
    @discardableResult
    func sendAtOnce(_ bytes: Bytes) -> Bool

    /// Stops reading. What has been read and not consumed is kept.
    func pauseReading()

    /// Reads again. Input that the delegate left is presented again even if nothing new arrives.
    func resumeReading()

    /// Ends the stream in good order: sends what is pending, tells the peer that nothing follows, waits a little for
    /// its end, then closes. Input is thrown away from now on.
    func finish(_ reason: CloseReason)

    /// Closes now. What is pending is not sent.
    func abort(_ reason: CloseReason)
}

extension ByteStream {
    /// Sends `bytes` as all others.
    @discardableResult
    package func sendAtOnce(_ bytes: Bytes) -> Bool { send(bytes) }
}

/// What a stream tells its user, on the stream's loop.
package protocol StreamDelegate: AnyObject {
    /// Bytes have arrived. What the delegate does not read is kept, and presented again with what follows it.
    ///
    /// - Parameter input: The bytes that are unread so far, in one piece. A few frames may come in more than one piece,
    ///   cut where the delegate said that it needs bytes up to.
    /// - Returns: How many bytes, counting those it left, the delegate needs before it is useful to call it again.
    ///   When that many are there already, it is called again once there are more, or when the stream is resumed or its
    ///   output is flushed.
    func received(_ input: inout ByteReader) -> Int

    /// The pending output, of which there was too much, is flushed below the low-water mark: the stream is not congested.
    func flushed()

    /// The peer will send no more. It may still read: the delegate decides when to finish.
    func reachedEnd()

    /// The peer has ended its side while input is not read: some may lie before the end, which ``reachedEnd()`` follows. Called
    /// when the end is noticed, also while reading is paused.
    func peerEnded()

    /// The stream has closed. Called exactly once for a stream that was started, as the last call.
    func closed(_ reason: CloseReason)
}

extension StreamDelegate {
    /// Does nothing: the end is reached in its time.
    package func peerEnded() {}

    /// Does nothing: input that was left is presented again all the same.
    package func flushed() {}
}

/// Why a stream has closed.
package enum CloseReason: Sendable, Hashable, CustomStringConvertible {
    /// The peer sent all it had to send, and so did this side.
    case endOfStream
    /// This side wanted it.
    case requested
    /// The connection broke; the `errno` says how.
    case reset(Int32)
    /// The peer did not read: too much output waited for it, or for too long.
    case slowConsumer
    /// The event loop of the stream was stopped.
    case loopStopped
    /// TLS could not be agreed on with the peer, or broke; says how.
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
