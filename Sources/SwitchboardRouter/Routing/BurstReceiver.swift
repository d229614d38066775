/// Who receives the burst that messages came in, and knows whether a handler of one has left it by waiting.
@usableFromInline
package protocol BurstReceiver: AnyObject, Sendable {
    /// Whether the burst that the message came in is still being received, by the calling thread: then its output is open.
    var isReceiving: Bool { get }
}
