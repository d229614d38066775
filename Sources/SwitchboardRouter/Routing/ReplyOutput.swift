/// Who knows where the reply of a handler goes that may wait, and may have done so.
@usableFromInline
package protocol ReplyOutput: AnyObject, Sendable {
    /// Whether the burst that the message came in is still being received, by the calling thread: then its output is open.
    var isReceiving: Bool { get }
}
