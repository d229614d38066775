package import SwitchboardBytes

/// What a stream tells its user, on the stream's loop.
package protocol StreamDelegate: AnyObject {
    /// Bytes have arrived. What the delegate does not read is kept, and presented again with what follows it.
    ///
    /// - Parameter input: The bytes that are unread so far, in one piece. A few frames may come in more than one piece,
    ///   cut where the delegate said that it needs bytes up to.
    /// - Returns: How many bytes, counting those it left, the delegate needs before it is useful to call it again.
    ///   When that many are there already, it is called again once there are more, or when the stream is resumed or its
    ///   output has drained.
    func received(_ input: inout ByteReader) -> Int

    /// The output, of which there was too much, has drained: the stream is congested no longer.
    func drained()

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
    package func drained() {}
}
